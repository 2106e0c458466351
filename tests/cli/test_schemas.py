"""What commands print with `--json` is what the schemas in `docs/schemas/` say: with data and without, all of it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from jsonschema import Draft202012Validator

from notifier.answers.documents.ticks import tick_document
from notifier.answers.documents.today import today_document
from notifier.answers.documents.values import json_text
from notifier.answers.floods import Flood
from notifier.answers.waiting import Matter, Task, Today, Waiting
from notifier.model.settling import CommonCause, Group
from notifier.model.types import ChannelName
from notifier.sending.dispatch import DispatchReport
from notifier.store.database import open_engine
from notifier.store.tables import MESSAGE, NOTICE, RECEIPT, REPLY
from notifier.tick import Failure, TickReport, Unfinished
from tests.cli.actions_printed import acted_on
from tests.cli.conftest import STATE, TICK, Run, load
from tests.cli.contacts_printed import counted
from tests.cli.figures_printed import figures, read_from_a_call
from tests.cli.journeys_printed import a_map, what_was_missing
from tests.cli.reasons_printed import learned_from_what_people_read, listened_to
from tests.cli.samples import NOW
from tests.cli.simulations_printed import drilled, from_a_pack, grouped, replayed
from tests.cli.test_notices import BY, LATER, handed_over, opted_out
from tests.cli.test_rules import SCENARIOS
from tests.cli.whatsapp_printed import handed_in
from tests.docs.schemas import DOCUMENTS
from tests.support.schemas import command_of, problems_of, validator_of

Print = Callable[..., Any]
"""Runs a command with `--json`, notes which keys were seen, and gives back the document."""

LISTS = [
    ["preview"],
    ["notices", "list"],
    ["notices", "replies"],
    ["contradictions", "list"],
    ["suppressions", "list"],
    ["bounces", "list"],
    ["rules", "check"],
]
PAIRS = """\
rules:
  - rule: visit-and-contract
    about: contract
    each: { visit: contract.appointments }
    to: contract.customer
    owner: field-operations
    class: service
    when: visit.kind == 'installation'
    at: 1d before visit.starts_at
    claims: { starts_at: visit.starts_at, place: visit.place }
    invitation: { starts: starts_at, place: place }
    template: installation_reminder
    channels: [email]
    exit: field-desk
