"""What another process needs to decide some parts of a rule's pass as this one would: as a text, and back.

Only what follows from nothing that it can read itself on the same snapshot: which subjects, and what the pass as a
whole found out about the rule.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifier.model.notices import Reason, ReasonCode
from notifier.model.reading import Figures
from notifier.planning.selection import Part, Selection

PieceFigures = tuple[tuple[str, Figures | None], ...]
"""The figures that one batch leaves behind, see `Batch.figures`."""


@dataclass(frozen=True, kw_only=True)
class Portion:
    """One part of a rule's pass, with all that the pass says of it."""

    part: Part
    selection: Selection
    """Of the rule; only what it says of the part's subjects counts."""
    over_limit: Reason | None
    """Why the rule's batches wait for approval."""
    first: int
    """The index of its first draft, see `Batch.first`."""
    figures: tuple[PieceFigures, ...] | None = None
    """For each of its batches; None where none are kept."""


def portion_to_json(portion: Portion) -> str:
    """The portion as a text."""
    part, selection, limit = portion.part, portion.selection, portion.over_limit
    subjects = set(part.subjects)
    # What replaces another row is read with it, although it may be in another part.
    loaded = {
        subject: at.isoformat()
        for subject, at in selection.baseline.items()
        if selection.has_replacements or subject in subjects
    }
    return json.dumps(
        {
            "subjects": list(part.subjects),
            "rows": None if part.rows is None else {name: sorted(rows) for name, rows in part.rows.items()},
            "most_rows": part.most_rows,
            "is_batch": part.is_batch,
            "since": selection.since.isoformat(),
            "first_pass": selection.first_pass,
            "baseline": _by_value(loaded),
            "new_follow_ups": list(selection.new_follow_ups),
            "has_replacements": selection.has_replacements,
            "edited": selection.edited,
            "is_full": selection.is_full,
            "over_limit": None if limit is None else [limit.code, limit.text],
            "first": portion.first,
            "figures": None if portion.figures is None else [_figures_to_json(each) for each in portion.figures],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def portion_from_json(text: str) -> Portion:
    """The portion that `portion_to_json` wrote."""
    data: Mapping[str, Any] = json.loads(text)
    rows = data["rows"]
    part = Part(
        subjects=data["subjects"],
        rows=None if rows is None else {name: set(of_subject) for name, of_subject in rows.items()},
        most_rows=data["most_rows"],
        is_batch=data["is_batch"],
    )
    limit, figures = data["over_limit"], data["figures"]
    return Portion(
        part=part,
        selection=Selection(
            subjects=frozenset(part.subjects),
            since=datetime.fromisoformat(data["since"]),
            first_pass=data["first_pass"],
            baseline={
                subject: datetime.fromisoformat(at) for at, subjects in data["baseline"].items() for subject in subjects
            },
            new_follow_ups=data["new_follow_ups"],
            has_replacements=data["has_replacements"],
            edited=data["edited"],
            is_full=data["is_full"],
        ),
        over_limit=None if limit is None else Reason(code=ReasonCode(limit[0]), text=limit[1]),
        first=data["first"],
        figures=None if figures is None else tuple(_figures_from_json(each) for each in figures),
    )


def _by_value(instants: Mapping[str, str]) -> dict[str, list[str]]:
    """A load touches thousands of rows at one instant."""
    found: dict[str, list[str]] = {}
    for subject, at in instants.items():
        found.setdefault(at, []).append(subject)
    return found


def _figures_to_json(figures: PieceFigures) -> list[list[str | None]]:
    return [[subject, *([] if known is None else [known.truth, known.claims])] for subject, known in figures]


def _figures_from_json(data: Sequence[Sequence[str]]) -> PieceFigures:
    return tuple((subject, Figures(truth=known[0], claims=known[1]) if known else None) for subject, *known in data)
