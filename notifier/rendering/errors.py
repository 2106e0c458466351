"""The error of a notice that cannot be rendered, or whose channels would print different facts: one sentence."""

from notifier.model.problems import Place
from notifier.model.texts import sentence


class RenderingError(Exception):
    """Why nothing can be sent; `str(error)` is one sentence, prefixed by `file:line: ` where a template is at fault.

    It never holds names, addresses or texts of a customer: it is stored as the reason of a verdict and logged.
    """

    def __init__(self, what: str, place: Place | None = None) -> None:
        self.what = what
        self.place = place
        super().__init__(sentence(what if place is None else f"{place.file}:{place.line}: {what}"))