"""
"""A rule about two rows: its drafts name the second, and its mails carry an entry for a calendar."""


def test_every_key_of_every_schema_is_printed_by_some_command(project: Path, run: Run) -> None:
    seen: set[tuple[str, str]] = set()

    def show(*arguments: object) -> Any:
        done = run(*arguments, "--json")  # which holds it to its schema
        assert done.out, done.err
        note(command_of(arguments), done.json)
        return done.json

    def note(command: str, document: object) -> None:
        validator = validator_of(command)
        seen.update(keys_of(validator, validator.schema, document))

    without_data(show)
    looked_after(show)
    imported(project, run, show)
    replayed(project, show)
    drilled(project, show)
    grouped(project, run, show)
    decided(project, run, show)
    corrected(project, run, show)
    shared(project, run, show)
    backlog(project, run, show)
    consent(run, show)
    came_back(project, run, show)
    answered(project, run, show)
    listened_to(project, run, show)
    note("reasons train", learned_from_what_people_read())
    note("customer export", everything(project, run))
    read_from_a_call(project, show)
    figures(project, run, show)
    counted(project, run, show)
    changed_rules(project, run, show)
    of_rule_files(project, run, show)
    note("tick", a_tick_that_failed())
    note("today", a_day_with_a_flood())
    acted_on(note)
    note("journey", a_map())
    note("reasons missing", what_was_missing())
    note("rules whatsapp", handed_in())
    note("rules packs", from_a_pack(project.parent / "clinic"))

    declared = {
        (name, key)
        for command in DOCUMENTS
        for name, part in validator_of(command).schema["$defs"].items()
        for key in part.get("properties", {})
    }
    missing = sorted(f"{name}.{key}" for name, key in declared - seen)
    assert not missing, "no command printed: " + ", ".join(missing)


def without_data(show: Print) -> None:
    """Before anything is there, lists are empty."""
    for command in LISTS:
        assert show(*command) == []
    assert show("rules", "list") != []
    assert show("tick", "--at", "2026-03-02T07:00:00-05:00")["verdicts"] == {}


def looked_after(show: Print) -> None:
    """What a doctor finds, and what providers say when they are asked: here there is none to ask."""
    assert {found["level"] for found in show("doctor")} <= {"fine", "doubtful"}
    assert show("reconcile") == {"asked": 0, "delivered": 0, "undelivered": 0}


def imported(project: Path, run: Run, show: Print) -> None:
    """A state, a file with a bad row and a reference to what is not there, a doubtful one, and a promise."""
    load(project, run, STATE)
    file = project / "contracts.csv"
    file.write_text("id,customer_id,status\nK-8,C-404,active\nK-9,C-1,actve\n", encoding="utf-8")
    report = show("import", "contract", file)
    assert (report["bad"], len(report["problems"]), len(report["not_there_yet"])) == (1, 1, 1)
    file.write_text("id,name,phone\nC-9,Sol,+576017455905\n", encoding="utf-8")
    assert [doubt["count"] for doubt in show("import", "customer", file)["doubts"]] == [1]
    promise = ["--subject", "contract:K-2", "--topic", "cancelled", "--value", "true", "--source", "agent"]
    assert show("promise", "add", *promise, *BY)["id"]
    assert show("promise", "list")


def decided(project: Path, run: Run, show: Print) -> None:
    """What a tick would decide and what it decided, with the decisions of people."""
    assert {"hold", "suppress", "ready"} <= {each["verdict"] for each in show("preview", "--at", TICK, "--alerts")}
    reference = handed_over(project, opted_out)
    assert [each["notice"] for each in show("suppressions", "list")] == [reference]
    (opened, *_) = show("contradictions", "list")
    assert run("contradictions", "ack", opened["id"], *BY).code == 0
    card = show("contradictions", "show", opened["id"])
    assert (len(card["holds"]), len(card["interventions"])) == (1, 1)

    held = card["holds"][0]
    assert [each["contradictions"] for each in show("notices", "list", "--state", "held")] == [[opened["id"]]]
    assert run("notices", "release", held, *BY, "--at", LATER).code == 0
    assert show("tick", "--at", LATER)["messages"]["accepted"] > 0
    assert show("notices", "show", held)["state"] == "told"
    assert {(each["told"] > 0, each["per_hundred"]) for each in show("notices", "replies", "--at", LATER)} == {
        (True, 0)
    }
    why = show("why", "--notice", held)
    assert (len(why["past_verdicts"]), len(why["interventions"]), len(why["contradictions"])) == (1, 1, 1)


def corrected(project: Path, run: Run, show: Print) -> None:
    """A told fact changes, a rule speaks about two rows, and a rule leaves."""
    moved = {"id": "A-1", "starts_at": "2026-03-05T16:00:00-05:00"}
    load(project, run, [{"at": "2026-03-03T12:00:00-05:00", "set": {"appointment": [moved]}}])
    at = ["--at", "2026-03-03T12:00:00-05:00"]
    assert [each["previous"].keys() for each in show("preview", *at) if each["kind"] == "correction"]
    assert run("tick", *at).code == 0
    (correction,) = (each for each in show("notices", "list") if each["kind"] == "correction")
    assert len(show("why", "--notice", correction["reference"])["related"]) == 1

    (project / "rules" / "pairs.yaml").write_text(PAIRS, encoding="utf-8")
    at = ["--at", "2026-03-04T18:00:00-05:00"]
    assert any("each" in each for each in show("preview", "visit-and-contract", *at))
    assert run("tick", *at).code == 0
    paired = next(each for each in show("notices", "list", "--rule", "visit-and-contract") if each["customer"] == "C-1")
    assert show("why", "--notice", paired["reference"])["each"] == "A-1"
    (mail,) = paired["messages"]
    assert "DTSTART:20260305T210000Z" in mail["calendar"]
    assert {row["rule"] for row in show("why", "C-1", *at)["rules"]} >= {"visit-and-contract", "installation-reminder"}
    (project / "rules" / "pairs.yaml").unlink()
    assert show("why", "C-1", *at)["left_behind"]


def shared(project: Path, run: Run, show: Print) -> None:
    """A visit goes from one record of a person to another one with the same number."""
    person = {"name": "Sol Mar", "phone": "+573001112233", "timezone": "America/Bogota", "country": "CO"}
    visit = {"id": "A-70", "kind": "installation", "status": "confirmed", "starts_at": "2026-03-07T15:00:00-05:00"}
    both = {"customer": [person | {"id": "C-70"}, person | {"id": "C-71"}]}
    for hour, holder in ((15, "C-70"), (16, "C-71")):
        at = f"2026-03-05T{hour}:00:00-05:00"
        load(project, run, [{"at": at, "set": both | {"appointment": [visit | {"customer_id": holder}]}}])
        assert run("tick", "--at", at).code == 0
    listed = {each["customer"]: each for each in show("notices", "list", "--rule", "installation-reminder")}
    assert [each["customer"] for each in listed["C-71"]["through"]] == ["C-70"]
    for customer in ("C-70", "C-71"):
        assert show("notices", "show", listed[customer]["reference"])
        assert show("why", "--notice", listed[customer]["reference"])
        assert show("why", customer, "--at", at)


def backlog(project: Path, run: Run, show: Print) -> None:
    """A baseline with a visit whose moment is past."""
    file = project / "baseline.csv"
    file.write_text(
        "id,customer_id,kind,status,starts_at\nA-80,C-1,installation,confirmed,2026-03-07T18:00:00-05:00\n",
        encoding="utf-8",
    )
    at = ["--at", "2026-03-06T12:00:00-05:00"]
    assert run("import", "appointment", file, "--baseline", *at).code == 0
    assert run("tick", *at).code == 0
    assert [each["rule"] for each in show("backlog", "list", *at)] == ["installation-reminder"]
    assert [each["subject"] for each in show("backlog", "list", "--rule", "installation-reminder", *at)]


def consent(run: Run, show: Print) -> None:
    """A word that somebody wrote down, and the law."""
    assert show("consent", "show") == []
    assert run("consent", "set", "+573105550199", "out", *BY).code == 0
    assert len(show("consent", "show", "+573105550199")[0]["holds"]) == 5
    assert show("rules", "law", "CO")


def came_back(project: Path, run: Run, show: Print) -> None:
    """A mail that a mail server pipes."""
    with (project / ".env").open("a", encoding="utf-8") as settings:
        settings.write("NOTIFIER_BOUNCE_ADDRESS=bounce@example.com\n")
        settings.write("NOTIFIER_TOKEN_KEY=a-key-of-the-tests-with-32-letters\n")
    assert run("receive", stdin=b"From: seller@example.net\n\nHola\n").code == 0
    show("bounces", "list")


def answered(project: Path, run: Run, show: Print) -> None:
    """Who somebody is, what was said and is to be said, what waits, and how a contradiction came about."""
    file = project / "rules" / "attributes.yaml"
    assert not file.exists()
    file.write_text("attributes: { customer: { hearing: text } }\n", encoding="utf-8")
    when = "2026-03-06T08:00:00-05:00"
    contact = {"customer_id": "C-1", "at": when, "channel": "chat", "direction": "inbound", "reason": "asks when"}
    visit = {"id": "A-90", "customer_id": "C-1", "kind": "installation", "status": "confirmed"}
    promise = {"id": "P-90", "customer_id": "C-1", "subject": "contract:K-1", "topic": "callback", "source": "agent"}
    promise |= {"value": "2026-03-06T16:00:00-05:00", "due_at": "2026-03-06T16:00:00-05:00", "made_at": when}
    rows = {
        "customer": [{"id": "C-1", "attributes": {"hearing": "hard of hearing"}}],
        "contact": [contact | {"id": "T-90", "subject": "contract:K-1"}],
        "appointment": [visit | {"starts_at": "2026-03-12T10:00:00-05:00", "place": "Calle 9"}],
        "promise": [promise],
        "charge": [{"id": "X-1", "amount": 119000, "currency": "COP"}],
    }
    load(project, run, [{"at": when, "set": rows}])
    at = ["--at", "2026-03-06T09:00:00-05:00"]
    assert run("consent", "set", "+573001234567", "out", *BY).code == 0
    brief = show("brief", "C-1", *at)
    assert all(brief[part] for part in ("say", "promises", "facts", "ahead", "told", "given", "conversations"))
    assert brief["who"]["attributes"] == {"hearing": "hard of hearing"}
    assert brief["who"]["barriers"]
    assert show("today", *at)["waiting"]
    assert show("status-page", "C-1", *at)["steps"]
    page = show("timeline", "C-1", "--limit", "100")
    assert page["next"] is None
    assert {"promised", "told", "found", "asked", "consent", "decided"} <= {each["kind"] for each in page["entries"]}
    (opened,) = show("contradictions", "list", "--all", "--customer", "C-1")
    links = show("contradictions", "explain", opened["id"])["links"]
    assert {"promise", "fact", "found", "alert", "decided"} <= {link["kind"] for link in links}
    file.unlink()


def everything(project: Path, run: Run) -> Any:
    """All that is known of one person, with a receipt."""
    engine = open_engine(f"sqlite:///{project / 'notifier.db'}")
    with engine.begin() as connection:
        told = sa.select(MESSAGE.c.id).join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
        message = connection.execute(told.where(NOTICE.c.recipient_id == "C-1")).scalars().first()
        said = {"id": "R-1", "key": "r", "provider": "twilio", "channel": "sms", "message_id": message}
        said |= {"status": "sent", "state": "sent", "arrived_at": NOW, "raw": {"sid": "SM1"}}
        connection.execute(sa.insert(RECEIPT).values(**said))
        wrote = {"id": "sms:SM9", "at": NOW, "channel": "sms", "address": "+573001234567", "live": False}
        connection.execute(
            sa.insert(REPLY).values(**wrote, meaning="other", text="¿y?", confirmed=False, answered=False)
        )
    engine.dispose()
    found = run("customer", "export", "C-1").json
    assert all(found[each] for each in ("receipts", "decisions", "addresses", "unclaimed_replies", "reasons"))
    return found


IN_SHADOW = """
rules:
  - rule: installation-in-shadow
    about: appointment
    owner: field-operations
    class: service
    mode: shadow
    when: appointment.kind == 'installation'
    at: 48h before appointment.starts_at
    born_late: tell
    claims: { starts_at: appointment.starts_at, place: appointment.place }
    template: installation_reminder
    exit: field-desk
    came_true: appointment.status == 'completed'
