"""A file of change sets -> a history. All rows of the file are read together, column by column.

`import events` reads one line after the other, each in a savepoint of its own; a replay reads all of them first.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from notifier.intake.events import ChangeSet, read_change_set, read_rows
from notifier.intake.histories import Happening, History
from notifier.intake.parsing import ImportContext, RowParser, importable
from notifier.intake.sources import LineProblem, Source, flat_row
from notifier.model.problems import Place, Problem, ProblemsError


def read_events(source: Source, context: ImportContext) -> History:
    """The change sets of a JSONL file; a line with a problem is left out as a whole.

    Raises ProblemsError when the file cannot be used at all.
    """
    if not source.is_jsonl:
        raise ProblemsError([Problem(Place(source.name), "events are JSON, one change set a line")])
    reading = _Reading(source.name, context)
    read = 0
    for found in source.documents():
        read += 1
        reading.take(found)
    happenings = sorted(reading.happenings(), key=lambda happening: happening.at)
    return History(happenings=happenings, read=read, problems=reading.problems)


class _Reading:
    def __init__(self, file: str, context: ImportContext) -> None:
        self._file = file
        self._context = context
        self._known = frozenset(importable(context.schema))
        self._sets: dict[int, ChangeSet] = {}
        """By line."""
        self._alike: dict[tuple[str, tuple[str, ...]], list[tuple[int, int, Mapping[str, Any]]]] = defaultdict(list)
        """Entity and columns -> (line, position in its list, row) of all rows that have them."""
        self._typed: dict[int, dict[str, dict[int, Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(dict))
        self.problems: list[Problem] = []

    def take(self, found: "tuple[int, Any] | LineProblem") -> None:
        """One line of the file."""
        if isinstance(found, LineProblem):
            self.problems.append(Problem(Place(self._file, found.line), found.what))
            return
        line, document = found
        place = Place(self._file, line)
        try:
            change_set = read_change_set(document, place)
            if not self._is_plain(change_set):  # told in the words of `import events`, or joined as it joins
                typed = read_rows(change_set.set, self._context, place)
                for name, of_entity in typed.items():
                    self._typed[line][name] = dict(enumerate(of_entity))
                self._refuse_unknown(change_set, place)
                self._sets[line] = change_set
                return
        except ProblemsError as error:
            self.problems += error.problems
            return
        self._sets[line] = change_set
        for name, rows in change_set.set.items():
            for position, row in enumerate(rows):
                flat = flat_row(dict(row)) if "attributes" in row or "_line" in row else row
                self._alike[name, tuple(sorted(flat))].append((line, position, flat))

    def happenings(self) -> Iterator[Happening]:
        """All of them, once every line was taken."""
        bad = self._parse()
        for line, change_set in self._sets.items():
            if line in bad:
                continue
            rows = self._typed.get(line, {})
            typed = {name: [of[place] for place in sorted(of)] for name, of in rows.items()}
            yield Happening(at=change_set.at, set=typed, delete=change_set.delete)

    def _is_plain(self, change_set: ChangeSet) -> bool:
        """Whether its rows can be read with those of other lines: entities that are known, and each id once."""
        if not (self._known >= change_set.set.keys() and self._known >= change_set.delete.keys()):
            return False
        for name, rows in change_set.set.items():
            if len(rows) > 1 or change_set.delete.get(name):
                ids = [*(str(row.get("id")) for row in rows), *change_set.delete.get(name, ())]
                if len(set(ids)) < len(ids) or name == "consent":
                    return False
        return True

    def _refuse_unknown(self, change_set: ChangeSet, place: Place) -> None:
        """Raises ProblemsError for what is deleted and is no entity, or written in the same breath."""
        wrong = [Problem(place, f"unknown entity '{name}'") for name in change_set.delete if name not in self._known]
        for name, ids in change_set.delete.items():
            both = {str(row.get("id")) for row in change_set.set.get(name, ())} & set(ids)
            wrong += [Problem(place, f"{name} {one} is in 'set' and in 'delete'; leave one of them") for one in both]
        if wrong:
            raise ProblemsError(wrong)

    def _parse(self) -> set[int]:
        """Types all rows; the lines with a problem."""
        bad: set[int] = set()
        for (name, columns), found in self._alike.items():
            parser = RowParser(self._context.schema.entities[name], self._context)
            wrong = [parser.unknown_column(one) for one in columns if one not in parser.columns]
            wrong = wrong or parser.missing_columns(columns)
            if wrong:
                for line, _, row in found:
                    self._refuse(bad, line, name, row, wrong)
                continue
            parsed = parser.parse({column: [row[column] for _, _, row in found] for column in columns})
            for problem in parsed.problems:
                line, _, row = found[problem.index]
                self._refuse(bad, line, name, row, [f"{problem.column}: {problem.what}"])
            for (line, position, _), typed in zip(found, parsed.rows(), strict=True):
                self._typed[line][name][position] = typed
        return bad

    def _refuse(self, bad: set[int], line: int, name: str, row: Mapping[str, Any], wrong: Sequence[str]) -> None:
        bad.add(line)
        named = f"{name} {row['id']}" if row.get("id") else name
        self.problems += [Problem(Place(self._file, line), f"{named}: {what}") for what in wrong]
