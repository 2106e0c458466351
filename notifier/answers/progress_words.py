"""How things stand for a customer, in the words of an SMS and of their page: both are made of the same steps."""

from collections.abc import Mapping

from notifier.answers.progress import Progress, Stage, Step
from notifier.answers.speech import Speech

HEADINGS: Mapping[Stage, tuple[str, str]] = {
    Stage.NOW: ("Now", "Ahora"),
    Stage.NEXT: ("Next", "Lo que sigue"),
    Stage.DONE: ("Done", "Hecho"),
}
"""In the order of a page."""


def progress_text(found: Progress, speech: Speech, *, company: str, link: str = "") -> str:
    """The same in the words of an SMS: the last thing that is done, what is so now, the next thing and by when."""
    parts = [
        f"{speech.pick(*HEADINGS[stage])}: {_short(steps[0], speech)}" for stage in Stage if (steps := found.of(stage))
    ]
    if not parts:
        parts = [speech.pick("Nothing is open.", "No hay nada pendiente.")]
    return " ".join([f"{company}:", *(_ended(part) for part in parts), *([link] if link else [])])


SHORTEST = 90
"""Letters of one step in an SMS."""


def _short(step: Step, speech: Speech) -> str:
    text = step.text.rstrip(".")
    if len(text) > SHORTEST:
        text = f"{text[: SHORTEST - 1].rpartition(' ')[0] or text[: SHORTEST - 1]}…"
    if step.by is None:
        return text
    return f"{text} ({by_when(step, speech)})"


def by_when(step: Step, speech: Speech) -> str:
    """When it is to be, or by when; empty where nobody said."""
    if step.by is None:
        return ""
    word = speech.pick("by", "a más tardar el") if step.is_limit else speech.pick("on", "el")
    return f"{word} {speech.instant(step.by)}"


def _ended(part: str) -> str:
    return part if part[-1] in ".…!?" else f"{part}."
