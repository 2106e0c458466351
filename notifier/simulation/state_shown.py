"""How everything stands where a scenario fails, in lines for `--debug`: its rows, what was decided, what disagrees."""

from collections.abc import Iterator

import sqlalchemy as sa

from notifier.answers.records import Directory, NoticeFilter, records
from notifier.answers.why import literal_text
from notifier.drafting.ruleset import Ruleset
from notifier.model.instants import minute_text
from notifier.model.schema import entities
from notifier.rules.scenario_values import Scenario
from notifier.store.contradictions import ContradictionFilter, listed
from notifier.store.state.present import rows_of

MOST = 50
"""Rows of one kind that are shown: a story that is longer is not read row by row."""
_OF_THE_STORE = ("source_id", "source_line", "written_at", "changed_at")
"""Columns that say who wrote a row, and nothing of the business."""


def state_lines(connection: sa.Connection, ruleset: Ruleset, scenario: Scenario) -> Iterator[str]:
    """The rows that the scenario wrote, as they are now, then notices, then contradictions."""
    for entity, ids in _written(scenario).items():
        rows = rows_of(connection, entity, ids)
        for row in rows[:MOST]:
            values = {name: value for name, value in row._asdict().items() if value is not None}
            shown = [f"{name} {_text(value)}" for name, value in values.items() if name not in ("id", *_OF_THE_STORE)]
            yield f"{entity}:{row.id}  {', '.join(shown)}"
        for gone in sorted(set(ids) - {row.id for row in rows}):
            yield f"{entity}:{gone}  is not there"
    directory = Directory(defaults=ruleset.defaults, owners=ruleset.project.owners)
    for record in reversed(records(connection, NoticeFilter(limit=MOST), directory)):
        draft = record.draft
        about = f"{draft.kind.replace('_', '-')} {draft.reference}  {draft.rule} for {draft.recipient_id}"
        claims = ", ".join(f"{name} {_text(claim.value)}" for name, claim in draft.claims.items())
        state = f"{draft.verdict.state} since {minute_text(record.changed_at)}: {draft.verdict.reason.text}"
        yield f"{about} about {draft.subject_type}:{draft.subject_id} ({claims}), {state}"
    for found in listed(connection, ContradictionFilter(limit=MOST)):
        about = f"contradiction {found.id}  {found.check} on {found.subject_type}:{found.subject_id}"
        yield f"{about}, {found.state}: {found.reason}"


def _written(scenario: Scenario) -> dict[str, list[str]]:
    """The ids of the rows that the scenario writes, by entity."""
    found: dict[str, list[str]] = {}
    for row in (*scenario.given, *(row for entry in scenario.timeline for row in entry.set)):
        if (name := row.values.get("id")) is not None and "id" in entities()[row.entity].table.c:
            ids = found.setdefault(row.entity, [])
            ids += [] if str(name) in ids else [str(name)]
    return found


def _text(value: object) -> str:
    return literal_text(value) if isinstance(value, bool | str | None) else str(value)
