"""The error of a notice that cannot be rendered, or whose channels would print different facts: one sentence."""

from collections.abc import Sequence

from notifier.model.problems import Place
from notifier.model.texts import sentence


class RenderingError(Exception):
    """Why nothing can be sent; `str(error)` is one sentence, prefixed by `file:line: ` where a template is at fault.

    `together` has everything that was found at once, this one first: a verdict needs one reason, an author all of them.
    It never holds names, addresses or texts of a customer: it is stored as the reason of a verdict and logged.
    """

    def __init__(self, what: str, place: Place | None = None, others: Sequence["RenderingError"] = ()) -> None:
        self.what = what
        self.place = place
        self.together = (self, *others)
        super().__init__(sentence(what if place is None else f"{place.file}:{place.line}: {what}"))


class UnapprovedError(RenderingError):
    """A WhatsApp text says what it must, and may not be sent as it is: nobody approved it, or a value breaks it."""
