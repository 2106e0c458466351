"""Without a default zone, `rules check` and `import` say which notices will be held; with one, nobody is doubted."""

from pathlib import Path

from tests.cli.conftest import Run

CUSTOMERS = "id,name,timezone\nC-1,Ana Ruiz,America/Bogota\n" + "".join(f"N-{n},Luis Paz,\n" for n in range(5))
SAID = "no zone, and no default one is set (NOTIFIER_DEFAULT_TIMEZONE): their notices are held"


def without_default(project: Path) -> None:
    env = project / ".env"
    lines = env.read_text(encoding="utf-8").splitlines() if env.exists() else []
    env.write_text("\n".join(line for line in lines if "TIMEZONE" not in line) + "\n", encoding="utf-8")


def test_rules_check_warns_where_no_default_zone_is_set(project: Path, run: Run) -> None:
    without_default(project)
    done = run("rules", "check")
    assert done.code == 0
    assert "NOTIFIER_DEFAULT_TIMEZONE: no zone is set, so notices to customers without a zone" in done.err
    (project / ".env").write_text("NOTIFIER_DEFAULT_TIMEZONE=America/Bogota\n", encoding="utf-8")
    assert "NOTIFIER_DEFAULT_TIMEZONE" not in run("rules", "check").err


def test_import_counts_the_customers_without_a_zone(project: Path, run: Run) -> None:
    without_default(project)
    (project / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    done = run("import", "customer", str(project / "customers.csv"))
    assert done.code == 0
    assert f"timezone (5): {SAID}: N-0, N-1, N-2, …" in done.out
    (project / ".env").write_text("NOTIFIER_DEFAULT_TIMEZONE=America/Bogota\n", encoding="utf-8")
    assert SAID not in run("import", "customer", str(project / "customers.csv")).out
