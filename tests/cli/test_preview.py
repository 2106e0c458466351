"""`notifier preview`: it shows what a tick decides, and changes nothing."""

import email
import email.policy
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from freezegun import freeze_time

from tests.cli.conftest import TICK, Run, load, rows_of


def test_who_would_be_told_and_who_not_with_reasons_alerts_and_totals(loaded: Path, run: Run) -> None:
    done = run("preview", "--at", TICK)

    assert done.code == 0
    assert "tell Ana Ruiz (C-1) · installation-reminder" in done.out
    assert "Calle 1" in done.out
    assert "no address for sms and email" in done.out
    assert "promised-price-vs-billing" in done.out
    assert "2 recipients · 2 SMS in" in done.out
    assert done.err == ""


def test_json_lists_every_draft_to_customers_and_alerts_only_when_asked(loaded: Path, run: Run) -> None:
    plain = run("preview", "--at", TICK, "--json").json
    with_alerts = run("preview", "--at", TICK, "--json", "--alerts").json

    assert [(one["rule"], one["customer"], one["verdict"]) for one in plain] == [
        ("bill-is-ready", "C-1", "hold"),
        ("installation-reminder", "C-1", "ready"),
        ("installation-reminder", "C-2", "ready"),
        ("installation-reminder", "C-3", "suppress"),
    ]
    assert {one["kind"] for one in with_alerts} == {"notice", "alert"}
    assert [one for one in with_alerts if one["kind"] != "alert"] == plain


def test_of_one_customer_it_shows_what_it_shows_of_them_among_all(loaded: Path, run: Run) -> None:
    all_of_them = run("preview", "--at", TICK, "--json").json

    for customer in ("C-1", "C-2", "C-3"):
        found = run("preview", "--at", TICK, "--json", "--customer", customer).json
        assert found == [one for one in all_of_them if one["customer"] == customer]


def test_of_a_rule_it_shows_the_contradictions_that_may_hold_its_notices(ticked: Path, run: Run) -> None:
    assert "CONTRADICTION" in run("preview", "bill-is-ready", "--at", TICK).out
    assert "CONTRADICTION" not in run("preview", "installation-reminder", "--at", TICK).out


def test_the_same_preview_twice_is_the_same_bytes(loaded: Path, run: Run) -> None:
    assert run("preview", "--at", TICK, "--json").out == run("preview", "--at", TICK, "--json").out


def test_it_sends_nothing_and_writes_nothing(loaded: Path, run: Run) -> None:
    load(loaded, run, [SITE])
    before_rows, before_bytes = rows_of(loaded), (loaded / "notifier.db").read_bytes()

    for arguments in (
        [],
        ["--json"],
        ["--html", loaded / "page.html"],
        ["--at", TICK],
        ["--at", "2026-03-20T10:00:00Z"],
    ):
        assert run("preview", *arguments).code == 0

    assert rows_of(loaded) == before_rows
    assert (loaded / "notifier.db").read_bytes() == before_bytes
    assert not (loaded / "outbox").exists()


SITE = {
    "at": "2026-03-02T08:00:00-05:00",
    "set": {
        "site": [
            {
                "id": "S-1",
                "name": "Tienda",
                "timezone": "America/Bogota",
                "country": "CO",
                "opening_hours": "Mo-Su 09:00-18:00; PH off",
            }
        ],
        "customer": [{"id": "C-1", "name": "Ana Ruiz", "site_id": "S-1"}],
    },
}
SPECIAL_HOURS = """
rules:
  - rule: closed-day
    about: site_day
    to: site_day.site.customers
    owner: care
    class: service
    when: site_day.kind == 'closed'
    at: 3d before site_day.starts_at at 10:00
    claims: { starts_at: site_day.starts_at, place: site_day.site.name }
    template: installation_reminder
    channels: [sms]
    exit: field-desk
"""


def test_a_preview_of_another_day_knows_the_opening_hours_that_a_tick_would_compute_first(
    loaded: Path, run: Run
) -> None:
    (loaded / "rules" / "days.yaml").write_text(SPECIAL_HOURS, encoding="utf-8")
    load(loaded, run, [SITE])
    holiday_notice_is_due = "2026-05-15T10:00:00-05:00"  # three days before Ascension Day, beyond what is computed yet
    before = rows_of(loaded)["site_day"]

    drafts = run("preview", "closed-day", "--at", holiday_notice_is_due, "--json").json

    assert [(one["subject"], one["verdict"]) for one in drafts] == [("site_day:S-1/2026-05-18", "ready")]
    assert rows_of(loaded)["site_day"] == before


def test_preview_json_of_one_process_is_byte_for_byte_what_the_sandbox_gets_from_another(
    loaded: Path, run: Run
) -> None:
    command = [sys.executable, "-m", "notifier", "--project", str(loaded)]
    shown = subprocess.run([*command, "preview", "--at", TICK, "--json", "--alerts"], capture_output=True, check=True)
    subprocess.run([*command, "tick", "--at", TICK], capture_output=True, check=True)

    expected = {
        (draft["reference"], message["channel"]): message
        for draft in json.loads(shown.stdout)
        for message in draft["messages"]
    }
    received = {}
    for file in (loaded / "outbox").iterdir():
        reference, channel = file.stem.removeprefix("2026-03-03T150000Z-").rsplit("-", 1)
        received[reference, channel] = file.read_bytes()
    assert len(received) >= 6
    assert received.keys() == expected.keys()
    for key, message in expected.items():
        assert hashlib.sha256(received[key]).hexdigest() == message["sha256"]
        if message["channel"] == "sms":
            assert received[key] == message["text"].encode()
        else:
            mail = email.message_from_bytes(received[key], policy=email.policy.default)
            parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
            assert mail["Subject"] == message["subject"]
            assert mail["To"] == message["to"]
            assert parts["text/plain"].replace("\r\n", "\n").strip() == message["text"].strip()
            assert parts["text/html"].replace("\r\n", "\n").strip() == message["html"].strip()


