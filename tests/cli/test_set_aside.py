"""What is set aside as the command line says it: each tick, with its exit code, for people and for programs."""

from pathlib import Path

from tests.cli.conftest import STATE, TICK, Run, load


def break_a_check(project: Path) -> None:
    path = project / "rules/billing.yaml"
    text = path.read_text(encoding="utf-8")
    broken = text.replace("- charge.kind == 'recurring'", "- charge.knd == 'recurring'", 2)
    path.write_text(broken, encoding="utf-8")


def test_each_tick_names_what_is_set_aside_and_exits_with_1(project: Path, run: Run) -> None:
    break_a_check(project)
    for at in ("2026-03-02T09:00:00-05:00", "2026-03-02T09:10:00-05:00"):
        said = run("tick", "--at", at)
        assert said.code == 1
        assert "rules/billing.yaml:" in said.err
        assert "check promised-price-vs-billing is set aside since Mon 2026-03-02 09:00 (America/Bogota)" in said.err
    found = {item["name"]: item for item in run("tick", "--at", TICK, "--json").json["set_aside"]}
    item = found["promised-price-vs-billing"]
    assert (item["kind"], item["name"]) == ("check", "promised-price-vs-billing")
    assert item["since"] == "2026-03-02T14:00:00Z"
    assert len(run("notices", "list", "--alerts", "--json").json) == 1


def test_what_an_edit_broke_is_set_aside_and_finds_later_what_came_meanwhile(project: Path, run: Run) -> None:
    assert run("tick", "--at", "2026-03-02T08:01:00-05:00").code == 0
    path = project / "rules/billing.yaml"
    good = path.read_text(encoding="utf-8")
    break_a_check(project)
    load(project, run, STATE)
    said = run("tick", "--at", "2026-03-02T09:00:00-05:00")
    assert said.code == 1
    assert "rules/billing.yaml:" in said.err
    assert "check promised-price-vs-billing is set aside since Mon 2026-03-02 09:00 (America/Bogota)" in said.err
    path.write_text(good, encoding="utf-8")
    mended = run("tick", "--at", "2026-03-02T09:20:00-05:00")
    assert (mended.code, "1 contradiction opened" in mended.out) == (0, True)
    assert "nothing to decide" in run("tick", "--full", "--at", "2026-03-02T09:20:00-05:00").out
