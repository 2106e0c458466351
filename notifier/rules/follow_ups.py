"""The `follow_up` of a rule: what those who were told hear when something comes true, or becomes of the row."""

from collections.abc import Sequence

from notifier.model.notices import ThreadEvent
from notifier.model.types import ValueType
from notifier.rules import shapes
from notifier.rules.catalogue import Catalogue
from notifier.rules.checked import Condition, FollowUp, InvitationChange
from notifier.rules.expression_reader import ExpressionReader
from notifier.rules.expressions import Compare, Comparison, RowName
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.yaml_nodes import Node


def read_follow_ups(
    items: Sequence[Node], reader: ExpressionReader, catalogue: Catalogue, findings: Findings
) -> tuple[FollowUp, ...]:
    """The follow-ups that could be read; what is wrong is added to `findings`."""
    found: list[FollowUp] = []
    for item in items:
        follow_up = _follow_up(Fields(item, shapes.FOLLOW_UP, findings), reader, catalogue, findings)
        if follow_up.on is not None and follow_up.on in {each.on for each in found}:
            findings.add(follow_up.place, f"there is a follow-up 'on: {follow_up.on}' already; remove one of them")
        found.append(follow_up)
    return tuple(found)


def _follow_up(fields: Fields, reader: ExpressionReader, catalogue: Catalogue, findings: Findings) -> FollowUp:
    if ("when" in fields) == ("on" in fields):
        events = ", ".join(ThreadEvent)
        findings.add(fields.place, f"a follow-up needs either 'when: CONDITION' or 'on:' one of {events}")
    if ("template" in fields) == ("tell" in fields):
        findings.add(fields.place, "a follow-up needs either 'template: FOLDER' or 'tell: nobody' (or 'tell: owner')")
    conditions = reader.conditions(fields.scalars("when"))
    for condition in conditions:
        _refuse_missing_row(condition, findings)
    event = fields.text("on")
    template = None
    if "template" in fields:
        template = fields.reference("template", catalogue.template_names, "template", "templates/")
    return FollowUp(
        when=conditions,
        on=ThreadEvent(event) if event else None,
        template=template,
        tell_owner=fields.text("tell") == "owner",
        tell_late=fields.text("late") == "tell",
        invitation=InvitationChange(fields.text("invitation")) if fields.text("invitation") else None,
        place=fields.place,
    )


def _refuse_missing_row(condition: Condition, findings: Findings) -> None:
    """A condition is asked of rows that are there, so one that asks whether its row is missing is never true."""
    for part in condition.expression.walk():
        if isinstance(part, Compare) and part.operator in (Comparison.EQUAL, Comparison.UNEQUAL):
            name = _row_compared_with_null(part)
            if name is not None:
                findings.add(
                    condition.place,
                    f"a condition is asked only where the {name} is there, so this says nothing; "
                    "for one that is deleted, write 'on: deleted' instead of 'when'",
                )


def _row_compared_with_null(part: Compare) -> str | None:
    for row, other in ((part.left, part.right), (part.right, part.left)):
        if isinstance(row, RowName) and other.type is ValueType.NULL:
            return row.name
    return None
