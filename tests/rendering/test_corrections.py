"""Corrections name exactly what changed; follow-ups speak of what was told."""

import pytest

from notifier.model.notices import Claims
from notifier.model.types import ChannelName
from notifier.rendering.errors import RenderingError
from tests.rendering.support import boolean, instant, money, render, renderer, text

SMS = ChannelName.SMS
TEN = instant("2026-03-05T10:00:00-05:00")
NOON = instant("2026-03-05T12:00:00-05:00")
VISIT: Claims = {"starts_at": TEN, "place": text("Calle A")}
OUT = " {{ exit.address }} {{ reference }}"
PLAIN = "El {{ starts_at | date }} a las {{ starts_at | time }}{% if place %} en {{ place }}{% endif %}" + OUT
UNGUARDED = "{% if correction %}Ya no es a las {{ previous.starts_at | time }}; {% endif %}" + PLAIN
GUARDED = (
    "{% if 'starts_at' in changed %}Ya no es a las {{ previous.starts_at | time }}; {% endif %}"
    "{% if 'place' in changed and previous.place %}ya no en {{ previous.place }}; {% endif %}" + PLAIN
)
BY_LIST = "{% if correction %}Su cita cambia ({{ changes }}). {% endif %}" + PLAIN


def sms(source: str, previous: Claims | None = None, claims: Claims = VISIT, current: Claims | None = None) -> str:
    files = {"visit/sms.es.txt.j2": source}
    (message,) = render(
        renderer(files), template="visit", claims=claims, channels=[SMS], previous=previous, current=current
    )
    return message.text.removesuffix(" +57 601 7945501 K7QXMZ")


NOW_PRINTED = "El 5 de marzo de 2026 a las 10:00 a. m. en Calle A"


def test_words_that_call_changed_what_did_not_change_are_replaced_by_the_built_in_sentence() -> None:
    """It is no longer 10:00: we come at 10:00."""
    moved = {**VISIT, "place": text("Calle B")}
    assert sms(UNGUARDED, moved) == f"Cambio: lugar: antes Calle B, ahora Calle A. {NOW_PRINTED}"


def test_words_that_fit_stay_and_what_they_leave_out_is_added() -> None:
    assert sms(UNGUARDED, {**VISIT, "starts_at": NOON}) == f"Ya no es a las 12:00 p. m.; {NOW_PRINTED}"
    both: Claims = {"starts_at": NOON, "place": text("Calle B")}
    assert sms(UNGUARDED, both) == (
        f"Cambio: lugar: antes Calle B, ahora Calle A. Ya no es a las 12:00 p. m.; {NOW_PRINTED}"
    )


@pytest.mark.parametrize(
    ("previous", "said"),
    [
        ({"starts_at": NOON}, "Ya no es a las 12:00 p. m.; "),
        ({"place": text("Calle B")}, "ya no en Calle B; "),
        ({"starts_at": NOON, "place": text("Calle B")}, "Ya no es a las 12:00 p. m.; ya no en Calle B; "),
        ({"place": text(None)}, ""),
    ],
)
def test_a_template_that_asks_what_changed_says_it_in_its_own_words(previous: Claims, said: str) -> None:
    assert sms(GUARDED, {**VISIT, **previous}) == said + NOW_PRINTED


def test_a_template_may_print_the_list_of_changes() -> None:
    both: Claims = {"starts_at": NOON, "place": text("Calle B")}
    assert sms(BY_LIST, both) == (
        "Su cita cambia (fecha y hora: antes 5 de marzo de 2026, 12:00 p. m., ahora 5 de marzo de 2026, 10:00 a. m.; "
        f"lugar: antes Calle B, ahora Calle A). {NOW_PRINTED}"
    )
    assert sms(BY_LIST, {**VISIT, "place": text("Calle B")}).startswith("Su cita cambia (lugar: antes Calle B, ahora")
    assert sms(BY_LIST) == NOW_PRINTED


def test_the_list_of_changes_is_escaped_in_html_and_may_stand_in_a_subject() -> None:
    files = {
        "visit/email.es.txt.j2": PLAIN,
        "visit/email.es.subject.j2": "{% if correction %}Cambia {{ changes }}{% else %}Su cita{% endif %}",
        "visit/email.es.html.j2": "<html><head></head><body>{% if correction %}{{ changes }}{% endif %}"
        "{{ starts_at | datetime }} {{ place }}" + OUT + "</body></html>",
    }
    (mail,) = render(
        renderer(files),
        template="visit",
        claims=VISIT,
        channels=[ChannelName.EMAIL],
        previous={**VISIT, "place": text("B & C")},
    )
    assert mail.subject == "Cambia lugar: antes B & C, ahora Calle A"
    assert "lugar: antes B &amp; C, ahora Calle A" in (mail.html or "")


