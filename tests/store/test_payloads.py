"""What repeats in mails of one kind is stored once, and every mail comes back byte for byte."""

import zlib
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.mail_forms import MailForm, Text
from notifier.model.notices import Draft, RenderedMessage
from notifier.store.database import read_only
from notifier.store.outbox.payloads import payload_of
from notifier.store.tables import PATTERN, PAYLOAD
from tests.store.test_commit import write
from tests.support.drafts import draft, mail, messages

LINES = [f"What everybody reads in line {number}, which is the same for each of them." for number in range(100)]


def mail_to(name: str, *, lines: list[str] = LINES) -> RenderedMessage:
    text = "\r\n".join([f"Hello {name},", *lines[:50], f"Reference of {name}", *lines[50:]])
    return replace(mail(), to=f"{name.lower()}@example.com", content=text.encode())


def of(number: int, message: RenderedMessage, **changes: Any) -> Draft:
    return draft(f"A-{number}", messages=(message,), **changes)


def stored(engine: sa.Engine) -> tuple[list[bytes], list[int], list[bytes]]:
    """The mails as they would be handed over, the bytes that each takes in the database, and the patterns."""
    with read_only(engine) as connection:
        rows = messages(connection)
        sizes = [len(row.content) for row in connection.execute(sa.select(PAYLOAD).order_by(PAYLOAD.c.message_id))]
        return (
            [payload_of(row) for row in rows],
            sizes,
            list(connection.execute(sa.select(PATTERN.c.content)).scalars()),
        )


def test_mails_of_one_kind_are_stored_by_how_they_differ(engine: sa.Engine) -> None:
    mails = [mail_to(name) for name in ("Ana", "Bernardo", "Ñandú", "X" * 300)]
    write(engine, *(of(number, each) for number, each in enumerate(mails)))
    written, sizes, patterns = stored(engine)
    assert set(written) == {each.payload for each in mails}
    assert max(sizes) < 200 < min(len(each.payload) for each in mails) / 30
    assert len(patterns) == 1


def test_a_pattern_names_nobody(engine: sa.Engine) -> None:
    write(engine, of(1, mail_to("Ana")), of(2, mail_to("Bernardo")))
    [pattern] = stored(engine)[2]
    assert b"Ana" not in pattern
    assert b"Bernardo" not in pattern
    assert pattern.decode().split("\r\n") == LINES


def test_mails_to_one_reader_alone_are_stored_whole_and_make_no_pattern(engine: sa.Engine) -> None:
    write(engine, of(1, mail_to("Ana")), of(2, mail_to("Ana")))
    written, sizes, patterns = stored(engine)
    assert written == [mail_to("Ana").payload] * 2
    assert (sizes, patterns) == ([len(mail_to("Ana").payload)] * 2, [])


def test_what_comes_later_is_stored_by_the_pattern_that_is_there(engine: sa.Engine) -> None:
    write(engine, of(1, mail_to("Ana")), of(2, mail_to("Bernardo")))
    write(engine, of(3, mail_to("Carla")))
    written, sizes, patterns = stored(engine)
    assert mail_to("Carla").payload in written
    assert max(sizes) < 200
    assert len(patterns) == 1


@pytest.mark.parametrize("change", [{"template_digest": "template-2"}, {"locale": "es-CO"}])
def test_another_version_or_language_of_a_text_has_a_pattern_of_its_own(
    engine: sa.Engine, change: dict[str, Any]
) -> None:
    other = [f"Otra línea, la {number}" for number in range(100)]
    write(engine, of(1, mail_to("Ana")), of(2, mail_to("Bernardo")))
    write(engine, *(of(3 + n, mail_to(name, lines=other), **change) for n, name in enumerate(("Carla", "Dora"))))
    written, _, patterns = stored(engine)
    assert {mail_to("Carla", lines=other).payload, mail_to("Ana").payload} <= set(written)
    assert len(patterns) == 2


FORM = MailForm(
    frame=b"To: %b\r\n\r\n" + b"\r\n".join(line.encode() for line in LINES) + b"\r\n%b\r\n",
    order=(0, 1),
    texts=(Text("as it is", "%s", (0,)), Text("line", "Hello %s", (1,))),
    values=2,
)


def test_mails_that_a_mould_wrote_are_stored_as_what_fills_their_form(engine: sa.Engine) -> None:
    contents = [FORM.filled((f"{name}@example.com", name)) for name in ("Ana", "Ñandú")]
    filled = [replace(mail(), content=each) for each in contents]
    write(engine, *(of(number, each) for number, each in enumerate([*filled, mail_to("Bernardo"), mail_to("Carla")])))
    written, sizes, patterns = stored(engine)
    assert set(written) == {bytes(each) for each in contents} | {
        mail_to(name).payload for name in ("Bernardo", "Carla")
    }
    assert sorted(sizes)[:2] == sorted(
        len(f"{FORM.digest[:8]}\0{name}@example.com\0{name}".encode()) for name in ("Ana", "Ñandú")
    )
    assert FORM.stored in patterns
    assert len(patterns) == 2
    write(engine, of(9, filled[0]))  # the form is there
    assert len(stored(engine)[2]) == 2


def test_a_form_that_is_another_one_is_an_error_and_no_other_text(engine: sa.Engine) -> None:
    write(engine, of(1, replace(mail(), content=FORM.filled(("ana@example.com", "Ana")))))
    other = replace(FORM, frame=FORM.frame.replace(b"What", b"That"))
    with engine.begin() as connection:
        connection.execute(sa.update(PATTERN).values(content=other.stored))
    with pytest.raises(ValueError, match="are of the form"):
        stored(engine)


def test_a_mail_that_has_nothing_in_common_or_is_long_comes_back_too(engine: sa.Engine) -> None:
    long = mail_to("Long", lines=[f"{number * number * 7919:x} of its own" for number in range(4000)])
    binary = replace(mail(), to="b@example.com", content=bytes(range(256)) * 300)
    write(engine, of(1, mail_to("Ana")), of(2, mail_to("Bernardo")), of(3, long), of(4, binary))
    assert {long.payload, binary.payload} <= set(stored(engine)[0])


def test_a_pattern_that_is_another_one_is_an_error_and_no_other_text(engine: sa.Engine) -> None:
    write(engine, of(1, mail_to("Ana")), of(2, mail_to("Bernardo")))
    with engine.begin() as connection:
        connection.execute(sa.update(PATTERN).values(content=b"\r\n".join(line.upper().encode() for line in LINES)))
    with pytest.raises(zlib.error):
        stored(engine)
