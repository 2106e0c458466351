"""What a reader will stumble over: each kind of it is found in a text that has it, and not in one that has it not."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from notifier.model.types import ChannelName, NoticeClass
from notifier.rendering import readability
from notifier.rendering.lint import check_templates
from notifier.rendering.phrases import LISTS, phrases_of
from notifier.rendering.prose import VALUE, readings
from notifier.rendering.renderer import Renderer
from notifier.rendering.segment_costs import instead_of
from notifier.rendering.wording_lint import wording_problems
from notifier.rules.checked import Project
from tests.rendering.support import CLAIMS, SETTINGS, project, rule

SMS = (ChannelName.SMS,)
OUT = "{{ exit.address }} {{ reference }}"
GOOD = {
    "es": f"{{{{ company }}}}: su factura es de {{{{ amount | money }}}} el {{{{ at | date }}}}. Llame al {OUT}",
    "en": f"{{{{ company }}}}: your bill is {{{{ amount | money }}}} on {{{{ at | date }}}}. Call {OUT}",
}


def of(texts: Mapping[str, str], notice_class: NoticeClass = NoticeClass.BILLING, about: str = "charge") -> Project:
    """A project with one SMS in each of these languages."""
    speaking = replace(rule(channels=SMS), notice_class=notice_class, about=about)
    return project({f"bill/sms.{language}.txt.j2": text for language, text in texts.items()}, [speaking])


def codes(text: str, language: str = "es", *, notice_class: NoticeClass = NoticeClass.BILLING) -> list[str]:
    made = of({language: text}, notice_class)
    found = wording_problems(made, Renderer(made, SETTINGS))
    assert all(problem.severity == "warning" for problem in found)
    assert all(problem.place.file == f"templates/bill/sms.{language}.txt.j2" for problem in found)
    return [problem.code for problem in found]


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_plain_text_is_not_warned_of(language: str) -> None:
    assert codes(GOOD[language], language) == []


@pytest.mark.parametrize(
    ("more", "language", "code"),
    [
        ("Su llamada es MUY importante.", "es", "empty_phrase"),
        ("Agradecemos su comprension.", "es", "empty_phrase"),
        ("Your call is important to us!", "en", "empty_phrase"),
        ("Sorry for any inconvenience.", "en", "empty_phrase"),
        ("¡Aproveche nuestros planes!", "es", "promotion"),
        ("Upgrade now.", "en", "promotion"),
        ("Lo sentimos.", "es", "apology"),
        ("We apologise.", "en", "apology"),
    ],
)
def test_words_that_a_notice_should_not_have_are_named(more: str, language: str, code: str) -> None:
    assert codes(f"{GOOD[language]} {more}", language) == [code]


def test_a_phrase_is_named_at_its_line() -> None:
    made = of({"es": GOOD["es"] + "\n\nSu llamada es muy importante.\nLo sentimos."})
    found = wording_problems(made, Renderer(made, SETTINGS))
    assert [(each.code, each.place.line) for each in found] == [("empty_phrase", 3), ("apology", 4)]


def test_an_offer_is_what_marketing_is_for() -> None:
    assert codes(f"{GOOD['es']} ¡Aproveche!", notice_class=NoticeClass.MARKETING) == []


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("Lo sentimos, su factura del {{ at }} de {{ amount }}. ", "what went wrong nor what is made good"),
        ("Lo sentimos: la falla es nuestra. Factura {{ at }} {{ amount }} ", "what is made good or what happens next"),
        ("Lo sentimos. Factura {{ at }} {{ amount }}: llame al ", "does not say what went wrong:"),
        ("Lo sentimos: cobramos de más y le abonamos {{ amount }} en su factura del {{ at }}. ", ""),
        ("Nos equivocamos, lo sentimos. Factura {{ at }} {{ amount }}: llame al ", ""),
    ],
)
def test_an_apology_says_what_went_wrong_and_what_comes_of_it(text: str, warned: str) -> None:
    made = of({"es": text + OUT})
    found = [each.what for each in wording_problems(made, Renderer(made, SETTINGS)) if each.code == "apology"]
    assert len(found) == bool(warned)
    assert all(warned in each for each in found)


def test_an_apology_of_a_correction_alone_is_read_as_a_correction() -> None:
    text = "{% if correction %}Lo sentimos. {% endif %}" + GOOD["es"]
    assert codes(text) == ["apology"]
    assert codes("{% if correction %}Lo sentimos, cobramos de más. {% endif %}" + GOOD["es"]) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Son {{ amount }} el {{ at }}. Llame al {{ exit.address }} {{ reference }}", ["says_what"]),
        ("Su factura es de {{ amount }}. Llame al {{ exit.address }} {{ reference }}", ["says_when"]),
        ("Su factura es de {{ amount }} hoy. Llame al {{ exit.address }} {{ reference }}", []),
        ("Su factura es de {{ amount }} el {{ at }}. {{ exit.address }} {{ reference }}", ["says_next"]),
        ("{{ amount }} {{ exit.address }} {{ reference }}", ["says_next", "says_what", "says_when"]),
    ],
)
def test_a_notice_says_what_when_and_what_next(text: str, missing: list[str]) -> None:
    assert sorted(codes(text)) == missing


@pytest.mark.parametrize("about_it", ["vamos a reparar su línea", "lo esperamos", "la esperamos"])
def test_what_people_say_of_a_visit_names_it(about_it: str) -> None:
    made = of({"es": f"{{{{ company }}}}: {about_it} el {{{{ at | date }}}}. Llame al {OUT}"}, about="appointment")
    assert [problem.code for problem in wording_problems(made, Renderer(made, SETTINGS))] == []


def test_long_sentences_are_counted_where_a_printed_value_is_one_word() -> None:
    long = "Le contamos que " + "su factura llega con el valor " * 4 + "de {{ amount }} el {{ at | date('full') }}. "
    made = of({"es": long + "Llame al {{ exit.address }} {{ reference }}"})
    (found,) = wording_problems(made, Renderer(made, SETTINGS))
    assert found.code == "long_sentences"
    assert found.what.startswith(
        "its sentences have 31 words in the mean, and 20 are easy to read; make two of the one"
    )


HARD = (
    "Su factura institucional correspondiente a la implementación interdepartamental de procedimientos administrativos "
    "extraordinarios presenta irregularidades contractuales significativas. Consideraciones presupuestarias "
    "internacionales imposibilitan temporalmente determinadas transferencias extraordinarias complementarias "
    "anteriormente comunicadas. Llame al {{ exit.address }} {{ reference }}: {{ amount }} el {{ at }}"
)


def test_hard_words_are_measured_without_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "reading_level" in codes(HARD)
    monkeypatch.setattr(readability, "_textstat", lambda: None)
    assert "reading_level" not in codes(HARD)


def test_the_hardest_words_are_said_to_have_no_points_rather_than_less_than_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("notifier.rendering.wording_lint.reading_ease", lambda *_: -12.4)
    made = of({"es": HARD})
    (found,) = [one for one in wording_problems(made, Renderer(made, SETTINGS)) if one.code == "reading_level"]
    assert found.what.startswith("its words are hard to read: 0 of 100 ")


def test_short_texts_and_other_languages_are_not_judged() -> None:
    assert readability.reading_ease("Consideraciones presupuestarias internacionales", "es") is None
    assert readability.reading_ease("wort " * 40, "de") is None
    easy = readability.reading_ease("El sol sale y la casa es de ella. " * 6, "es")
    assert easy is not None
    assert easy > readability.READABLE


def test_a_language_without_lists_is_read_for_its_sentences_alone() -> None:
    assert phrases_of("de") is None
    assert codes("Zahlen Sie {{ amount }} am {{ at }} {{ exit.address }} {{ reference }}", "de") == []


@pytest.mark.parametrize("language", sorted(path.stem for path in LISTS.glob("*.yaml")))
def test_each_phrase_of_each_list_finds_itself(language: str) -> None:
    from notifier.model.texts import folded

    phrases = phrases_of(language)
    assert phrases is not None
    lists = [
        getattr(phrases, name) for name in ("empty", "promotion", "apology", "admission", "remedy", "next_step", "when")
    ]
    for each in (*lists, *phrases.about.values()):
        for written in each.written:
            assert each.first_in(folded(f"Hola: {written.replace('*', '')}!")) is not None
            assert each.first_in("nada nothing") is None


def test_a_branch_is_read_as_told_first_as_a_correction_and_without_values() -> None:
    made = of(
        {
            "es": "{% if 'at' in changed %}Cambia{% elif at %}Es{% else %}No sabemos{% endif %} {{ at }}"
            "{{ 'x' if amount else 'y' }}{% if not correction %} a{% endif %}{% if at != 'b' %} c{% endif %}"
        }
    )
    compiled = Renderer(made, SETTINGS).catalogue.compiled("bill/sms.es.txt.j2")
    found = readings(compiled)
    assert [each.text for each in found] == [f"Es {VALUE}x a", f"Cambia {VALUE}x", f"No sabemos {VALUE}y a c"]
    assert found[0].printed == {"at"}


def test_an_accent_that_makes_two_segments_of_one_is_named_with_its_cost_and_what_spares_it() -> None:
    text = "{{ company }}: su factura está lista, es de {{ amount }} y se cobra el {{ at | date }}. "
    made = of({"es": text + "Llame antes al {{ exit.address }} {{ reference }}"})
    (found,) = check_templates(made, SETTINGS)
    assert (found.code, found.place.column) == ("sms_segments", text.index("á") + 1)
    assert found.what == (
        "'á' in an SMS: it takes 2 segments instead of 1, 50 USD more for each 1,000 messages; write 'a' for 'á'"
    )
    unpriced = check_templates(made, replace(SETTINGS, sms_price=None))
    assert "1,000 segments more for each 1,000 messages" in unpriced[0].what


@pytest.mark.parametrize(
    ("character", "other"), [("á", "a"), ("Ó", "O"), ("“", '"'), ("…", "..."), ("’", "'"), ("😀", None), ("–", "-")]
)
def test_what_spares_a_character_is_in_the_alphabet_of_sms(character: str, other: str | None) -> None:
    assert instead_of(character) == other


def test_the_price_is_exact() -> None:
    made = of(
        {"es": "Está su factura de {{ amount }} el {{ at | date }} " + "a" * 40 + " {{ exit.address }} {{ reference }}"}
    )
    (found,) = check_templates(made, replace(SETTINGS, sms_price=Decimal("0.0075"), sms_currency="USD"))
    assert "7.5 USD more" in found.what
    assert CLAIMS
