"""What can be asked about a condition that is true, false or an error; and which question about its parts that is."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True)
class Question:
    """Whether a condition is `outcome`; with `negated`, whether it is anything else."""

    outcome: bool
    negated: bool = False

    @property
    def opposite(self) -> "Question":
        """The question whose answer is yes where that of this one is no."""
        return Question(self.outcome, not self.negated)

    @property
    def of_the_opposite(self) -> "Question":
        """Asked about a condition, it is this question about `not` that condition."""
        return Question(not self.outcome, self.negated)

    @property
    def of_all(self) -> bool:
        """Whether the answer for `and` is yes only where it is for all operands; else one is enough.

        For `or` it is the other way round.
        """
        return self.outcome is not self.negated

    def about_rows(self, *, every: bool) -> tuple["Question", bool]:
        """A question, and whether there has to be a row for which its answer is yes, or must not be any.

        That is this question about `all` rows (`every`), or about whether one exists.
        """
        if every:
            return Question(self.outcome, self.outcome), self.outcome is self.negated
        return Question(self.outcome, not self.outcome), self.outcome is not self.negated

    def of_value(self, truth: sa.ColumnElement[Any], *, fallible: bool) -> sa.ColumnElement[bool]:
        """The question about a value that is at hand, and NULL for an error if it is `fallible`."""
        if not self.negated:
            return truth if self.outcome else sa.not_(truth)
        if not fallible:
            return sa.not_(truth) if self.outcome else truth
        return truth.is_not(sa.true() if self.outcome else sa.false())


IS_TRUE = Question(True)
IS_FALSE = Question(False)
