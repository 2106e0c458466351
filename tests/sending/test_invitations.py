"""A mail carries an entry for its reader's calendar, which says what the claims say, changes with them, and goes.

On SQLite alone: what an entry says is decided before any SQL.
"""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from icalendar import Calendar, Event
from rich.console import Console

from notifier.answers.documents.drafts import message_document
from notifier.cli.shown.drafts import message_card
from notifier.model.mails import calendar_of, entry_in_short
from notifier.model.notices import ClaimValue, RenderedMessage
from notifier.model.types import ChannelName, TopicType
from notifier.model.windows import Window
from notifier.rendering.errors import RenderingError
from notifier.rendering.invitations import CalendarEntry, _check, calendar_entry_of, with_calendar_entry
from notifier.rendering.settings import RenderSettings
from notifier.rules.checked_rules import Invitation
from notifier.rules.loader import load_project
from tests.support.rig import FILES, NOW, Rig, write_project
from tests.support.sqlite_alone import migrated_url

__all__ = ["migrated_url"]

RULES = FILES["rules/visits.yaml"].replace(
    "claims: { starts_at: appointment.starts_at }",
    "claims: { starts_at: appointment.starts_at, place: appointment.place }\n"
    "    invitation: { starts: starts_at, place: place }\n"
    "    follow_up:\n"
    "      - { when: \"appointment.status == 'cancelled'\", template: visit, invitation: cancel }\n"
    "      - { when: \"appointment.status == 'completed'\", template: done }",
)
TEXTS = {
    name: text.replace("{{ starts_at | time }}.", "{{ starts_at | time }}{% if place %} to {{ place }}{% endif %}.")
    for name, text in FILES.items()
    if name.startswith("templates/visit/")
}
DONE = {name.replace("/visit/", "/done/"): text for name, text in TEXTS.items()}


def entries(rig: Rig) -> list[tuple[str, Event]]:
    """(method, entry) of each mail, in the order in which they went."""
    mails = [calendar_of(path.read_bytes()) for path in sorted(rig.outbox.glob("*.eml"))]
    read = [Calendar.from_ical(text) for text in mails if text is not None]
    return [(str(calendar["method"]), calendar.walk("VEVENT")[0]) for calendar in read]


def test_an_entry_is_changed_with_its_appointment_and_taken_out_with_it(rig: Rig) -> None:
    rig.reload({"rules/visits.yaml": RULES, **TEXTS, **DONE})
    rig.set(appointment=[{"id": "A-1", "place": "Calle 10, of. 3; piso ñ"}])
    rig.tick()
    assert rig.dispatch().accepted == 2  # the recheck found nothing else to say
    rig.clock.forward(minutes=10)
    moved = NOW + timedelta(hours=50)
    rig.set(appointment=[{"id": "A-1", "starts_at": moved}])
    rig.tick()
    rig.dispatch()
    rig.clock.forward(minutes=10)
    rig.set(appointment=[{"id": "A-1", "status": "cancelled"}])
    rig.tick()
    rig.dispatch()
    found = entries(rig)
    assert [method for method, _ in found] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({str(event["uid"]) for _, event in found}) == 1
    numbers = [event["sequence"] for _, event in found]
    assert numbers == sorted(set(numbers))
    assert [event.decoded("dtstart") for _, event in found] == [NOW + timedelta(hours=48), moved, moved]
    assert {str(event["location"]) for _, event in found} == {"Calle 10, of. 3; piso ñ"}
    assert [str(event["status"]) for _, event in found] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert {str(event["attendee"]) for _, event in found} == {"mailto:ana@example.com"}
    assert all("with the reference" in str(event["description"]) for _, event in found)


def test_a_follow_up_without_a_word_of_it_carries_no_entry(rig: Rig) -> None:
    rig.reload({"rules/visits.yaml": RULES, **TEXTS, **DONE})
    rig.tick()
    rig.dispatch()
    rig.clock.forward(minutes=10)
    rig.set(appointment=[{"id": "A-1", "status": "completed"}])
    rig.tick()
    rig.dispatch()
    assert len(list(rig.outbox.glob("*.eml"))) == 2
    assert [method for method, _ in entries(rig)] == ["REQUEST"]


def claim(value: object, kind: TopicType = TopicType.TIMESTAMP) -> ClaimValue:
    return ClaimValue(type=kind, value=value)  # type: ignore[arg-type]


def test_a_window_says_when_it_ends_and_nothing_is_made_up() -> None:
    window = Window(NOW, NOW + timedelta(hours=4))
    about = ("appointment", "A-1", "", "C-1")
    made = calendar_entry_of(
        Invitation(starts="at"), {"at": claim(window, TopicType.WINDOW)}, about=about, reference="R", cancelled=False
    )
    assert made is not None
    assert (made.starts_at, made.ends_at, made.place) == (NOW, NOW + timedelta(hours=4), None)
    unknown = calendar_entry_of(
        Invitation(starts="at"), {"at": claim(None)}, about=about, reference="R", cancelled=False
    )
    assert unknown is None


