"""The rows of the mission about who answers the phone: nobody tells it twice, and everybody sees how things stand."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.mission.conftest import Happen
from tests.mission.test_claro import ANA, CONTRACT, LINES, MAP, VISIT, promise_the_price

NOON = "2026-03-03T12:00:00-05:00"
NEEDS = "  customer: { hearing: text, carer: text }\n"


@pytest.fixture
def case(project: Path, run: Run, happen: Happen) -> Path:
    """The Claro week so far: a visit that was told of, a price that was promised and will not be kept, and calls."""
    with (project / "rules" / "attributes.yaml").open("a", encoding="utf-8") as attributes:
        attributes.write(NEEDS)
    ana = ANA | {"locale": "es-CO", "attributes": {"hearing": "escribir, no llamar"}}
    happen("2026-03-01T09:00:00-05:00", customer=[ana], contract=[CONTRACT], appointment=[VISIT])
    promise_the_price(run)
    (project / "map.yaml").write_text(MAP, encoding="utf-8")
    (project / "lines.csv").write_text(LINES, encoding="utf-8")
    assert run("import", "charge", project / "lines.csv", "--map", project / "map.yaml").code == 0
    happen("2026-03-03T10:00:00-05:00")
    call = {"customer_id": "C-1", "channel": "phone", "direction": "inbound", "subject": "contract:K-1"}
    chat = {"customer_id": "C-1", "channel": "chat", "direction": "inbound", "subject": "contract:K-1"}
    first = {"id": "T-1", "at": "2026-03-02T16:00:00-05:00", "reason": "pregunta por qué sube la factura"}
    second = {"id": "T-2", "at": "2026-03-03T11:00:00-05:00", "reason": "vive en el piso tres, timbre dañado"}
    happen("2026-03-03T11:30:00-05:00", contact=[call | first, chat | second])
    return project


def test_m09_the_brief_has_all_that_was_said_and_nobody_asks_again(case: Path, run: Run) -> None:
    brief = run("brief", "C-1", "--at", NOON, "--json").json
    (promised,) = brief["promises"]
    assert promised["evidence"] == "call 8841, 03:10: paying the same value"
    assert (promised["promised"]["value"], promised["actual"]["value"]) == ("79900", "111860")
    assert [told["rule"] for told in brief["told"]] == ["installation-reminder"]
    assert {message["state"] for message in brief["told"][0]["messages"]} == {"accepted"}
    known = {(each["what"], each["value"]) for each in brief["given"]}
    assert {
        ("phone", "+573105550101"),
        ("hearing", "escribir, no llamar"),
        ("said", "pregunta por qué sube la factura"),
        ("said", "vive en el piso tres, timbre dañado"),
    } <= known
    assert "vive en el piso tres" in run("brief", "C-1", "--at", NOON).out


def test_m09_what_to_say_next_takes_no_side_of_what_is_in_doubt(case: Path, run: Run) -> None:
    brief = run("brief", "C-1", "--at", NOON, "--json").json
    (doubt,) = (each for each in brief["say"] if each["why"] == "in_doubt")
    assert "Facturación" in doubt["text"]
    assert "lunes, 9 de marzo" in doubt["text"]
    assert not any(side in each["text"] for each in brief["say"] for side in ("79.900", "111.860"))


def test_m22_the_brief_shows_language_channel_and_what_a_customer_needs(case: Path, run: Run) -> None:
    out = run("brief", "C-1", "--at", NOON).out
    assert "es-CO" in out
    assert "hearing" in out
    assert "escribir, no llamar" in out


def test_m39_how_it_came_about_is_read_from_the_log_alone(case: Path, run: Run) -> None:
    (case / "lines.csv").unlink()
    (case / "map.yaml").unlink()
    (opened,) = run("contradictions", "list", "--json").json
    done = run("contradictions", "explain", opened["id"], "--json")
    writes = [link["write"] for link in done.json["links"] if link["write"] is not None]
    by = {(each["row"], each["writer"]["way"], each["writer"]["name"].rpartition("/")[2]) for each in writes}
    assert ("promise:P-1", "decision", "promise add") in by
    assert ("charge:X-1", "import", "lines.csv") in by
    (fact,) = (each for each in writes if each["row"] == "charge:X-1")
    assert (fact["line"], fact["after"]["amount"]) == (2, "111860")
    (promise,) = (each for each in writes if each["row"] == "promise:P-1")
    assert (promise["writer"]["by"], promise["after"]["made_by"]) == ("marta", "agent 4471")
    assert {"found", "alert"} <= {link["kind"] for link in done.json["links"]}


def test_m59_whoever_comes_on_another_channel_meets_the_same_page(case: Path, run: Run) -> None:
    (told,) = run("notices", "list", "--state", "told", "--json").json
    names = ("C-1", "Ana Ruiz", "+573105550101", "310 555 0101", "ana@example.com", told["reference"])
    pages = [run("brief", name, "--at", NOON, "--json") for name in names]
    assert all(page.code == 0 for page in pages)
    assert all(page.json == pages[0].json for page in pages)
    (conversation,) = pages[0].json["conversations"]
    assert conversation["channels"] == ["chat", "phone"]
    assert pages[0].json["last_contact"]["channel"] == "chat"


def test_m63_the_customer_sees_done_now_next_and_by_when_on_the_page_as_in_the_sms(case: Path, run: Run) -> None:
    settings = case / ".env"
    keys = "NOTIFIER_PUBLIC_URL=https://avisos.example.com\nNOTIFIER_TOKEN_KEY=a-key-of-the-tests-with-32-letters\n"
    settings.write_text(settings.read_text(encoding="utf-8") + keys, encoding="utf-8")
    seen = run("status-page", "C-1", "--at", NOON, "--json").json
    (following,) = (step for step in seen["steps"] if step["stage"] == "next")
    assert following["by"] == "2026-03-05T15:00:00Z"
    assert following["text"] in seen["sms"]
    assert "jueves, 5 de marzo, 10:00 a. m." in seen["sms"]
    assert seen["link"].startswith("https://avisos.example.com/status/")
    assert seen["sms"].endswith(seen["link"])
    assert not any(side in step["text"] for step in seen["steps"] for side in ("79.900", "111.860", "Facturación"))


def test_m64_conversations_are_linked_to_the_case_that_they_were_about(case: Path, run: Run, happen: Happen) -> None:
    (told,) = run("notices", "list", "--state", "told", "--json").json
    reply = {"id": "T-3", "customer_id": "C-1", "channel": "sms", "direction": "inbound", "reason": "¿a qué hora?"}
    reply |= {"at": "2026-03-03T11:45:00-05:00", "subject": f"notice:{told['reference']}"}
    happen("2026-03-03T11:50:00-05:00", contact=[reply])
    cases = {each["case"]: each for each in run("brief", "C-1", "--at", NOON, "--json").json["conversations"]}
    assert set(cases) == {"appointment:A-1", "contract:K-1"}
    assert cases["appointment:A-1"]["references"] == [told["reference"]]
    assert [each["text"] for each in cases["contract:K-1"]["contacts"]] == [
        "vive en el piso tres, timbre dañado",
        "pregunta por qué sube la factura",
    ]


def test_m09_who_cancelled_is_told_that_it_was_heard(case: Path, run: Run, happen: Happen) -> None:
    call = {"id": "T-3", "customer_id": "C-1", "channel": "phone", "direction": "inbound", "subject": "contract:K-1"}
    happen("2026-03-03T13:00:00-05:00", contact=[call | {"at": "2026-03-03T13:00:00-05:00", "outcome": "cancel"}])
    brief = run("brief", "C-1", "--at", "2026-03-04T08:00:00-05:00", "--json").json
    doubted = [each["text"] for each in brief["say"] if each["why"] == "in_doubt"]
    assert any("cancelación" in text for text in doubted)  # the visit still stands: nothing is confirmed
    assert not any("quedó registrada" in each["text"] for each in brief["say"])
    gone = {"id": "A-1", "status": "cancelled"}
    ended = {"id": "K-1", "status": "cancelled", "cancelled_at": "2026-03-03T13:00:00-05:00"}
    happen("2026-03-04T09:00:00-05:00", appointment=[gone], contract=[ended])
    brief = run("brief", "C-1", "--at", "2026-03-04T10:00:00-05:00", "--json").json
    said = [each["text"] for each in brief["say"] if each["why"] == "promised"]
    assert said == ["Su cancelación (contrato K-1) quedó registrada el martes, 3 de marzo, 1:00 p. m."], brief[
        "contradictions"
    ]
