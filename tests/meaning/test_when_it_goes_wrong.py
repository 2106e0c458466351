"""What a rule offers when it goes wrong, who reads it, and who gets a copy of what a customer is told."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from notifier.answers.brief import brief
from notifier.answers.documents.brief import brief_document
from notifier.answers.preview import preview
from notifier.answers.records import Directory
from notifier.answers.rule_versions import version_of
from notifier.answers.speech import speech_for
from notifier.cli.pages.preview_page import preview_page
from notifier.cli.sheets.brief import brief_sheet
from notifier.cli.shown.preview import preview_report
from notifier.cli.shown.rule_versions import rule_version_parts
from notifier.planning.occurrences import copy_to
from notifier.rules.file_set import read_file_set
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.meaning.street import HELD_ORDER, alerts, busy, happen, in_force, play, rule
from tests.support.rig import NOW, Rig, ana, visit

HOUR = timedelta(hours=1)
RESCUE: dict[str, Any] = {
    "admission": {"es": "no fuimos", "en": "we did not come"},
    "remedy": "the next free hour",
    "decides": "field",
    "by": "4h",
}
SELLERS = {
    "rules/owners.yaml": "owners: { field: { name: Field, email: field@example.com, timezone: America/Bogota }, "
    "marta: { name: Marta, email: marta@example.com, timezone: America/Bogota, locale: es-CO } }\n"
}
SOLD = rule(HELD_ORDER, copy=["seller", "owner"], follow_up=[{"on": "ended", "tell": "nobody"}])


def printed(parts: Any) -> str:
    page = StringIO()
    console = Console(width=200, file=page)
    for part in parts:
        console.print(part)
    return page.getvalue()


def order(**changes: Any) -> dict[str, Any]:
    return {"id": "O-1", "customer_id": "C-1", "status": "held", "placed_at": NOW, "seller": "marta", **changes}


@pytest.mark.parametrize(("locale", "admitted"), [("en-US", "we did not come"), ("es-CO", "no fuimos")])
def test_an_owner_reads_in_their_language_what_is_offered(rig: Rig, locale: str, admitted: str) -> None:
    owner = f"owners: {{ field: {{ name: Field, email: field@example.com, locale: {locale} }} }}\n"
    in_force(rig, rule(rescue=RESCUE), files={"rules/owners.yaml": owner})
    assert play(rig, customer=[ana(phone=None, email=None)], appointment=[visit()]) == []
    ((mail,),) = [alert.texts for alert in alerts(rig)]
    assert admitted in mail
    assert "the next free hour" in mail
    assert "field" in mail
    assert ("4 hours" if locale == "en-US" else "4 horas") in mail


def test_a_rule_that_offers_nothing_adds_nothing_to_its_alerts(rig: Rig) -> None:
    in_force(rig, rule(rescue="none because it is a thank-you"))
    play(rig, customer=[ana(phone=None, email=None)], appointment=[visit()])
    ((mail,),) = [alert.texts for alert in alerts(rig)]
    assert "goes wrong" not in mail


def test_the_page_for_whoever_picks_up_the_phone_says_what_is_offered(rig: Rig) -> None:
    in_force(rig, rule(rescue=RESCUE), rule(HELD_ORDER, rescue="none because it is so"))
    play(rig, appointment=[visit()], order=[order()])
    project = rig.ruleset.project
    directory = Directory(defaults=rig.ruleset.defaults, owners=project.owners)
    with read_only(rig.database) as connection:
        reader = Reader(connection, live=False)
        found = brief(reader, "C-1", project, directory, rig.clock(), ruleset=rig.ruleset)
    assert [each.rule for each in found.offered] == ["visit-reminder"]
    (line,) = [
        line
        for section in brief_sheet(found, (), (), speech_for("es-CO", "America/Bogota"), project.owners).shown
        if "qué ofrecemos" in section.title
        for line in section.lines
    ]
    assert (line.tag, line.text) == ("visit-reminder", "no fuimos")
    assert list(line.more) == ["the next free hour", "decide: Field (4h)"]
    (document,) = brief_document(found, (), (), speech_for("en-US", "America/Bogota"))["offered"]
    rescue = document["rescue"]
    assert rescue is not None
    assert (rescue["admission"]["en"], rescue["by_seconds"]) == ("we did not come", 4 * 3600)


def test_preview_and_rules_show_say_what_is_offered(rig: Rig) -> None:
    in_force(rig, rule(rescue=RESCUE))
    happen(rig, appointment=[visit()])
    with read_only(rig.database) as connection:
        shown = preview(rig.ruleset, Reader(connection, live=False), rig.clock())
    assert "visit-reminder: we did not come; the next free hour (field decides within 4h)" in printed(
        preview_report(shown)
    )
    spanish = printed(preview_report(shown, language="es"))
    assert "visit-reminder: no fuimos; the next free hour (field decide antes de 4h)" in spanish
    page = preview_page(shown, company="Fibra", locale="es")
    assert "no fuimos; the next free hour (field decide antes de 4h)" in page
    project = rig.ruleset.project
    version = version_of(project.rules["visit-reminder"], project, read_file_set(rig.folder), NOW, None)
    said = printed(rule_version_parts(version, "UTC"))
    assert "rescue, admission (en): we did not come" in said
    assert "rescue, decided by: field, within 4h" in said
    play(rig)


def test_no_notice_prints_what_is_offered(rig: Rig) -> None:
    in_force(rig, rule(rescue=RESCUE))
    (sent,) = play(rig, appointment=[visit()])
    assert not any("we did not come" in text or "next free hour" in text for text in sent.texts)


def test_seller_and_owner_get_the_words_of_the_mail_once(rig: Rig) -> None:
    in_force(rig, SOLD, files=SELLERS)
    play(rig)  # what is true before the first pass is told to nobody
    ((mail, _),) = [sent.texts for sent in play(rig, order=[order()])]
    copies = {alert.to: alert for alert in alerts(rig)}
    assert sorted(copies) == ["field", "marta"]
    assert {alert.channels for alert in copies.values()} == {("email",)}
    for copy in copies.values():
        assert all(line in copy.texts[0] for line in mail.split("\n") if line)
        assert "ana@example.com" not in copy.texts[0]
    assert "copia de lo que se le dice a un cliente" in copies["marta"].texts[0]
    assert len(alerts(rig)) == len(copies)
    play(rig, NOW + HOUR)
    assert len(alerts(rig)) == len(copies)


def test_a_seller_may_be_a_customer_and_one_whom_nobody_knows_is_said(rig: Rig) -> None:
    in_force(rig, rule(SOLD, copy="seller"), files=SELLERS)
    play(rig)  # what is true before the first pass is told to nobody
    shop = ana(id="C-9", name="Shop", phone=None, email="shop@example.com")
    sold = [order(seller="C-9"), order(id="O-2", seller="nobody"), order(id="O-3", seller=None)]
    play(rig, customer=[shop], order=sold)
    copies = {row.recipient_id: row for row in rig.notices() if copy_to(row.recipient_id) in row.occurrence}
    assert {name: row.state for name, row in copies.items()} == {"C-9": "told", "nobody": "suppressed"}
    assert "cannot be reached" in copies["nobody"].reason


def test_there_is_no_copy_of_what_waits_or_reaches_nobody_and_none_to_who_is_told(rig: Rig) -> None:
    in_force(rig, SOLD, files=SELLERS)
    play(rig)  # what is true before the first pass is told to nobody
    night = NOW + 14 * HOUR  # midnight in Bogotá
    assert play(rig, night, order=[order()]) == []
    assert alerts(rig) == []
    assert len(play(rig, night + 9 * HOUR)) == 1
    assert sorted(alert.to for alert in alerts(rig)) == ["field", "marta"]
    play(rig, customer=[ana(email="marta@example.com")], order=[order(id="O-2")])
    assert sorted(alert.to for alert in alerts(rig)) == ["field", "field", "marta"]


def test_no_consent_of_the_customer_binds_a_copy_and_a_correction_has_one_too(rig: Rig) -> None:
    in_force(rig, rule(SOLD, copy="owner", channels=["sms"]), files=SELLERS)
    play(rig)  # what is true before the first pass is told to nobody
    refused = {"customer_id": "C-1", "channel": "email", "class": "service", "allowed": False, "at": NOW}
    ((sms,),) = [sent.texts for sent in play(rig, consent=[refused], order=[order()])]
    ((copy,),) = [alert.texts for alert in alerts(rig)]
    assert sms.strip() in copy
    play(rig, NOW + HOUR, order=[order(seller="eva")])
    assert len(alerts(rig)) == 2  # the correction is what the customer is told, too


def test_words_that_change_before_they_go_are_copied_again(rig: Rig) -> None:
    in_force(rig, rule(SOLD, copy="owner", channels=["sms"]), files=SELLERS)
    play(rig)  # what is true before the first pass is told to nobody
    busy(rig)
    assert play(rig, order=[order()]) == []
    ((sms,),) = [sent.texts for sent in play(rig, NOW + HOUR, order=[order(seller="eva")])]
    before, after = sorted((alert.texts[0] for alert in alerts(rig)), key=lambda text: "eva" in text)
    assert "marta" in before
    assert sms.strip() in after


def test_the_owner_hears_of_an_end_although_a_row_has_values_that_no_text_prints(rig: Rig) -> None:
    in_force(rig, rule(SOLD, copy="seller", follow_up=[{"on": "ended", "tell": "owner"}]), files=SELLERS)
    play(rig)
    play(rig, order=[order()])
    play(rig, NOW + HOUR, order=[order(status="completed")])
    assert [(alert.to, "copy_seller" in alert.texts[0]) for alert in alerts(rig) if alert.to == "field"] == [
        ("field", False)
    ]


def test_a_rule_in_shadow_copies_nothing(rig: Rig) -> None:
    in_force(rig, rule(SOLD, mode="shadow"), files=SELLERS)
    play(rig)  # what is true before the first pass is told to nobody
    assert play(rig, order=[order()]) == []
    assert alerts(rig) == []


def test_a_follow_up_has_the_texts_of_its_rows_value(rig: Rig) -> None:
    texts = {
        f"templates/{name}_off/{file}": content
        for name in ("repair", "other")
        for file, content in {
            "sms.en.txt.j2": f"{{{{ company }}}}: {name} of {{{{ starts_at | datetime }}}} is off. "
            "{{ exit.address }} {{ reference }}\n",
            "email.en.subject.j2": "Off\n",
            "email.en.txt.j2": f"Hello,\n\n{name} of {{{{ starts_at | datetime }}}} is off.\n\n"
            "{{ exit.address }} {{ reference }}\n",
        }.items()
    }
    off = {
        "when": "appointment.status == 'cancelled'",
        "template": {"by": "appointment.kind", "repair": "repair_off", "else": "other_off"},
    }
    in_force(rig, rule(follow_up=[off]), files=texts)
    play(rig, appointment=[visit(kind="repair"), visit(id="A-2", kind="visit"), visit(id="A-3", kind="repair")])
    over = [visit(kind="repair", status="cancelled"), visit(id="A-2", kind="visit", status="cancelled")]
    told = play(rig, appointment=over)
    assert sorted((sent.subject, sent.texts[1].split(":")[1].split()[0]) for sent in told) == [
        ("A-1", "repair"),
        ("A-2", "other"),
    ]
    again = play(rig, NOW + HOUR, appointment=[over[0] | {"kind": "visit"}])
    assert [(sent.kind, "other of" in sent.texts[1]) for sent in again] == [("follow_up", True)]
