"""A story on WhatsApp: an approved text to who said yes, what it holds, a number without WhatsApp, and STOP."""

import json
from pathlib import Path

from tests.simulation.conftest import Played
from tests.simulation.test_scenarios import DUE, STORY, entry, only_difference
from tests.simulation.test_steps import LATER

TEXT = (
    "We visit you on {{ starts_at | datetime }}. {{ exit.address }}, ref. {{ reference }}. To get no more, answer STOP."
)
BODY = "We visit you on {{1}}. +57 601 7945501, ref. {{2}}. To get no more, answer STOP."
YES = (
    "consent: [{ customer_id: C-1, channel: whatsapp, class: service, allowed: true, at: '2026-02-01T10:00:00-05:00' }]"
)


def approve(folder: Path) -> None:
    rules = folder / "rules" / "visit.yaml"
    rules.write_text(rules.read_text().replace("    exit: desk\n", "    exit: desk\n    channels: [whatsapp, sms]\n"))
    (folder / "templates" / "visit" / "whatsapp.en.txt.j2").write_text(TEXT)
    text = {"template": "visit", "locale": "en", "body": BODY, "content_sid": "HX" + "0a" * 16}
    (folder / "rules" / "whatsapp.yaml").write_text(json.dumps({"texts": [text]}))


def told(**more: str) -> str:
    said = ", ".join(f"{key}: {value}" for key, value in more.items())
    return f"{{ notices: [{{ rule: visit-reminder, customer: C-1, state: told, {said} }}] }}"


def another(name: str) -> str:
    return (
        f"{{ appointment: [{{ id: {name}, customer_id: C-1, contract_id: K-1, kind: visit, status: confirmed, "
        "starts_at: '2026-02-13T12:00:00-05:00' }] }"
    )


def test_a_story_on_whatsapp(folder: Path, played: Played) -> None:
    approve(folder)
    start = entry("2026-02-09T09:00:00-05:00", set=f"{{ {YES} }}")
    holds = told(channels="whatsapp", whatsapp_contains="'February 12'", whatsapp_lacks="Visit on")
    lost = "[{ customer: C-1, channel: whatsapp, state: undelivered, code: '63024' }]"
    timeline = start + entry(DUE, expect=holds)
    (result,) = played(STORY + timeline + entry(LATER, receipts=lost, expect=told(channels="sms")))
    assert (result.problems, result.differences) == ((), ())
    stop = "{ customer: C-1, channel: whatsapp }"
    timeline += entry(LATER, opt_out=stop, set=another("A-2")) + entry(
        "2026-02-11T12:30:00-05:00", expect=told(channels="sms")
    )
    (result,) = played(STORY + timeline)
    assert (result.problems, result.differences) == ((), ())


def test_a_text_that_differs_is_quoted(folder: Path, played: Played) -> None:
    approve(folder)
    start = entry("2026-02-09T09:00:00-05:00", set=f"{{ {YES} }}")
    *_, why = only_difference(played(STORY + start + entry(DUE, expect=told(whatsapp_contains="'11:00'"))))
    assert why[0].startswith("its WhatsApp message does not contain '11:00'; it reads: We visit you on February 12")
    *_, why = only_difference(played(STORY + start + entry(DUE, expect=told(whatsapp_lacks="February"))))
    assert why[0].startswith("its WhatsApp message contains 'February'")


def test_a_text_that_whatsapp_would_refuse_is_said_by_sms_in_a_story_too(folder: Path, played: Played) -> None:
    approve(folder)
    template = folder / "templates" / "visit" / "whatsapp.en.txt.j2"
    template.write_text("{{ starts_at | datetime }}: we visit you. {{ exit.address }}, ref. {{ reference }}.")
    start = entry("2026-02-09T09:00:00-05:00", set=f"{{ {YES} }}")
    *_, why = only_difference(played(STORY + start + entry(DUE, expect=told(whatsapp_contains="visit"))))
    assert why[0].startswith("it has no WhatsApp message yet")
    assert "whatsapp: it begins with a value; WhatsApp wants words before the first and after the last one" in why[0]
