"""What a person wrote in a mail, without what the mail answers, whatever program it was written with."""

import time
from email import message_from_bytes
from email.message import EmailMessage, Message

import pytest

from notifier.consent.quoting import own_words, to_be_read
from notifier.consent.reading import read_reply
from notifier.model.replies import Meaning

GMAIL = "El lun, 2 mar 2026 a las 9:00, Andina"
QUOTE = "> Hola Ana:\n>\n> Le visitamos el jueves 5 de marzo a las 10:00.\n> Responda 1 para confirmar, o BAJA.\n"
WROTE = {
    "gmail es": f"BAJA\n\n{GMAIL} (<avisos@andina.example>) escribió:\n\n{QUOTE}",
    "gmail es, wrapped": f"BAJA\n\n{GMAIL} (<avisos@andina.example>)\nescribió:\n\n{QUOTE}",
    "gmail es, wrapped twice": f"BAJA\n\n{GMAIL} Telecomunicaciones\n(<avisos@andina.example>)\nescribió:\n\n{QUOTE}",
    "gmail en": f"BAJA\n\nOn Mon, 2 Mar 2026 at 09:00, Andina <avisos@andina.example> wrote:\n\n{QUOTE}",
    "gmail pt": f"BAJA\n\nEm seg., 2 de mar. de 2026 às 09:00, Andina <avisos@andina.example> escreveu:\n\n{QUOTE}",
    "outlook es": "BAJA\n\n________________________________\nDe: Andina <avisos@andina.example>\n"
    "Enviado: lunes, 2 de marzo de 2026 9:00\nPara: Ana Ruiz <ana@example.com>\nAsunto: Su visita\n\nHola Ana:\n",
    "outlook desktop": "BAJA\n\n-----Mensaje original-----\nDe: Andina <avisos@andina.example>\nEnviado el: lunes\n"
    "Para: ana@example.com\nAsunto: Su visita\n\nLe visitamos el jueves.\n",
    "iphone": f"BAJA\n\nEnviado desde mi iPhone\n\n> El 2 mar 2026, a las 9:00, Andina escribió:\n>\n{QUOTE}",
    "iphone en": f"BAJA\n\nSent from my iPhone\n\nOn Mar 2, 2026, at 9:00, Andina <avisos@a.example> wrote:\n\n{QUOTE}",
    "below": f"{GMAIL} (<avisos@andina.example>) escribió:\n{QUOTE}\nBAJA\n",
    "no introduction": f"BAJA\n{QUOTE}",
    "signature": "BAJA\n\n-- \nAna Ruiz\nGerente\nwww.andina.example\n",
    "crlf": f"BAJA\r\n\r\n{QUOTE}".replace("\n", "\r\n"),
    "closing": "BAJA\n\nSaludos cordiales,\nAna Ruiz\nCel. 310 555 0101\n",
}


def text(words: str, subtype: str = "plain") -> Message:
    mail = EmailMessage()
    mail.set_content(words, subtype=subtype)
    return message_from_bytes(mail.as_bytes())


@pytest.mark.parametrize("program", WROTE)
def test_one_word_is_found_above_and_below_what_every_program_quotes(program: str) -> None:
    said = to_be_read(own_words(text(WROTE[program])))
    assert said.strip() == "BAJA"
    assert read_reply(said).meaning is Meaning.STOP


@pytest.mark.parametrize(
    "html",
    [
        '<div dir="ltr">BAJA</div><br><div class="gmail_quote"><div>wrote:<br></div><blockquote>1</blockquote></div>',
        "<html><head><style>p{color:red}</style><title>x</title></head><body><p>BAJA<p><blockquote>Hola<p>A</blockquote>",
        '<div>BAJA</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>De:</b> A</div><div>Hola</div>',
        "<body>BAJA<blockquote type=cite><div>unclosed <b>words",
        "<p>&#66;AJA</p><!-- <p>not this</p> --><script>alert('nor this')</script>",
    ],
)
def test_a_mail_of_html_alone_is_read_without_its_quote(html: str) -> None:
    assert own_words(text(html, "html")).split() == ["BAJA"]


def test_what_a_person_writes_between_the_lines_and_about_themselves_stays() -> None:
    between = "> ¿El jueves?\n> ¿A las 10:00?\n> ¿En la Calle 1?\nEl jueves sí.\n> ¿Algo más?\n> a\n> b\nNo, gracias."
    assert own_words(text(between)) == "El jueves sí.\nNo, gracias."
    head = "Para: el martes\nFecha: 3 de marzo, de 3 a 5"
    assert own_words(text(head)) == head
    wish = "No puedo el jueves.\n\n¿Puede ser el viernes?\n\nGracias\nAna"
    assert (own_words(text(wish)), to_be_read(wish)) == (wish, "No puedo el jueves.\n\n¿Puede ser el viernes?")
    thanks = "Gracias\n\nPero la dirección es otra."
    assert to_be_read(thanks) == thanks


@pytest.mark.parametrize("quote", [QUOTE, f"El lun, 2 mar 2026, Andina escribió:\n\n{QUOTE}"])
def test_a_quote_alone_says_nothing(quote: str) -> None:
    """In what we wrote stand BAJA and 1."""
    assert own_words(text(quote)) == ""


def test_attachments_are_not_words_and_control_characters_are_left_out() -> None:
    mail = EmailMessage()
    mail.set_content("Hola\x00\x1b[31m\u202e")
    mail.add_attachment("BAJA", filename="baja.txt")
    assert own_words(message_from_bytes(mail.as_bytes())) == "Hola[31m"
    assert own_words(message_from_bytes(b"Content-Type: image/png\n\nBAJA")) == ""
    assert own_words(message_from_bytes(b"Content-Type: text/plain; charset=nobody-knows\n\nBAJA")) == "BAJA"


@pytest.mark.parametrize(
    "words", ["a: b\n" * 200_000, "> " * 200_000, ">\n" * 200_000, "On \n" * 100_000, "<" * 400_000, "El " * 100_000]
)
def test_a_mail_that_is_made_to_take_long_does_not(words: str) -> None:
    began = time.process_time()
    own_words(text(words))
    own_words(text(words, "html"))
    assert time.process_time() - began < 2