def test_a_subject_that_would_call_changed_what_did_not_is_that_of_a_first_notice() -> None:
    files = {
        "visit/email.es.txt.j2": GUARDED,
        "visit/email.es.subject.j2": (
            "{% if correction %}Ya no el {{ previous.starts_at | date }}{% else %}Su cita{% endif %}"
        ),
    }
    (mail,) = render(
        renderer(files),
        template="visit",
        claims=VISIT,
        channels=[ChannelName.EMAIL],
        previous={**VISIT, "place": text("Calle B")},
    )
    assert mail.subject == "Cambio: Su cita"


def test_a_claim_that_was_or_became_unknown_is_said_sensibly() -> None:
    assert sms(PLAIN, {**VISIT, "place": text(None)}).startswith("Cambio: lugar: ahora Calle A. El")
    gone: Claims = {**VISIT, "place": text(None)}
    assert sms(PLAIN, VISIT, claims=gone).startswith("Cambio: lugar: antes Calle A, y eso ya no vale. El")


def test_a_truth_is_said_by_yes_and_no_and_a_code_is_left_to_the_branch() -> None:
    source = "{% if late %}va tarde{% else %}va a tiempo{% endif %} {% if kind == 'closed' %}cerrado{% endif %}" + OUT
    claims: Claims = {"late": boolean(True), "kind": text("closed")}
    assert sms(source, {**claims, "late": boolean(False)}, claims).startswith("Cambio: late: antes no, ahora sí. va")
    assert sms(source, {**claims, "kind": text("reduced")}, claims).startswith(
        "Cambio: lo que sigue reemplaza lo que le dijimos. va tarde"
    )


def test_a_side_that_the_text_does_not_print_is_printed_where_only_it_changed() -> None:
    source = "El {{ starts_at | date }}, {{ place }}" + OUT
    assert sms(source, {**VISIT, "starts_at": NOON}).startswith(
        "Cambio: fecha y hora: antes 5 de marzo de 2026, 12:00 p. m., ahora 5 de marzo de 2026, 10:00 a. m. El 5"
    )


def test_a_misspelt_claim_in_a_question_is_named() -> None:
    with pytest.raises(RenderingError, match="'plase' is no claim of the rule; did you mean 'place'"):
        sms("{% if 'plase' in changed %}x{% endif %}" + PLAIN)
    with pytest.raises(RenderingError, match="in quotes; write 'place' in changed"):
        sms("{% if place in changed %}x{% endif %}" + PLAIN)


def test_a_follow_up_prints_what_was_told_and_what_is_true_where_it_asks() -> None:
    told, now = VISIT, {"starts_at": NOON, "place": text("Calle B")}
    assert sms("Cancelada: " + PLAIN, claims=told, current=now) == f"Cancelada: {NOW_PRINTED}"
    assert sms(PLAIN + " {{ told.starts_at | time }} {{ told.place }}", claims=told, current=now).endswith(
        "10:00 a. m. Calle A"
    )
    asking = "{% if 'place' in changed %}ahora {{ current.place }}: {% endif %}{{ current.starts_at | time }} "
    assert sms(asking + PLAIN, claims=told, current=now) == f"ahora Calle B: 12:00 p. m. {NOW_PRINTED}"


def test_a_claim_that_was_unknown_when_it_was_told_stays_so_in_a_follow_up() -> None:
    told: Claims = {**VISIT, "place": text(None)}
    assert sms(PLAIN, claims=told, current=VISIT) == "El 5 de marzo de 2026 a las 10:00 a. m."


def test_what_one_channel_of_a_follow_up_prints_of_now_all_print() -> None:
    files = {
        "visit/sms.es.txt.j2": PLAIN + " {{ current.place }}",
        "visit/email.es.txt.j2": PLAIN,
        "visit/email.es.subject.j2": "Su cita",
    }
    with pytest.raises(RenderingError, match=r"email.es.txt.j2.*'current.place', which .*sms.es.txt.j2 does"):
        render(renderer(files), template="visit", claims=VISIT, current=VISIT)


def test_what_was_told_is_known_to_corrections_too_and_to_no_first_notice() -> None:
    source = "{% if correction %}Antes {{ told.place }}: {% endif %}" + PLAIN
    assert sms(source, {**VISIT, "place": text("Calle B")}) == f"Antes Calle B: {NOW_PRINTED}"
    with pytest.raises(RenderingError, match="only a correction and a follow-up have 'told'"):
        sms("{{ told.place }}" + PLAIN)
    assert sms("{{ current.place }}: " + PLAIN) == f"Calle A: {NOW_PRINTED}"


def test_amounts_in_a_list_of_changes_are_figures_that_may_stand_there() -> None:
    now, before = {"amount": money("10000")}, {"amount": money("20000")}
    assert sms("Son {{ amount }}" + OUT, before, now) == "Cambio: valor: antes $20.000, ahora $10.000. Son $10.000"
