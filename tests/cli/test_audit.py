"""`notifier promises audit`: what it says, and how it exits."""

from pathlib import Path

from tests.cli.conftest import Run

NOTHING_OF_OURS = "<!doctype html><title>Centro</title><p>Abierto todos los días</p>"


def test_an_audit_that_compared_nothing_says_so_and_fails(loaded: Path, run: Run) -> None:
    page = loaded / "shop.html"
    page.write_text(NOTHING_OF_OURS, encoding="utf-8")

    done = run("promises", "audit", str(page))

    assert done.code == 1, "a page that nobody could read is no page that agrees"
    assert "0 published values compared: nothing that was read has a price" in " ".join(done.out.split())
    assert run("promises", "audit", str(page), "--json").code == 1
