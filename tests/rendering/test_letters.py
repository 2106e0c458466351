"""A mail's text in blocks: nothing is lost, and the lines a reader looks for become big facts."""

from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from notifier.model.types import ChannelName
from notifier.rendering.layout import visible
from notifier.rendering.letters import Block, blocks_of, summary_of
from tests.rendering.support import render, renderer, text

TEXT = """Hola, Ana:

Instalamos su servicio.
Esto es lo acordado:
- Día: jueves
- Hora: 10:00 a. m.
- su documento
- acceso: al techo

- 10:00 sin etiqueta

Gracias"""


def test_a_text_becomes_paragraphs_facts_and_lists() -> None:
    assert blocks_of(TEXT) == [
        Block("paragraph", ("Hola, Ana:",)),
        Block("paragraph", ("Instalamos su servicio.\nEsto es lo acordado:",)),
        Block("facts", ("Día", "jueves", "Hora", "10:00 a. m.")),
        Block("list", ("su documento",)),
        Block("facts", ("acceso", "al techo")),
        Block("list", ("10:00 sin etiqueta",)),
        Block("paragraph", ("Gracias",)),
    ]


def test_the_summary_is_the_first_paragraph_after_the_greeting() -> None:
    assert summary_of(blocks_of(TEXT), "Asunto") == "Instalamos su servicio. Esto es lo acordado:"
    assert summary_of(blocks_of("- Día: jueves"), "Asunto") == "Asunto"


lines = st.lists(
    st.one_of(
        st.just(""),
        st.text("abc: -&<ñ", min_size=1, max_size=20).map(str.strip),
        st.tuples(st.text("abcñ", min_size=1, max_size=9), st.text("xyz&<", min_size=1, max_size=9)).map(
            lambda fact: f"- {fact[0]}: {fact[1]}"
        ),
        st.text("abcñ<&", min_size=1, max_size=9).map(lambda item: f"- {item}"),
    ),
    max_size=12,
)


@given(lines)
def test_the_html_says_every_word_of_the_text_in_order(written: list[str]) -> None:
    body = "\n".join(written) + "\n\n{{ note }} {{ exit.address }} {{ reference }}"
    files = {
        "n/email.es.subject.j2": "Hola",
        "n/email.es.txt.j2": "{% raw %}" + body.replace("{{", "{% endraw %}{{", 1),
    }
    (mail,) = render(renderer(files), template="n", claims={"note": text("nota")}, channels=[ChannelName.EMAIL])
    shown = unescape(visible((mail.html or "").replace("<br>", " "))).split()
    said = mail.text.replace("\n- ", "\n").removeprefix("- ").split()
    following = iter(shown)
    assert all(any(word.rstrip(":") in (seen, seen.rstrip(":")) for seen in following) for word in said)
