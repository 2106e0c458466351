"""The words of reasons: found in any inflection, with accents or without, in their order, within a sentence."""

import pytest

from notifier.model.reasons import Reason, Saying
from notifier.reasons.words import Words


def reason(key: str, *say: str, language: str = "es", unless: tuple[str, ...] = (), **more: int) -> Reason:
    saying = Saying(phrases=say, unless=unless)
    return Reason(
        key=key,
        object="o",
        step="s",
        failure="f",
        owner="care",
        sayings={language: (saying,)},
        severity=more.get("severity"),
    )


def found(text: str, *reasons: Reason) -> list[str]:
    return [each.reason for each in Words({each.key: each for each in reasons}).find(text)]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("cobraron de más", "Me están COBRANDO más de lo que dijeron"),
        ("facturación doble", "La facturacion viene doble"),
        ("facturación doble", "dos facturaciones dobles"),
        ("técnico no llegó", "el tecnico no ha llegado"),
        ("no llamar", "no me han vuelto a llamar"),
        ("técnico no llegó", "¡TÉCNICO NO LLEGÓ!"),
    ],
)
def test_inflections_accents_and_small_words_between_do_not_matter(phrase: str, text: str) -> None:
    assert found(text, reason("r", phrase)) == ["r"]


def test_english_is_read_by_its_own_endings() -> None:
    late = reason("late", "arrived late", "didn't come", language="en")
    assert found("It is arriving late again", late) == found("the crew didn’t come", late) == ["late"]


@pytest.mark.parametrize(
    "text", ["llegó el técnico, no lo niego", "El técnico. No llegó el correo", "técnico uno dos tres no llegó", ""]
)
def test_other_orders_other_sentences_and_long_gaps_are_something_else(text: str) -> None:
    assert found(text, reason("r", "técnico no llegó")) == []


def test_a_phrase_does_not_count_beside_words_that_say_otherwise() -> None:
    visit = reason("visit", "no llegó", unless=("pedido", "paquete"))
    assert found("no llegó nadie", visit) == ["visit"]
    assert found("El pedido es azul. No llegó", visit) == []


def test_the_longest_phrase_says_most_then_what_hurts_most_then_what_was_said_first() -> None:
    bill, down, slow = reason("bill", "cobro"), reason("down", "sin servicio", severity=4), reason("slow", "muy lento")
    assert found("un cobro y sin servicio", bill, down) == ["down", "bill"]
    assert found("muy lento y sin servicio", slow, down) == ["down", "slow"]
    other = reason("other", "sin señal", severity=4)
    assert found("sin señal. sin servicio", down, other) == ["other", "down"]


def test_the_digest_is_that_of_the_words() -> None:
    one, other = reason("r", "cobro"), reason("r", "cobros")
    assert Words({"r": one}).digest == Words({"r": reason("r", "cobro", severity=5)}).digest
    assert Words({"r": one}).digest != Words({"r": other}).digest
