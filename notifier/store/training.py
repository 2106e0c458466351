"""Confirmed contacts -> a model, measured on contacts that it has not seen, beside the model that is in use."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from notifier.reasons.measuring import Measured, guesses_of_others, measured, threshold_of
from notifier.reasons.model import NoLearningError, ReasonModel, learned
from notifier.store.listening import model_in_force
from notifier.store.reasons_learning import Confirmed, confirmed, newest_confirmation, take

__all__ = ["NoLearningError", "Trained", "train"]


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A model that was learned, and what it is worth."""

    model: ReasonModel
    confirmed: Sequence[Confirmed]
    new: Measured
    """Of all that is confirmed, each judged by a model that has not seen it."""
    compared: int
    """Contacts that were confirmed after the model in use was learned: it has not seen them either."""
    before: Measured | None
    """The model in use, of those; None without one, or where nothing was confirmed since."""
    after: Measured | None
    """The new one, of those."""

    @property
    def is_better(self) -> bool:
        """Whether it is right more often on what neither has seen; also where there is nothing to compare with."""
        if self.before is None or self.after is None:
            return True
        return self.after.right >= self.before.right


def train(connection: sa.Connection, *, embedded: bool = False) -> Trained:
    """Learn from all that people confirmed, with `embedded` also by what texts mean; nothing is taken into use.

    Raises NoLearningError.
    """
    known = confirmed(connection)
    texts, reasons = [each.heard.text for each in known], [each.reason for each in known]
    model = learned(texts, reasons, embedded=embedded)
    guesses = guesses_of_others(texts, reasons, embedded=embedded)
    threshold = threshold_of(guesses, reasons)
    current, newest = model_in_force(connection), newest_confirmation(connection)
    unseen = [index for index, each in enumerate(known) if newest is not None and each.at > newest]
    real = [reasons[index] for index in unseen]
    before = after = None
    if current is not None and unseen:
        before = measured(current.guesses([texts[index] for index in unseen]), real, current.threshold)
        after = measured([guesses[index] for index in unseen], real, threshold)
    return Trained(
        model=replace(model, threshold=threshold),
        confirmed=known,
        new=measured(guesses, reasons, threshold),
        compared=len(unseen),
        before=before,
        after=after,
    )


def take_into_use(connection: sa.Connection, trained: Trained, now: datetime) -> None:
    """Contacts that come from now on are asked of it; what was said before stays."""
    take(connection, trained.model, trained.confirmed, now)
