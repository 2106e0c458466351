"""What nobody sees is refused, taken out or written down; what words are spelt with stays."""

import unicodedata

import pytest

from notifier.model.texts import foreign_in, one_line, problem_of, sentence, shown, unseen_in, without_unseen

SPELT = (
    "Ana Ruiz", "María Ñuño", "محمد الأحمد", "שרה כהן", "क्\u200dष", "می\u200cخواهم", "ශ්\u200dරී", "王小明", "Bar · Café",
    "👩\u200d👩\u200d👧", "❤\ufe0f", "O\u2019Brien", "e\u0301", "\u0600١٢", "1\u00a0000",
)  # fmt: skip
"""Names and texts that need their marks: joiners, combining letters, a sign of Arabic numbers, a no-break space."""
UNSEEN = (
    "\u200e", "\u200f", "\u061c", "\u202a", "\u202e", "\u2066", "\u2069", "\u200b", "\u2060", "\ufeff", "\u00ad",
    "\U000e0041",
)  # fmt: skip
FOREIGN = ("\x00", "\x07", "\x1b", "\x7f", "\x9b", "\u2028", "\ud800", "\ue002", "\ufffe", "\ufdd0")


@pytest.mark.parametrize("text", SPELT)
def test_what_a_text_is_spelt_with_stays(text: str) -> None:
    assert without_unseen(text) == text
    assert (foreign_in(text), unseen_in(text), problem_of(text)) == (None, None, None)
    assert shown(text, lines=True) == text or "\u0600" in text


@pytest.mark.parametrize("mark", UNSEEN)
def test_a_mark_that_nobody_sees_is_taken_out_and_shown_as_what_it_is(mark: str) -> None:
    assert without_unseen(f"59{mark},90") == "59,90"
    called = f"the character U+{ord(mark):04X} ({unicodedata.name(mark).lower()})"
    assert problem_of(f"59{mark},90") == f"holds {called}, which nobody sees; leave it out"
    assert mark not in shown(f"59{mark},90", lines=True)
    assert shown(mark).startswith("\\")


@pytest.mark.parametrize("character", FOREIGN)
def test_a_character_that_no_text_may_hold_is_named(character: str) -> None:
    assert f"U+{ord(character):04X}" in (foreign_in(f"a{character}b") or "")
    assert problem_of(f"a{character}b") is not None
    assert shown(f"a{character}b", lines=True).startswith("a\\")


def test_a_joiner_between_latin_letters_joins_nothing() -> None:
    assert without_unseen("Bog\u200dota") == "Bogota"
    assert shown("Bog\u200dota") == "Bog\\u200dota"


def test_a_line_break_makes_no_second_line() -> None:
    assert problem_of("agreed\nTue 10:00  luz: waive") == "holds a line break; write it on one line"
    assert one_line("agreed\r\nTue 10:00  luz: waive") == "agreed ⏎ Tue 10:00  luz: waive"
    assert one_line("Ana\u00a0Ruiz") == "Ana\u00a0Ruiz"
    assert shown("a\nb") == "a\\nb"
    assert shown("a\nb", lines=True) == "a\nb"


def test_what_is_quoted_may_be_long_and_the_sentence_is_not() -> None:
    told = sentence(f"rules/a.yaml:1:1: unknown key '{'x' * 1_000_000}'; did you mean 'rule'?")
    assert told.startswith("rules/a.yaml:1:1: unknown key 'xxx")
    assert told.endswith("xxx'; did you mean 'rule'?")
    assert len(told) == 1_003
