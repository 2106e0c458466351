"""A WhatsApp text is what was approved letter by letter, with its values; whatever else it would be is not sent."""

import dataclasses
import json
from collections.abc import Mapping
from decimal import Decimal

import pytest

from notifier.model.notices import Claims, RenderedMessage
from notifier.model.problems import Place
from notifier.model.schema import Field
from notifier.model.types import ChannelName, ValueType
from notifier.rendering.approvals import approval_problems, texts_to_approve
from notifier.rendering.errors import RenderingError, UnapprovedError
from notifier.rendering.numbered import Numbered, unapprovable
from notifier.rendering.reasons import reason_in
from notifier.rendering.renderer import Renderer
from notifier.rules.approved_texts import with_texts
from notifier.rules.checked import ApprovedText, Project
from notifier.rules.expressions import Column, RowName
from tests.rendering.support import ANA, CLAIMS, SETTINGS, project, render, rule, text

SID = "HX" + "0a" * 16
WHATSAPP = ChannelName.WHATSAPP
TEXT = (
    "{{ company }}: su factura de {{ amount | money }} se cobra el {{ at | date }}"
    "{% if place %} en {{ place }}{% endif %}. ¿Dudas? {{ exit.address }}, ref. {{ reference }}. Gracias."
)
BODY = "Claro Hogar: su factura de {{1}} se cobra el {{2}}. ¿Dudas? +57 601 7945501, ref. {{3}}. Gracias."
IN_PLACE = BODY.replace("{{3}}", "{{4}}").replace("{{2}}.", "{{2}} en {{3}}.")
NOWHERE: Claims = {**CLAIMS, "place": text(None)}


def approving(*bodies: str, source: str = TEXT, sid: str | None = SID) -> Project:
    """A project whose text has these approvals."""
    approved = tuple(
        ApprovedText(template="bill", locale="es", body=body, content_sid=sid, place=Place("rules/whatsapp.yaml", 2, 5))
        for body in bodies
    )
    templates = {"bill/whatsapp.es.txt.j2": source, "bill/sms.es.txt.j2": source}
    nullable = Field(name="place", type=ValueType.STRING, nullable=True)
    path = Column(
        type=ValueType.STRING, field=nullable, row=RowName(type=ValueType.ENTITY, entity="charge", name="charge")
    )
    asking = rule(
        claims={**CLAIMS, "place": text("")}, channels=(WHATSAPP,), on_change="ignore", expressions={"place": path}
    )
    return dataclasses.replace(project(templates, [asking]), approved_texts=approved)


def written(said: Project, claims: Claims = NOWHERE, name: str = ANA.name) -> RenderedMessage:
    """The WhatsApp message: the same by a mould."""
    reader = dataclasses.replace(ANA, name=name)
    message, _ = render(Renderer(said, SETTINGS), claims=claims, channels=(WHATSAPP, ChannelName.SMS), recipient=reader)
    return message


def why_not(said: Project, claims: Claims = NOWHERE) -> str:
    with pytest.raises(UnapprovedError) as raised:
        Renderer(said, SETTINGS).messages(
            **written_arguments(claims),  # type: ignore[arg-type]
        )
    return raised.value.what


def written_arguments(claims: Claims) -> Mapping[str, object]:
    from notifier.model.notices import NoticeKind
    from notifier.model.types import NoticeClass
    from notifier.rendering.sheets import Said
    from tests.rendering.support import EXIT, NOW

    return {
        "template": "bill",
        "said": Said(kind=NoticeKind.NOTICE, claims=claims),
        "recipient": ANA,
        "channels": (WHATSAPP,),
        "reference": "K7QXMZ",
        "exit_id": EXIT.id,
        "owner_id": "billing",
        "notice_class": NoticeClass.BILLING,
        "now": NOW,
    }


def test_what_is_handed_over_is_the_approved_text_and_its_values() -> None:
    message = written(approving(BODY, IN_PLACE), {**CLAIMS, "place": text("Calle 10")})
    assert json.loads(message.payload) == {
        "ContentSid": SID,
        "ContentVariables": {"1": "$79.900", "2": "5 de marzo de 2026", "3": "Calle 10", "4": "K7QXMZ"},
        "Text": message.text,
    }
    assert (message.to, message.segments, message.cost) == (ANA.phone, None, None)


def test_a_price_of_its_own_is_its_cost() -> None:
    priced = dataclasses.replace(SETTINGS, whatsapp_price=Decimal(2), whatsapp_prices={"CO": Decimal(1)})
    said = Renderer(approving(BODY), priced)
    (message,) = said.messages(**written_arguments(NOWHERE))  # type: ignore[arg-type]
    assert (message.cost, message.cost_currency) == (Decimal(1), "USD")


