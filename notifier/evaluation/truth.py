"""Questions about a condition that is true, false or an error, and how they break down into questions on its parts."""

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
        """The complement: yes exactly where this question's answer is no."""
        return Question(self.outcome, not self.negated)

    @property
    def of_the_opposite(self) -> "Question":
        """The question about a condition that equals this question about its negation."""
        return Question(not self.outcome, self.negated)

    @property
    def of_all(self) -> bool:
        """Whether the answer for `and` is yes only if it is yes for all operands; otherwise one is enough.

        For `or` it is the reverse.
        """
        return self.outcome is not self.negated

    def about_rows(self, *, every: bool) -> tuple["Question", bool]:
        """This question about `all` (`every`) or `exists`, as a question about the rows.

        Returns that question, and whether its answer must be yes for some row (True) or for none (False).
        """
        if every:
            return Question(self.outcome, self.outcome), self.outcome is self.negated
        return Question(self.outcome, not self.outcome), self.outcome is not self.negated

    def of_value(self, truth: sa.ColumnElement[Any], *, fallible: bool) -> sa.ColumnElement[bool]:
        """The question about an SQL value, which is NULL for an error if it is `fallible`."""
        if not self.negated:
            return truth if self.outcome else sa.not_(truth)
        if not fallible:
            return sa.not_(truth) if self.outcome else truth
        return truth.is_not(sa.true() if self.outcome else sa.false())


IS_TRUE = Question(True)
IS_FALSE = Question(False)
