"""What people read in a terminal."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from rich.console import Console, RenderableType

from notifier.answers.preview import Preview, preview_of
from notifier.cli.shown.contradictions import contradiction_card
from notifier.cli.shown.drafts import card, facts_of
from notifier.cli.shown.listing import Listing
from notifier.cli.shown.preview import preview_report
from notifier.cli.shown.ticks import tick_text
from notifier.cli.shown.values import difference_text, left_text, money_text, page_text, span_text
from notifier.model.contradictions import Contradiction, ContradictionState
from notifier.model.notices import Draft, NoticeState
from notifier.model.types import TopicType
from notifier.sending.dispatch import DispatchReport
from notifier.tick import TickReport, Unfinished
from tests.cli.samples import ANA, MAIL_TEXT, NOW, held, mail, price_contradiction, ready, sms


def printed(*parts: RenderableType, width: int = 80) -> str:
    console = Console(width=width, highlight=False, force_terminal=False, color_system=None)
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return capture.get()


def flat(text: str) -> str:
    """The words, without the boxes around them and the breaks between them."""
    for box in "│┃╭╮╰╯┌┐└┘─━┏┓┗┛":
        text = text.replace(box, " ")
    return " ".join(text.split())


def a_preview(
    told: tuple[Draft, ...] = (),
    not_told: tuple[Draft, ...] = (),
    alerts: tuple[Draft, ...] = (),
    contradictions: tuple[Contradiction, ...] = (price_contradiction(),),
) -> Preview:
    return Preview(now=NOW, told=told, not_told=not_told, alerts=alerts, contradictions=contradictions, failures=())


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(days=5, hours=14, minutes=3), "5 days 14 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(hours=17, minutes=20), "17 h 20 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(minutes=45), "45 min"),
        (timedelta(seconds=20), "no time"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(span: timedelta, text: str) -> None:
    assert span_text(span) == text


def test_the_time_left_turns_into_the_time_since_once_the_deadline_is_over() -> None:
    assert left_text(NOW + timedelta(hours=3), NOW) == "3 h left"
    assert left_text(NOW - timedelta(hours=3), NOW) == "over since 3 h"
    assert left_text(None, NOW) == "no deadline"


def test_money_is_exact_and_has_decimals_only_where_there_are_any() -> None:
    assert money_text(Decimal("111860.0000"), "COP") == "COP 111,860"
    assert money_text(Decimal("0.0790"), "USD") == "USD 0.079"
    assert money_text(Decimal("49.9"), "USD") == "USD 49.90"


def test_a_raise_is_told_in_percent_and_a_delay_in_time() -> None:
    assert difference_text(TopicType.MONEY, "79900", "111860") == "+40 %"
    assert difference_text(TopicType.MONEY, "100", "99.5") == "-0.5 %"
    assert difference_text(TopicType.TIMESTAMP, "2026-03-05T15:00:00Z", "2026-03-07T15:00:00Z") == "2 days later"
    assert difference_text(TopicType.BOOL, "true", "false") == ""


def test_a_card_says_who_when_why_and_the_exact_texts_with_segments_and_cost() -> None:
    text = flat(printed(card(ready())))

    assert "Ana Ruiz (C-01) · installation-reminder · appointment A-1 · 7K3QM-X9T2A" in text
    assert "Tue 2026-03-03 10:00 · helps until Thu 2026-03-05 07:00 (America/Bogota)" in text
    assert "why 48h before appointment.starts_at (2026-03-03 15:00 UTC)" in text
    assert "SMS · +573001234567 · 2 segments GSM-7 · COP 50" in text
    assert " ".join(sms().text.split()) in text
    assert "Lo visitamos el jueves, 5 de marzo para instalar su servicio" in text
    assert " ".join(MAIL_TEXT.split()) in text


def test_a_short_card_shows_of_the_mail_its_subject_and_facts() -> None:
    text = flat(printed(card(ready(), brief=True)))

    assert "Fecha: jueves, 5 de marzo de 2026 · Hora: 10:00 a. m. · Lugar: Calle 12 # 4-56" in text
    assert "Esto es lo acordado" not in text
    assert facts_of(mail().text).startswith("Fecha: ")


def test_texts_of_customers_are_never_read_as_markup() -> None:
    hostile = ready(recipient=replace(ANA, name="[red]Ana[/red]"), messages=(sms("[bold]hola[/bold] [/]"),))

    text = printed(card(hostile))

    assert "[red]Ana[/red]" in text
    assert "[bold]hola[/bold] [/]" in text


def test_a_contradiction_card_shows_both_sides_the_owner_and_the_time_left() -> None:
    text = flat(
        printed(contradiction_card(price_contradiction(), NOW, timezone="America/Bogota", holding=["the bill"]))
    )

    assert "promised COP 79,900 monthly_price, by ventas, asesor 4471, Mon 2026-03-02 12:00" in text
    assert "fact COP 111,860 (+40 %) charge X-1" in text
    assert "owner billing · severity high" in text
    assert "5 days 14 h until the customer finds out, Mon 2026-03-09 00:00" in text
    assert "holds the bill" in text


def test_a_settled_contradiction_says_why_instead_of_a_deadline() -> None:
    settled = price_contradiction(state=ContradictionState.SETTLED, reason="both sides agree again")

    text = flat(printed(contradiction_card(settled, NOW)))

    assert "SETTLED" in text
    assert "because both sides agree again" in text
    assert "until the customer finds out" not in text


def test_a_fact_that_did_not_happen_is_nothing_yet() -> None:
    kept_by_nothing = price_contradiction(
        topic="callback", topic_type=TopicType.TIMESTAMP, promised="2026-03-05T21:00:00Z", actual=None, currency=None
    )

    assert "fact nothing yet" in flat(printed(contradiction_card(kept_by_nothing, NOW)))


def test_those_left_out_for_one_reason_are_grouped_and_counted() -> None:
    crowd = tuple(
        held(recipient_id=f"C-{number}", recipient=replace(ANA, id=f"C-{number}", name=f"Person {number}"))
        for number in range(10)
    )

    text = flat(printed(*preview_report(a_preview(not_told=crowd)), width=200))

    assert text.count("an open contradiction of cancelled-but-scheduled") == 1
    assert "Person 0 (C-0)" in text
    assert "and 6 more" in text
    assert "Would not be told: 10 notices" in text


def test_a_rule_with_a_crowd_prints_twenty_texts_and_names_the_rest() -> None:
    crowd = tuple(ready(subject_id=f"A-{number}") for number in range(25))

    text = flat(printed(*preview_report(a_preview(told=crowd))))

    assert text.count("2 segments GSM-7") == 20
    assert "and 5 more of installation-reminder" in text
    assert "appointment A-24" in text


def test_of_a_larger_crowd_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifier.cli.shown.preview.LISTED", 3)
    crowd = tuple(ready(subject_id=f"A-{number}") for number in range(25))

    text = flat(printed(*preview_report(a_preview(told=crowd))))

    assert "appointment A-22" in text
    assert "appointment A-23" not in text
    assert "and 2 that are not listed" in text


def test_of_a_flood_of_contradictions_twenty_cards_are_printed_and_the_rest_counted() -> None:
    flood = tuple(price_contradiction(id=f"X-{number}") for number in range(25))

    text = flat(printed(*preview_report(a_preview(contradictions=flood))))

    assert text.count("CONTRADICTION") == 20
    assert "and 5 more (notifier contradictions list shows them)" in text


def test_a_page_says_of_how_many_it_is() -> None:
    assert page_text("latest", 50, 1234) == "The latest 50 of 1,234; --limit shows more."
    assert page_text("latest", 50, 10_001, counted=10_000) == "The latest 50 of more than 10,000; --limit shows more."


def test_alerts_to_owners_stand_apart_and_do_not_count_as_recipients() -> None:
    alert = ready(rule="promised-price-vs-billing", recipient_id="billing")

    text = flat(printed(*preview_report(a_preview(alerts=(alert,)))))

    assert "Alerts to owners: 1" in text
    assert "0 recipients · 0 SMS in 0 segments · 0 mails · no cost known" in text


def test_the_totals_count_people_once_and_add_costs() -> None:
    told = (ready(), ready(subject_id="A-2"))

    text = flat(printed(*preview_report(a_preview(told=told))))

    assert "1 recipient · 2 SMS in 4 segments · 2 mails · COP 100" in text


def test_nothing_is_wider_than_a_narrow_terminal() -> None:
    preview = a_preview(told=(ready(),), not_told=(held(),), alerts=(ready(),))

    lines = printed(*preview_report(preview), width=80).splitlines()

    assert max(map(len, lines)) <= 80


def test_a_preview_of_one_customer_keeps_only_what_is_about_them() -> None:
    from notifier.model.batches import Batch

    other = ready(recipient_id="C-02", recipient=replace(ANA, id="C-02"))
    batch = Batch(kind="rule", name="installation-reminder", drafts=(ready(), other))

    preview = preview_of([batch], NOW, known=[price_contradiction(customer_id="C-02")], customer="C-01")

    assert [draft.recipient_id for draft in preview.told] == ["C-01"]
    assert preview.contradictions == ()


def test_a_tick_is_one_sentence_and_says_who_does_the_rest() -> None:
    verdicts = {NoticeState.READY: 2, NoticeState.HELD: 1}
    sent = DispatchReport(accepted=2, retried=1)

    assert tick_text(TickReport(now=NOW), DispatchReport()) == "nothing to decide; no messages"
    assert (
        tick_text(TickReport(now=NOW, verdicts=verdicts, contradictions=1), sent)
        == "1 held, 2 ready; 1 contradiction opened or changed; messages: 2 accepted, 1 to be retried"
    )
    stopped = tick_text(TickReport(now=NOW, unfinished=Unfinished.STOPPED), DispatchReport())
    elsewhere = tick_text(TickReport(now=NOW, unfinished=Unfinished.ANOTHER_PROCESS), DispatchReport())
    assert stopped.endswith("; it was told to stop, the next tick does the rest")
    assert elsewhere.endswith("; another process is evaluating")


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_a_list_breaks_no_word_at_any_width(width: int) -> None:
    """A reference, a rule's name or a row's id that is cut in two can be neither copied nor searched for."""
    rows = [
        ("HW34A-9PD6R", "told\nSun 2026-03-08 10:00", "special-hours-at-your-site\nshop-usaquen/2026-03-11", "true"),
        ("JV7FX-ZFGXR", "held", "promised-price-vs-billing", "held by promised-price-vs-billing: charge.bill_at"),
    ]
    listing = Listing("reference", "when", "notice", "why")
    for row in rows:
        listing.add(*row)

    shown = printed(listing, width=width)

    assert set(" ".join(cell for row in rows for cell in row).split()) <= set(shown.split())
    assert max(len(line) for line in shown.splitlines()) <= width


def test_a_list_without_rows_has_its_columns() -> None:
    assert "reference" in printed(Listing("reference", "when"))