def test_an_entry_that_says_anything_else_is_never_sent() -> None:
    entry = CalendarEntry(about=("A",), reference="R", starts_at=NOW, ends_at=None, place="Calle 1", cancelled=False)
    mail = b"MIME-Version: 1.0\r\n\r\n--=_R\r\n\r\nx\r\n--=_R--\r\n"
    message = RenderedMessage(channel=ChannelName.EMAIL, to="ana@example.com", text="x", subject="s", content=mail)
    carrying, again = (with_calendar_entry([message], entry, RenderSettings(), NOW)[0] for _ in range(2))
    assert carrying.payload == again.payload
    text = carrying.payload.decode()
    assert "method=REQUEST" in text
    content = text[text.index("BEGIN:VCALENDAR") : text.index("\r\n--=_R--")].replace("=3D", "=").encode()
    _check(content, entry)
    for wrong in (b"LOCATION:Calle 2", b""):
        with pytest.raises(RenderingError, match=r"the entry for the calendar is .* but the claims say Calle 1"):
            _check(content.replace(b"LOCATION:Calle 1", wrong), entry)
    with pytest.raises(RenderingError, match="the entry for the calendar begins"):
        _check(content.replace(b"DTSTART:2026", b"DTSTART:2027"), entry)


def test_preview_shows_what_an_entry_says() -> None:
    ends = claim(NOW + timedelta(hours=1))
    entry = calendar_entry_of(
        Invitation(starts="at", ends="until"),
        {"at": claim(NOW), "until": ends},
        about=("A",),
        reference="R",
        cancelled=False,
    )
    assert entry is not None
    mail = b'Content-Type: multipart/alternative; boundary="=_R"\r\n\r\n--=_R\r\n\r\nx\r\n--=_R--\r\n'
    message = RenderedMessage(channel=ChannelName.EMAIL, to="ana@example.com", text="x", subject="s", content=mail)
    (carrying,) = with_calendar_entry([message], entry, RenderSettings(), NOW)
    short = f"REQUEST {NOW:%Y%m%dT%H%M%SZ} – {NOW + timedelta(hours=1):%Y%m%dT%H%M%SZ}"
    assert entry_in_short(message_document(carrying)["calendar"]) == short
    console = Console(width=120, record=True, file=StringIO())
    console.print(message_card(carrying))
    assert f"calendar: {short}" in console.export_text()
    assert "calendar" not in message_document(message)


def test_what_an_entry_says_fits_on_one_line() -> None:
    calendar = "METHOD:CANCEL\nDTSTART:20260305T150000Z\nDTEND:20260305T170000Z\nLOCATION:Calle 10\\, of\n icina 3\n"
    assert entry_in_short(calendar) == "CANCEL 20260305T150000Z – 20260305T170000Z, Calle 10, oficina 3"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("starts: starts_at", "starts: start_at", "unknown claim 'start_at'; did you mean 'starts_at'?"),
        ("starts: starts_at", "starts: place", "'starts' is a claim of type timestamp or window; 'place' is text"),
        ("place: place }", "place: starts_at }", "'place' is a claim of type text; 'starts_at' is timestamp"),
        ("[sms, email]", "[sms]", "an invitation goes with a mail, and the rule sends none"),
        (
            "    invitation: { starts: starts_at, place: place }\n",
            "",
            "the rule has no 'invitation' that it could change",
        ),
        ("invitation: cancel", "invitation: drop", "unknown invitation 'drop'"),
        (
            "    exit: desk",
            "    group: customer\n    exit: desk",
            "an invitation is to one thing, and 'group' tells of several",
        ),
    ],
)
def test_a_wrong_invitation_is_told_with_its_place(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in RULES
    folder = write_project(tmp_path, {"rules/visits.yaml": RULES.replace(old, new), **TEXTS, **DONE})
    problems = [str(each) for each in load_project(folder).problems]
    assert any(problem in each and each.startswith("rules/visits.yaml:") for each in problems), problems


def test_a_rule_with_an_invitation_is_no_part_of_another_message(rig: Rig) -> None:
    rig.reload({"rules/visits.yaml": RULES, **TEXTS, **DONE})
    assert rig.ruleset.project.rules["visit-reminder"].invitation == Invitation(starts="starts_at", place="place")
    merged = {"rules/policy.yaml": "merge: { within: 10m, classes: [service], channels: [email] }\n"}
    rig.reload({"rules/visits.yaml": RULES, **TEXTS, **DONE, **merged})
    rig.tick()
    assert {row.state for row in rig.notices()} == {"ready"}  # it waits for nothing else