@pytest.mark.parametrize(
    ("said", "claims", "why"),
    [
        (approving(IN_PLACE), NOWHERE, "nobody approved this text of bill/whatsapp.es.txt.j2"),
        (approving(BODY, sid=None), NOWHERE, "nobody approved this text of bill/whatsapp.es.txt.j2 yet"),
        (
            approving(IN_PLACE),
            {**CLAIMS, "place": text("a\nb")},
            "'place' has a line break, which WhatsApp does not take",
        ),
        (
            approving(IN_PLACE),
            {**CLAIMS, "place": text("x" * 1000)},
            "it has 1,117 characters; WhatsApp takes at most 1,024",
        ),
    ],
)
def test_what_was_not_approved_so_is_not_sent(said: Project, claims: Claims, why: str) -> None:
    assert why_not(said, claims) == why
    assert reason_in(f"whatsapp: {why}", "es") != f"whatsapp: {why}"


def test_a_text_that_omits_a_claim_is_wrong_on_every_channel() -> None:
    with pytest.raises(RenderingError, match="does not print the claim 'amount'"):
        written(approving(BODY, source=TEXT.replace("{{ amount | money }}", "hoy")))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (("a", " "), "what stands in {{2}} is empty"),
        (("a\tb", "c"), "what stands in {{1}} has a line break or a tab, which WhatsApp does not take"),
        (("a", "b     c"), "what stands in {{2}} has more than four spaces in a row, which WhatsApp does not take"),
        (("a", "b    c"), None),
    ],
)
def test_values_that_whatsapp_takes(values: tuple[str, str], why: str | None) -> None:
    assert Numbered("uno {{1}} dos {{2}} tres", values).refusal == why


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("{{1}} llega", "begins with a value"),
        ("Llega el {{1}}.", "ends with a value"),
        ("Llega el {{1}} {{2}} con todo lo que pidió", "side by side"),
        ("Hoy {{1}} y {{2}} ya", "3 words beside its 2 values; WhatsApp wants 5"),
        ("a " * 600, "1,200 characters"),
        ("a " + "uno dos tres {{1}} " * 101 + "z", "takes at most 100"),
    ],
)
def test_what_whatsapp_would_refuse_is_said(body: str, what: str) -> None:
    assert any(what in each for each in unapprovable(body))
    assert list(unapprovable(BODY)) == []


def problems(said: Project) -> list[str]:
    return [str(each) for each in approval_problems(said, Renderer(said, SETTINGS))]


def test_every_branch_and_way_out_is_listed_with_samples() -> None:
    found = texts_to_approve(approving(BODY), Renderer(approving(BODY), SETTINGS))
    assert [(each.body, each.content_sid) for each in found.texts] == [(IN_PLACE, None), (BODY, SID)]
    assert found.texts[1].samples == ("71.377 COP", "11 de marzo de 2026", "QWXKZJ")


def test_a_changed_text_is_an_error_with_both_texts_and_a_new_one_a_warning() -> None:
    assert problems(approving(BODY, IN_PLACE)) == []
    old = BODY.replace("se cobra", "se paga")
    changed = problems(approving(old, IN_PLACE))
    assert len(changed) == 1
    assert changed[0].startswith(
        "templates/bill/whatsapp.es.txt.j2:1:1: its words were changed after they were approved"
    )
    assert "'Claro Hogar: su factura de {{1}} se paga" in changed[0]
    assert "and are 'Claro Hogar: su factura de {{1}} se cobra" in changed[0]
    assert all(": warning: nobody approved" in each for each in problems(approving()))
    assert all(
        ": warning: " in each and "waits for approval" in each for each in problems(approving(BODY, IN_PLACE, sid=None))
    )
    assert "no rule writes this text of 'bill' any more; remove it" in problems(approving(BODY, IN_PLACE, "old"))[0]


def test_a_text_without_holes_is_an_error_with_the_reason() -> None:
    compared = TEXT.replace("{{ company }}", "{% if customer.name == 'Ana' %}Hola{% else %}Buenas{% endif %}")
    found = problems(approving(source=compared))
    assert any("its text has no holes that can be numbered: it is compared with str" in each for each in found)


def test_a_greeting_of_nobody_has_no_holes() -> None:
    said = approving(BODY, source="Hola {{ customer.first_name }}: " + TEXT)
    asked = {**written_arguments(NOWHERE), "recipient": dataclasses.replace(ANA, name="")}
    with pytest.raises(UnapprovedError, match="no holes that can be numbered: what stands there depends on the words"):
        Renderer(said, SETTINGS).messages(**asked)  # type: ignore[arg-type]


def test_missing_texts_are_added_below_what_stands_there() -> None:
    before = "# ours\ntexts:\n  - template: bill # kept\n    locale: es\n    body: Hola\n    content_sid: HX1\n"
    after = with_texts(before, [("bill", "en", "Two\nlines {{1}} here")])
    assert after.startswith(before)
    assert (
        after[len(before) :] == "  - template: bill\n    locale: en\n    body: |-\n      Two\n      lines {{1}} here\n"
    )
    assert "texts:\n  - template: bill\n" in with_texts("", [("bill", "en", "Two")])