"""


def changed_rules(project: Path, run: Run, show: Print) -> None:
    """A claim that would be another one, a rule in shadow beside a live one, and what is in force."""
    due, starts = "2026-04-03T10:01:00-05:00", "2026-04-05T10:00:00-05:00"
    customer = {"id": "C-77", "name": "Eva Gil", "phone": "+573001234577", "email": "eva@example.com"}
    contract = {"id": "K-77", "customer_id": "C-77", "status": "active"}
    visit = {"id": "A-77", "customer_id": "C-77", "contract_id": "K-77", "kind": "installation", "place": "Calle 77"}
    rows = {"customer": [customer], "contract": [contract]}
    rows["appointment"] = [{**visit, "status": "confirmed", "starts_at": starts}]
    load(project, run, [{"at": "2026-04-01T10:00:00-05:00", "set": rows}])
    (project / "rules" / "shadow.yaml").write_text(IN_SHADOW, encoding="utf-8")
    assert run("rules", "publish").code == 0
    rules = project / "rules" / "installation.yaml"
    before = rules.read_text(encoding="utf-8")
    rules.write_text(before.replace("place: appointment.place", "place: appointment.id"), encoding="utf-8")
    found = show("rules", "diff", "--at", "2026-04-02T10:00:00-05:00", "--days", "2")
    assert [each["claims"]["place"]["after"] for each in found["affected"]] == ["A-77"]
    rules.write_text(before, encoding="utf-8")
    assert any(each.get("shadow") for each in show("preview", "--at", due))
    assert run("tick", "--at", due).code == 0
    (figures,) = show("report", "shadow", "--at", due)["rules"]
    assert figures["overlaps"]
    assert show("rules", "show", "installation-reminder")["since"]
    (project / "rules" / "shadow.yaml").unlink()
    assert run("rules", "publish").code == 0
    assert run("tick", "--at", due).code == 0


def of_rule_files(project: Path, run: Run, show: Print) -> None:
    """A scenario that fails, one that cannot be played, and a rule that is wrong."""
    file = project / "rules" / "installation.test.yaml"
    file.write_text(SCENARIOS.replace("state: told", "state: held"), encoding="utf-8")
    (project / "rules" / "bad.test.yaml").write_text("scenarios: [{ scenario: x, givn: {} }]\n", encoding="utf-8")
    assert [each["passed"] for each in show("rules", "test")] == [False, False]
    assert show("rules", "test", "--coverage")["coverage"]["blanks"]

    rules = project / "rules" / "installation.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("appointment.kind", "appointment.knd"), encoding="utf-8")
    assert show("rules", "check")[0]["severity"] == "error"
    aside = show("tick", "--at", "2026-03-08T12:00:00-05:00")["set_aside"]
    assert [each["name"] for each in aside] == ["installation-reminder"]


def a_tick_that_failed() -> object:
    """As a program reads it."""
    report = TickReport(
        now=NOW,
        failures=(Failure(kind="rule", name="bill-is-ready", why="no such table"),),
        unfinished=Unfinished.STOPPED,
    )
    document = json.loads(json_text(tick_document(report, DispatchReport(halted={ChannelName.SMS: "401"}))))
    assert problems_of("tick", document) == []
    return document


def a_day_with_a_flood() -> object:
    """As a program reads it: what many contradictions found together leave to be done."""
    cause = CommonCause(what="contract.plan", value="Fibra", count=300)
    group = Group(id="G-1", check="bill", owner="billing", opened_at=NOW, count=300, causes=(cause,))
    flood = Flood(group=group, waiting=300, deadline=None, since=NOW)
    task = Task(id="G-1", what="300 bills", command="notifier contradictions list --group G-1", flood=flood)
    page = Today(now=NOW, owner=None, waiting=[Waiting(matter=Matter.SURFACING, count=300, tasks=[task])])
    document = json.loads(json_text(today_document(page)))
    assert problems_of("today", document) == []
    return document


def keys_of(validator: Draft202012Validator, schema: dict[str, Any], document: Any) -> Iterator[tuple[str, str]]:
    """The keys of the document that the schema names, each with the name of the type that has it."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        yield from keys_of(validator, validator.schema["$defs"][name], document)
    for other in schema.get("anyOf", ()):
        if validator.evolve(schema=other | {"$defs": validator.schema["$defs"]}).is_valid(document):
            yield from keys_of(validator, other, document)
    if isinstance(document, list):
        for item in document:
            yield from keys_of(validator, schema.get("items", {}), item)
    if isinstance(document, dict):
        rest = schema.get("additionalProperties") or {}
        for key, value in document.items():
            if key in schema.get("properties", {}):
                yield schema["title"], key
            yield from keys_of(validator, schema.get("properties", {}).get(key, rest), value)
