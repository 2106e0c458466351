"""A mailbox becomes one row a mail: what its author wrote, when, and whether it was a person."""

import json
from pathlib import Path

from notifier.consent.mailboxes import is_mailbox, rows_of_mailbox

SHIPPED = Path(__file__).parents[2] / "docs" / "examples" / "maps" / "mailbox" / "mails.mbox"


def rows(path: Path) -> list[dict[str, str]]:
    with rows_of_mailbox(path) as lines:
        return [json.loads(line) for line in lines]


def test_a_mail_gives_what_its_author_wrote_without_what_it_quotes() -> None:
    before = SHIPPED.read_bytes()
    first, second, machine = rows(SHIPPED)
    assert first == {
        "id": "m1@example.com",
        "from": "ana@example.com",
        "at": "2026-03-04T15:00:00Z",
        "subject": "Reclamación",
        "text": "El pedido no ha llegado y nadie responde.\nFrom the shop they said Monday.",
        "in_reply_to": "",
        "automatic": "no",
    }
    assert (second["from"], second["in_reply_to"]) == ("care@example.com", "m1@example.com")
    assert (machine["automatic"], machine["at"]) == ("yes", "2026-03-04T12:00:00Z")
    assert SHIPPED.read_bytes() == before


def test_what_a_mail_does_not_say_is_empty_and_its_id_is_made_of_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "odd.mbox"
    undated = b"From x\nDate: when it was\nFrom: a@b.co, c@d.co\n\nhi\n\n"
    file.write_bytes(undated + b"From y\nDate: Wed, 4 Mar 2026 12:00:00 -0000\n\n")
    first, second = rows(file)
    assert (first["from"], first["at"], first["text"]) == ("", "", "hi")
    assert (len(first["id"]), first["id"] != second["id"], rows(file)[0]["id"]) == (64, True, first["id"])
    assert (second["at"], second["text"]) == ("2026-03-04T12:00:00Z", "")


def test_only_a_file_that_begins_as_one_is_a_mailbox(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("From,To\n", encoding="utf-8")
    assert (is_mailbox(SHIPPED), is_mailbox(file), is_mailbox(tmp_path), is_mailbox(tmp_path / "none")) == (
        True,
        False,
        False,
        False,
    )
