"""The page about states says what the code does."""

import re
from pathlib import Path

from notifier.model.notices import MessageState, NoticeState
from notifier.model.transitions import MESSAGE_MOVES, NOTICE_MOVES

PAGE = Path(__file__).parents[2] / "docs" / "outbox-states.md"
LINE = re.compile(r"^\| (\w+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def moves(heading: str) -> dict[str, set[str]]:
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return {
        state: set() if after.strip() == "(final)" else {name.strip() for name in after.split(",")}
        for state, after in LINE.findall(section)
        if state != "state"
    }


def test_the_table_of_notices_is_the_one_in_the_code() -> None:
    assert moves("Notices") == {state: set(NOTICE_MOVES[state]) for state in NoticeState}


def test_the_table_of_messages_is_the_one_in_the_code() -> None:
    assert moves("Messages") == {state: set(MESSAGE_MOVES[state]) for state in MessageState}
