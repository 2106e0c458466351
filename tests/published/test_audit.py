"""What is published is held against the state: every claim that differs is listed with its file and line."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from notifier.answers.audit import Audit, audit, named_files, published_files
from notifier.answers.audit_alerts import audit_and_alert
from notifier.store.database import read_only
from tests.support.rig import Rig, ana, open_rig

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)
PUBLISHED = """
published:
  hours: { files: pages/*.html, about: site, named: [site.id, site.name], owner: field }
  prices:
    files: [pages/*.html, prices.csv]
    columns: { name: product, value: price }
    about: charge
    named: charge.product
    when: [charge.kind == 'recurring', not charge.billed]
    topic: monthly_price
    actual: charge.amount
    owner: field
"""
PAGE = """<html><script type="application/ld+json">
{"@type": "Store", "branchCode": "S-1", "openingHoursSpecification": [
  {"dayOfWeek": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"], "opens": "09:00", "closes": "19:00"},
  {"dayOfWeek": "Saturday", "opens": "10:00", "closes": "SATURDAY"}, {"dayOfWeek": "Sunday"}]}
</script><script type="application/ld+json">
{"@type": "Product", "name": "Fibra 300",
 "offers": {"price": "79900.00", "priceCurrency": "CURRENCY", "priceValidUntil": "UNTIL"}}
</script></html>
"""


def charge(name: str, amount: str, **columns: Any) -> dict[str, Any]:
    row = {"id": name, "customer_id": "C-1", "product": "Fibra 300", "kind": "recurring", "amount": amount}
    return row | {"currency": "COP", "billed": False, "proration": False} | columns


@pytest.fixture
def rig(tmp_path: Path, migrated_file: Path) -> Iterator[Rig]:
    with open_rig(tmp_path, f"sqlite:///{copy(migrated_file, tmp_path / 'notifier.db')}") as rig:
        site = {"id": "S-1", "name": "Centro", "timezone": "America/Bogota", "country": "CO"}
        rig.set(
            customer=[ana()],
            site=[site | {"opening_hours": "Mo-Fr 09:00-19:00; Sa 10:00-16:00; PH off"}],
            charge=[
                charge("X-1", "84900"),
                charge("X-2", "79900"),
                charge("X-3", "84900"),
                charge("X-4", "1", billed=True),
            ],
        )
        rig.reload({"rules/published.yaml": PUBLISHED})
        yield rig


def publish(rig: Rig, *, saturday: str = "18:00", currency: str = "COP", until: str = "") -> None:
    text = PAGE.replace("SATURDAY", saturday).replace("CURRENCY", currency).replace("UNTIL", until)
    (rig.folder / "pages").mkdir(exist_ok=True)
    (rig.folder / "pages/shop.html").write_text(text)
    (rig.folder / "prices.csv").write_text("product,price\nFibra 300,79900\nFibra 301,79900\n")


def audited(rig: Rig, *, files: dict[str, bytes] | None = None) -> Audit:
    found, problems = published_files(rig.ruleset.project)
    with read_only(rig.database) as connection:
        done = audit(connection, rig.ruleset.project, found if files is None else files, NOW)
    return done.with_problems(problems)


def test_a_price_and_hours_that_differ_are_listed_with_file_and_line(rig: Rig) -> None:
    publish(rig)
    done = audited(rig)
    hours, *prices = done.differences
    assert (str(hours.place), hours.rows, hours.example) == ("pages/shop.html:2:1", 12, "site:S-1")
    assert [(str(d.place), d.said, d.actual, d.rows, d.example, d.hurts) for d in prices] == [
        ("pages/shop.html:7:1", "79900 COP", "84900 COP", 2, "charge:X-1", True),
        ("prices.csv:2:1", "79900 COP", "84900 COP", 2, "charge:X-1", True),
    ]
    assert done.claims == 3, "what nothing is called so is not compared"
    assert hours.details[:2] == (
        "Saturdays: published 10:00-18:00, in the state 10:00-16:00",
        "2026-12-08 (La Inmaculada Concepción): published 09:00-19:00, in the state closed",
    )
    assert [str(problem) for problem in done.problems] == [
        "prices.csv:3:1: warning: nothing is compared: no charge is called 'Fibra 301'; did you mean 'Fibra 300'?"
    ]


def test_changed_hours_count_and_agreeing_hours_are_silent(rig: Rig) -> None:
    publish(rig, saturday="16:00")
    rig.reload(
        {"rules/hours.yaml": "hours: [{ sites: S-1, dates: 2026-12-24, hours: '09:00-12:00', reason: party }]\n"}
    )
    details = audited(rig).differences[0].details
    assert "2026-12-24 (party): published 09:00-19:00, in the state 09:00-12:00" in details
    assert not any(detail.startswith("Saturdays") for detail in details)


def test_another_currency_differs_a_lower_price_does_not_hurt_and_what_is_over_says_nothing(rig: Rig) -> None:
    rig.set(charge=[charge(name, "69900") for name in ("X-1", "X-2", "X-3")])
    publish(rig, currency="USD")
    page, listed = [each for each in audited(rig).differences if each.topic == "monthly_price"]
    assert (page.said, page.actual, page.hurts) == ("79900 USD", "69900 COP", True)
    assert (listed.said, listed.hurts) == ("79900 COP", False)
    publish(rig, until="2026-11-30")
    assert [d.place.file for d in audited(rig).differences if d.topic == "monthly_price"] == ["prices.csv"]
    publish(rig, until="2026-12-01")
    assert [d.place.file for d in audited(rig).differences if d.topic == "monthly_price"] == [
        "pages/shop.html",
        "prices.csv",
    ]


def test_without_the_file_hours_by_site_and_prices_by_product_are_looked_for(rig: Rig) -> None:
    publish(rig)
    rig.reload({"rules/published.yaml": ""})
    found, problems = named_files(rig.ruleset.project, [rig.folder / "pages/shop.html", rig.folder / "nothing.html"])
    assert {difference.topic for difference in audited(rig, files=found).differences} == {
        "opening_hours",
        "monthly_price",
    }
    assert [problem.place.file for problem in problems] == ["nothing.html"]


def test_a_pattern_that_finds_no_file_is_said(rig: Rig) -> None:
    said = [str(problem) for problem in audited(rig).problems]
    assert any("no file is called 'pages/*.html'" in each for each in said)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("{ files: a.html, about: plan, named: plan.name }", "unknown entity 'plan'"),
        ("{ files: a.html, about: charge, named: charge.product }", "charge has no opening hours"),
        ("{ files: a.html, about: charge, named: charge.product, topic: monthly_price }", "'topic' needs 'actual'"),
        ("{ files: a.html, about: site, named: site.nam }", "did you mean 'name'?"),
        ("{ files: a.html, about: site, named: site.id, columns: { prize: x } }", "unknown column 'prize'"),
        ("{ files: a.html, about: site, named: site.id, owner: fild }", "did you mean 'field'?"),
        (
            "{ files: a.html, about: charge, named: charge.id, topic: monthly_price, actual: charge.product }",
            "has values of type money",
        ),
    ],
)
def test_an_entry_that_cannot_be_meant_is_refused(rig: Rig, written: str, what: str) -> None:
    rig.reload({"rules/published.yaml": f"published:\n  x: {written}\n"})
    (problem,) = rig.ruleset.project.errors
    assert str(problem).startswith("rules/published.yaml:2:")
    assert what in str(problem)
    assert not rig.ruleset.project.published
    assert rig.ruleset.project.rules, "nothing else is set aside"


def test_the_owner_is_alerted_once_for_each_set_of_differences(rig: Rig) -> None:
    publish(rig)

    def look() -> int:
        return audit_and_alert(rig.database, rig.ruleset, now=NOW, live=False)

    assert (look(), look()) == (1, 0)
    rig.dispatch()
    (alert,) = [row for row in rig.notices() if row.kind == "alert"]
    assert alert.state == "told"
    text = next(path.read_text() for path in rig.outbox.rglob("*.eml"))
    assert "pages/shop.html:7 Fibra 300: published 79900 COP, but it is 84900 COP" in text
    rig.set(charge=[charge("X-2", "99900")])
    assert (look(), look()) == (1, 0)
    rig.reload({"rules/published.yaml": ""})
    assert look() == 0
