"""The `follow_up` of a rule: what those who were told hear when something comes true, or becomes of the row."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from notifier.model.notices import ThreadEvent
from notifier.model.types import ValueType
from notifier.rules import shapes
from notifier.rules.catalogue import Catalogue
from notifier.rules.checked_rules import Condition, FollowUp, InvitationChange
from notifier.rules.expression_reader import ExpressionReader
from notifier.rules.expressions import Compare, Comparison, Expression, In, Literal, RowName
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.texts_by_value import default_template, read_texts_by_value
from notifier.rules.yaml_nodes import MappingNode, Node, ScalarNode


def read_follow_ups(
    items: Sequence[Node], reader: ExpressionReader, catalogue: Catalogue, findings: Findings
) -> tuple[FollowUp, ...]:
    """The follow-ups that could be read; what is wrong is added to `findings`."""
    found: list[FollowUp] = []
    for item in items:
        fields = Fields(item, shapes.FOLLOW_UP, findings)
        follow_up = _follow_up(fields, reader, catalogue, findings)
        if follow_up.on is not None and follow_up.on in {each.on for each in found}:
            findings.add(follow_up.place, f"there is a follow-up 'on: {follow_up.on}' already; remove one of them")
        found += _by_value(follow_up, fields, reader, catalogue, findings)
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
    if isinstance(fields.node("template"), ScalarNode):
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


def _by_value(
    follow_up: FollowUp, fields: Fields, reader: ExpressionReader, catalogue: Catalogue, findings: Findings
) -> Iterator[FollowUp]:
    """One follow-up for each text: `template: { by: PATH, repair: …, else: … }` is a condition more in each of them.

    So what was told in the words of one value is followed up again where the value changes. Any value that is not
    named has the last of them, as in a rule.
    """
    node = fields.node("template")
    if not isinstance(node, MappingNode):
        yield follow_up
        return
    if "on" in fields:
        what = "'on' has one template: the row need not be there to be asked; write 'when' to choose by its value"
        findings.add(node.place, what)
        return
    texts, default = read_texts_by_value(node, reader, catalogue, findings), default_template(node)
    if texts is None:
        return
    values: dict[str, list[str]] = {}
    for value, template in texts.templates.items():
        if template != default:
            values.setdefault(template, []).append(value)
    for template, named in values.items():
        yield replace(follow_up, template=template, when=(*follow_up.when, _is_one_of(texts.by, named, node)))
    others = [_is_not(texts.by, value, node) for named in values.values() for value in named]
    yield replace(follow_up, template=default, when=(*follow_up.when, *others))


def _is_one_of(by: Expression, values: Sequence[str], node: Node) -> Condition:
    items = tuple(_text(value) for value in values)
    text = f"{by.text} in [{', '.join(item.text for item in items)}]"
    return Condition(
        text=text, place=node.place, expression=In(type=ValueType.BOOL, operand=by, items=items, text=text)
    )


def _is_not(by: Expression, value: str, node: Node) -> Condition:
    item = _text(value)
    text = f"{by.text} != {item.text}"
    expression = Compare(type=ValueType.BOOL, operator=Comparison.UNEQUAL, left=by, right=item, text=text)
    return Condition(text=text, place=node.place, expression=expression)


def _text(value: str) -> Literal:
    return Literal(type=ValueType.STRING, value=value, text=f"'{value}'")


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
