"""Errors that a person can do something about become sentences on stderr and an exit code; all others keep their trace.

Exit codes: 0 fine, 1 problems found, 2 wrong usage.
"""

from collections.abc import Sequence
from typing import Any

import typer
import typer.core

from notifier.cli.console import print_problems

FOUND_PROBLEMS = 1


class Commands(typer.core.TyperGroup):
    """A group of commands that ends in a sentence, not in a trace, where the input or the database is at fault."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command. Raises typer.Exit(1) after printing an error that has a remedy."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            sentences = explained(error)
            if sentences is None:
                raise
            print_problems(sentences)
            raise typer.Exit(FOUND_PROBLEMS) from error


def explained(error: Exception) -> Sequence[str] | None:
    """What a person is to read, one line each; None for an error that nobody expected.

    The rooms that raise them are imported only here, so that a command that needs none of them starts fast.
    """
    from notifier.model.problems import ProblemsError

    if isinstance(error, ProblemsError):
        return [str(problem) for problem in error.problems]
    if isinstance(error, OSError) and error.filename is not None:
        return [f"{error.filename}: {error.strerror}"]
    from notifier.store.conflicts import ConflictError
    from notifier.store.database import DatabaseError
    from notifier.store.interventions import RefusedError

    if isinstance(error, DatabaseError | RefusedError | ConflictError):
        return [str(error)]
    return None
