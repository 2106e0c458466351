"""Templates and a sheet of marks -> texts with marks, as `composing` makes them of what has none.

Each raises InDoubtError where more than the holes may depend on a value.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from notifier.model.texts import foreign_in
from notifier.rendering import parity
from notifier.rendering.catalogue import Wording
from notifier.rendering.composing import tidy
from notifier.rendering.context import CHANGES
from notifier.rendering.corrections import with_opening
from notifier.rendering.environment import Compiled, render
from notifier.rendering.formats import plain
from notifier.rendering.greetings import NOBODY
from notifier.rendering.letters import Block, is_greeting
from notifier.rendering.marks import MARK, InDoubtError, has_marks
from notifier.rendering.parity import PrintedText
from notifier.rendering.sheets import Sheet


def _marked(
    compiled: Compiled,
    sheet: Sheet,
    tidied: Callable[[str], str],
    *,
    one_line: bool = False,
    in_own_words: bool = False,
) -> PrintedText:
    """The text without the built-in sentence of a correction; `listed` are the changes that it has to tell."""
    printed = sheet.voice.start_text(one_line=one_line)
    text = render(compiled, sheet.names)
    if NOBODY in text or (in_own_words and CHANGES in text):
        raise InDoubtError("what stands there depends on the words around it")
    text = tidied(text)
    changes = sheet.changes
    listed: tuple[str, ...] = ()
    if changes is not None:
        if changes.reopens or changes.misnamed(printed):
            raise InDoubtError("it is printed as a first notice, behind built-in words")
        listed = changes.unnamed(text, printed)
        if CHANGES in text:
            text = text.replace(CHANGES, changes.listed(changes.names, printed))
    return _checked(PrintedText(file=compiled.file, text=text, printed=printed, listed=listed))


def _checked(marked: PrintedText) -> PrintedText:
    text = marked.text
    if foreign_in(MARK.sub("", text)) is not None or any(mark not in text for _, mark in marked.printed.forms):
        raise InDoubtError("it does not print what it formats")
    return marked


def marked_text(wording: Wording, sheet: Sheet, *, mail: bool) -> PrintedText:
    """The text of a message; the built-in sentence first, where a correction does not tell all that changed."""
    marked = _marked(wording.text, sheet, tidy)
    if sheet.changes is None or not marked.listed:
        return marked
    sentence = sheet.changes.sentence(marked.listed, marked.printed)
    return _checked(replace(marked, text=with_opening(sentence, marked.text, mail=mail)))


def text_to_approve(wording: Wording, sheet: Sheet) -> PrintedText:
    """The text of a WhatsApp message. Its words are those of its file alone, for these are what is handed in."""
    marked = _marked(wording.text, sheet, tidy, in_own_words=True)
    if marked.listed:
        raise InDoubtError("a built-in sentence tells the change")
    return marked


def marked_subject(compiled: Compiled, sheet: Sheet) -> PrintedText:
    """The subject of a mail. Raises RenderingError where it has a figure that is no claim."""
    marked = _marked(compiled, sheet, lambda text: plain(text).strip(), one_line=True)
    if not marked.text or "\n" in marked.text:
        raise InDoubtError("it is no subject")
    # What the text does not say of a change is said in the mail, and not in its subject.
    text, changes = marked.text, sheet.changes
    if changes is not None and not compiled.speaks_of_changes:
        text = f"{changes.words.correction}: {text}"
    subject = PrintedText(file=compiled.file, text=text, printed=marked.printed)
    for error in parity.figures(subject):
        raise error
    return subject


def refuse_loose_lines(text: str) -> None:
    """Raises InDoubtError where a value decides whether a line of a list is a label with a fact."""
    for line in text.split("\n"):
        label = line.partition(":")[0]
        if line.startswith("- ") and has_marks([line]) and (":" not in line or has_marks([label])):
            raise InDoubtError("a value may be a label")


def greetings_of(blocks: Sequence[Block], *, opened: bool) -> Iterator[tuple[str, bool]]:
    """The first paragraphs that have holes, and whether each is a greeting.

    `opened`: one of them is the built-in sentence, which stands before the next one unless that is a greeting.
    """
    to_come = 2 if opened else 1
    for block in blocks:
        if block.kind == "paragraph":
            text = block.texts[0]
            greets = is_greeting(text)
            if has_marks([text]):
                yield text, greets
            to_come -= not greets
            if to_come == 0:
                return
