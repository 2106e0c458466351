"""What the code of a failed delivery means: the table, and the words of servers without one."""

import pytest

from notifier.bounces.bounce import BounceKind
from notifier.bounces.codes import ROWS, Answer, implied_status, meaning_of

HARD, SOFT, OURS = BounceKind.HARD, BounceKind.SOFT, BounceKind.OURS


@pytest.mark.parametrize(
    ("code", "status", "text", "kind"),
    [
        ("550", "5.1.1", "", HARD),
        ("550", "5.1.2", "", HARD),
        ("550", "5.1.10", "", HARD),
        (None, "5.1.1", "", HARD),
        ("550", "5.1.6", "", HARD),
        ("556", None, "", HARD),
        ("550", None, "no such user here", HARD),
        ("550", None, "Recipient address rejected: User unknown in virtual mailbox table", HARD),
        ("550", None, "go away", SOFT),
        (None, None, "", SOFT),
        ("552", "5.2.2", "", SOFT),
        ("552", None, "", SOFT),
        ("554", None, "user is over quota", SOFT),
        ("550", "5.2.1", "", SOFT),
        ("550", "5.4.1", "", SOFT),
        (None, "5.4.4", "", SOFT),
        ("451", "4.7.1", "", SOFT),
        ("421", None, "", SOFT),
        (None, "4.4.7", "", SOFT),
        ("450", "4.1.1", "no such user", SOFT),
        ("452", None, "", SOFT),
        ("554", "5.7.1", "", OURS),
        ("550", "5.7.26", "", OURS),
        ("550", "5.7.1", "user unknown", OURS),
        ("501", "5.5.4", "", OURS),
        ("503", None, "", OURS),
        ("550", "5.1.8", "", OURS),
        ("554", "5.6.0", "", OURS),
        ("552", "5.2.3", "", OURS),
        ("552", "5.3.4", "", OURS),
    ],
)
def test_a_code_has_its_meaning(code: str | None, status: str | None, text: str, kind: BounceKind) -> None:
    meaning = meaning_of(Answer(code=code, status=status, text=text))
    assert meaning.kind is kind
    said = " ".join(part for part in (code, status) if part)
    assert meaning.code == (said or None)
    assert meaning.reason.endswith(f" ({said})" if said else meaning.reason[-1])


def test_nothing_with_a_passing_code_is_charged_to_the_address() -> None:
    for first in range(8):
        for second in range(30):
            kind = meaning_of(Answer(code="450", status=f"4.{first}.{second}", text="user unknown")).kind
            assert kind is SOFT


def test_only_a_class_of_its_own_condemns_an_address() -> None:
    """Of 240 codes of failures for good, five say that nobody is there."""
    codes = [f"5.{first}.{second}" for first in range(8) for second in range(30)]
    hard = [code for code in codes if meaning_of(Answer(code="550", status=code)).kind is HARD]
    assert hard == ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"]


def test_the_last_row_takes_everything() -> None:
    assert ROWS[-1].answer == ".*"


def test_words_imply_a_status_of_the_class_of_their_code() -> None:
    assert implied_status("450", "Mailbox is full") == "4.2.2"
    assert implied_status(None, "Mailbox is full") == "5.2.2"
    assert implied_status("550", "El buzón no existe") is None
