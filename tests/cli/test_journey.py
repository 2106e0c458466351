"""`notifier journey` and `notifier reasons missing`, for people and programs; and what is proposed can be written."""

import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from notifier.model.reasons import DecidedBy, Label
from notifier.store.database import open_engine
from notifier.store.reasons import add_labels
from notifier.store.state.changes import write_rows
from tests.cli.conftest import Ran, run_command
from tests.store.test_journey import DAY, HOUR
from tests.support.drafts import NOW

AT = ("--at", "2026-04-01T10:00:00-05:00")
REASONS = """
reasons:
  order-late: { object: pedido, step: el día prometido, failure: no ha llegado, owner: care }
  visit-when: { object: cita, step: la víspera, failure: no sabe la hora, owner: care }
  no-answer: { object: teléfono, step: en horario, failure: nadie contesta, owner: care }
"""
MAP = """
stages: { before: Antes, after: Después }
touchpoints:
  visit:
    name: La <cita>
    stage: before
    owner: care
    systems: agenda
    topics: callback
    foreseen:
      - { failure: no sabe la hora, severity: 2, reasons: visit-when, rule: visit-reminder }
      - { failure: el pedido llega tarde, severity: 5, reasons: order-late, accepted: porque casi nunca pasa }
      - { failure: nadie llama, severity: 3, check: callback-kept }
  desk: { stage: after, owner: care, nothing_foreseen: because nobody waits there yet }
"""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic with a map, contacts about orders and visits, and no notice."""
    folder = tmp_path_factory.mktemp("journey") / "clinic"
    assert run_command("init", folder, "--country", "CO", "--pack", "clinic", "--yes").code == 0
    (folder / "rules" / "reasons.yaml").write_text(REASONS, encoding="utf-8")
    (folder / "rules" / "journey.yaml").write_text(MAP, encoding="utf-8")
    assert run_command("tick", *AT, project=folder).code == 0
    rows: dict[str, list[dict[str, Any]]] = {"customer": [], "order": [], "contact": []}
    labels = []
    for number in range(30):
        late, visit = f"K-{number}", f"V-{number}"
        said = {
            "customer_id": f"C-{number}",
            "at": NOW + (number + 2) * HOUR,
            "channel": "phone",
            "direction": "inbound",
        }
        rows["customer"].append({"id": f"C-{number}", "name": f"Cliente {number}"})
        rows["order"].append(
            {"id": f"O-{number}", "customer_id": f"C-{number}", "status": "shipped", "placed_at": NOW - 9 * DAY}
            | {"promised_at": NOW}
        )
        rows["contact"] += [
            {"id": late, "subject": f"order:O-{number}", **said},
            {"id": visit, "subject": None, **said},
        ]
        labels += [_label(late, "order-late"), _label(visit, "visit-when" if number else "unclear")]
    labels.append(_label("K-30", "no-answer"))
    rows["contact"].append({**rows["contact"][0], "id": "K-30"})
    engine = open_engine(f"sqlite:///{folder / 'notifier.db'}")
    with engine.begin() as connection:
        for entity, of_entity in rows.items():
            write_rows(connection, entity, of_entity, NOW - 9 * DAY)
        add_labels(connection, labels)
    engine.dispose()
    return folder


def _label(row: str, reason: str) -> Label:
    return Label(entity="contact", row_id=row, reason=reason, decided_by=DecidedBy.WORDS, decided_at=NOW)


def asked(folder: Path, *arguments: object) -> Ran:
    done = run_command(*arguments, *AT, project=folder)
    assert done.code == 0, done.err
    return done


def test_the_map_is_told_as_a_table_a_document_and_a_page_that_loads_nothing(clinic: Path, tmp_path: Path) -> None:
    told = asked(clinic, "journey").out
    for part in ("visit: el pedido llega tarde", "150", "30 contacts", "1.00 of 30", "accepted"):
        assert part in told
    assert "no rule tells customers anything at: desk" in told
    assert "reasons at no touchpoint: no-answer (1 contact)" in told
    assert "nobody knows the reason yet: 1 contact" in told

    document = asked(clinic, "journey", "--json").json
    visit, desk = document["touchpoints"]
    assert (visit["score"], visit["heard"]["contacts"], visit["rules"]) == (150 + 58, 59, ["visit-reminder"])
    assert (desk["is_reached"], document["unreached"]) == (False, ["desk"])

    page = tmp_path / "journey.html"
    assert asked(clinic, "journey", "--html", page).out == f"{page} has the journey\n"
    html = page.read_text(encoding="utf-8")
    assert "<svg" in html
    assert "La &lt;cita&gt;" in html
    assert "<cita>" not in html
    assert "30 × 1.0" in html
    assert "src=" not in html
    assert 'href="' not in html
    again = tmp_path / "again.html"
    asked(clinic, "journey", "--html", again)
    assert again.read_bytes() == page.read_bytes()
    (tmp_path / "mine.html").write_text("<p>mine", encoding="utf-8")
    refused = run_command("journey", "--html", tmp_path / "mine.html", project=clinic)
    assert refused.code == 2
    assert "no such command made it" in refused.usage


def test_without_a_map_or_with_a_period_that_ends_before_it_begins_the_journey_says_so(
    clinic: Path, tmp_path: Path
) -> None:
    period = ("--from", "2026-03-02T00:00:00Z", "--to", "2026-03-01T00:00:00Z")
    assert "it is not after --from" in run_command("journey", *period, project=clinic).usage
    bare = Path(shutil.copytree(clinic, tmp_path / "bare"))
    (bare / "rules" / "journey.yaml").unlink()
    assert "write rules/journey.yaml" in run_command("journey", project=bare).usage
    assert "which rule speaks of what" in asked(bare, "reasons", "missing").out


def test_what_is_missing_is_told_with_its_evidence_and_the_command_that_mends_it(clinic: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(clinic, tmp_path / "clinic"))
    told = asked(folder, "reasons", "missing").out
    assert "order-late" in told
    assert "without a word about it: 30 of 30 contacts" in told
    assert "they hang on: 30 of order" in told
    assert "they come after order.promised_at: median 16 h, a tenth within 4 h (of 30)" in told
    assert "visit-when (29): visit-reminder speaks of it, and did not of these" in told
    assert "notifier why C-29 visit-reminder --at 2026-03-03T21:00:00Z" in told
    assert "no-answer (1): fewer than 5 contacts" in told
    assert "foreseen and without a rule: visit: el pedido llega tarde (30 contacts)" in told
    assert "in no figure: 1 whose reason nobody knows yet" in told

    (command,) = [line.strip() for line in told.splitlines() if line.strip().startswith("notifier rules new")]
    _, *words = shlex.split(command)
    written = run_command(*words, project=folder)
    assert written.code == 0, written.err
    rule = (folder / "rules" / "own" / "tell_order_late.yaml").read_text(encoding="utf-8")
    assert "at: order.promised_at" in rule
    assert run_command("rules", "check", project=folder).code == 0

    document = asked(folder, "reasons", "missing", "--json").json
    late = next(each for each in document["reasons"] if each["reason"] == "order-late")
    assert late["proposal"] is not None
    assert late["proposal"]["command"].startswith("notifier rules new tell-order-late-2 ")
    assert late["why_no_proposal"] is None


def test_the_contacts_of_a_reason_are_listed_by_the_page(clinic: Path) -> None:
    first = asked(clinic, "reasons", "missing", "order-late", "--limit", "20")
    assert "K-29" in first.out
    assert "--page 2" in first.out
    second = asked(clinic, "reasons", "missing", "order-late", "--limit", "20", "--page", "2", "--json").json
    assert [each["id"] for each in second] == [f"K-{number}" for number in range(9, -1, -1)]
    assert asked(clinic, "reasons", "missing", "order-late", "--page", "3").out == "No more.\n"
    unknown = run_command("reasons", "missing", "order-lat", project=clinic)
    assert "did you mean 'order-late'?" in unknown.usage