def test_only_the_named_rules_and_the_named_customer(loaded: Path, run: Run) -> None:
    by_rule = run("preview", "installation-reminder", "--at", TICK, "--json").json
    by_customer = run("preview", "--at", TICK, "--customer", "C-2", "--json").json

    assert {one["rule"] for one in by_rule} == {"installation-reminder"}
    assert [(one["rule"], one["customer"]) for one in by_customer] == [("installation-reminder", "C-2")]


def test_of_a_rule_only_its_own_texts_matter(loaded: Path, run: Run) -> None:
    before = run("preview", "installation-reminder", "--at", TICK, "--json").out
    (loaded / "templates" / "bill_is_ready" / "sms.es.txt.j2").write_text("{{ amount }} 12 {{ reference }}")

    assert run("preview", "installation-reminder", "--at", TICK, "--json").out == before
    refused = run("preview", "bill-is-ready", "--at", TICK)
    assert refused.code == 1
    assert "bill-is-ready is set aside until its file is mended; see notifier rules check\n" in refused.err


def test_html_writes_one_page_and_says_where(loaded: Path, run: Run) -> None:
    page = loaded / "page.html"

    done = run("preview", "--at", TICK, "--html", page)

    assert done.code == 0
    assert "page.html" in done.out
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "sin dirección para sms y email" in html


def test_what_was_told_already_is_shown_as_told(ticked: Path, run: Run) -> None:
    drafts = run("preview", "installation-reminder", "--at", "2026-03-03T11:00:00-05:00", "--json").json

    assert [(one["customer"], one["verdict"]) for one in drafts] == [
        ("C-1", "told"),
        ("C-2", "told"),
        ("C-3", "suppress"),
    ]
    assert drafts[0]["reason"].startswith("told already at 2026-03-03 15:00 UTC")


def test_an_unknown_rule_is_wrong_usage_with_a_suggestion(loaded: Path, run: Run) -> None:
    done = run("preview", "installation-remindr")

    assert done.code == 2
    assert "did you mean 'installation-reminder'?" in done.usage


def test_a_naive_time_is_refused_with_the_remedy(project: Path, run: Run) -> None:
    for command in (["preview"], ["tick"], ["why", "C-1"]):
        done = run(*command, "--at", "2026-03-03T10:00:00")

        assert done.code == 2
        assert "has no time zone; write it like 2026-03-05T10:00:00-05:00" in done.usage


def test_a_rule_that_cannot_be_evaluated_is_said_and_the_others_are_shown(loaded: Path, run: Run) -> None:
    from notifier.answers.preview import preview_of
    from notifier.model.batches import Batch
    from tests.cli.samples import NOW, ready

    broken = Batch(kind="rule", name="late-order", failure="OverflowError: too long")
    result = preview_of([broken, Batch(kind="rule", name="other", drafts=(ready(),))], NOW)

    assert result.failures == (("late-order", "OverflowError: too long"),)
    assert len(result.told) == 1


def test_without_at_it_is_the_present_that_is_previewed(loaded: Path, run: Run) -> None:
    with freeze_time(TICK):
        assert run("preview", "--json").json == run("preview", "--at", TICK, "--json").json


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2501-01-01T00:00:00Z"])
def test_a_time_outside_the_calendar_is_refused(project: Path, run: Run, at: str) -> None:
    done = run("preview", "--at", at)
    assert (done.code, "is not between the years 1900 and 2500" in done.usage) == (2, True)


CUT = """
rules:
  - rule: cut
    about: incident
    to: incident.contracts.customer
    owner: field-operations
    class: service
    when: incident.status == 'in_progress'
    claims: { starts_at: incident.started_at, place: incident.zone }
    template: installation_reminder
    exit: field-desk
    follow_up: [{ on: ended, tell: nobody }]
"""


def test_preview_says_by_what_an_incident_reached_its_contracts(loaded: Path, run: Run) -> None:
    (loaded / "rules" / "cut.yaml").write_text(CUT, encoding="utf-8")
    assert run("tick", "--at", TICK).code == 0
    cut = {"kind": "outage", "status": "in_progress", "started_at": TICK, "site_id": "S-1"}
    rows = [{"id": "K-1", "zone": "Z-1"}, {"id": "K-2", "site_id": "S-1"}]
    cuts = [cut | {"id": "I-1", "zone": "Z-1"}, cut | {"id": "I-2"}]
    load(loaded, run, [SITE, {"at": TICK, "set": {"contract": rows, "incident": cuts}}])
    said = run("preview", "cut", "--at", TICK).out
    assert "cut: incident I-1 reaches contracts by zone Z-1" in said
    assert "cut: incident I-2 reaches contracts by site_id S-1" in said
    assert "by site_id" not in said.replace("incident I-2 reaches contracts by site_id S-1", "")
