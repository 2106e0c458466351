"""The values that rules assert and checks compare -> typed expressions, each tied to its topic and currency."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from notifier.model.types import TopicType, ValueType
from notifier.rules import shapes
from notifier.rules.catalogue import Catalogue
from notifier.rules.catalogue_files import check_identifier
from notifier.rules.checked_checks import Topic
from notifier.rules.checked_rules import Claim
from notifier.rules.companions import currency_of
from notifier.rules.expression_reader import ExpressionReader
from notifier.rules.expressions import Expression, Sum
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.label_reading import labels_by_language
from notifier.rules.yaml_nodes import Entry, ListNode, MappingNode, ScalarNode

_TAKEN_BY_TEMPLATES = (
    *("customer", "exit", "owner", "reference", "correction"),
    *("previous", "told", "current", "changed", "changes"),
)
"""Names that templates use for something other than claims."""
_TOPIC_TYPES = {
    ValueType.MONEY: TopicType.MONEY,
    ValueType.DECIMAL: TopicType.NUMBER,
    ValueType.DOUBLE: TopicType.NUMBER,
    ValueType.INT: TopicType.NUMBER,
    ValueType.STRING: TopicType.TEXT,
    ValueType.BOOL: TopicType.BOOL,
    ValueType.TIMESTAMP: TopicType.TIMESTAMP,
    ValueType.DATE: TopicType.DATE,
    ValueType.DURATION: TopicType.DURATION,
}


def read_claim(
    entry: Entry,
    reader: ExpressionReader,
    catalogue: Catalogue,
    findings: Findings,
    shape: shapes.Shape = shapes.CLAIM,
) -> Claim | None:
    """`name: EXPRESSION` or `name: { value: EXPRESSION, topic: TOPIC, label: { LANGUAGE: TEXT } }`.

    A list is read by `list_claims`, and the claims of its rows with a `shape` of their own.
    """
    name = entry.key
    check_name(name, findings)
    value, topic_node, labels = _written(entry, findings, shape)
    expression = reader.value(value)
    if value is None or expression is None:
        return None
    topic = catalogue.topic(topic_node, findings) if topic_node is not None else catalogue.topics.get(name.text)
    if topic_node is not None and topic is None:
        return None
    if not fits(value, expression, topic, catalogue, findings):
        return None
    return Claim(
        name=name.text,
        place=name.place,
        expression=expression,
        text=" ".join(value.text.split()),
        topic=topic.name if topic else name.text,
        type=_TOPIC_TYPES[expression.type],
        currency=currency_of(expression, catalogue.schema),
        labels=labels,
    )


def read_seen(
    entries: Sequence[Entry], reader: ExpressionReader, catalogue: Catalogue, findings: Findings
) -> list[Claim | None]:
    """`texts_see: { people: appointment.party_size }`: values that texts ask and do not print. No topic is theirs."""
    found = (read_claim(entry, reader, catalogue, findings) for entry in entries)
    return [None if claim is None else replace(claim, topic="", seen=True) for claim in found]


def check_name(name: ScalarNode, findings: Findings) -> None:
    """Adds a problem for a name that no template could use for a claim."""
    check_identifier(name, findings)
    if name.text in _TAKEN_BY_TEMPLATES:
        findings.add(name.place, f"templates use '{name.text}' for something else; give the claim another name")


def fits(
    node: ScalarNode,
    expression: Expression,
    topic: Topic | None,
    catalogue: Catalogue,
    findings: Findings,
    *,
    sums: bool = False,
) -> bool:
    """Whether the value has the topic's type and, for money, a currency; adds a problem if not.

    With `sums` a sum of money stands alone: the comparison sees the currency of each of its rows.
    """
    shown = " ".join(node.text.split())
    value_type = _TOPIC_TYPES[expression.type]
    if topic is not None and topic.type is not value_type and topic.type not in _FITTING.get(value_type, ()):
        findings.add(node.place, f"the topic '{topic.name}' has values of type {topic.type}; '{shown}' is {value_type}")
        return False
    if expression.type is not ValueType.MONEY:
        return True
    if sums and not isinstance(expression, Sum) and any(isinstance(part, Sum) for part in expression.walk()):
        remedy = "only the sum itself, or a row's own amount plus it, can be compared; "
        remedy += "calculate within it: sum(x, x.amount * 2)"
        findings.add(node.place, f"'{shown}' adds up money: {remedy}")
        return False
    if currency_of(expression, catalogue.schema) is None:
        findings.add(node.place, f"'{shown}' has no single currency; use the amount of one row")
        return False
    return True


_FITTING = {
    TopicType.NUMBER: (TopicType.PERCENT, TopicType.QUANTITY),
    TopicType.TEXT: (TopicType.OPENING_HOURS,),
    TopicType.TIMESTAMP: (TopicType.WINDOW,),
}
"""What the state has a number, a text or an instant for: the unit is the topic's, and a window begins at an instant."""
Written = tuple[ScalarNode | None, ScalarNode | None, Mapping[str, str]]
"""The nodes of a claim's value and topic, and its labels."""


def _written(entry: Entry, findings: Findings, shape: shapes.Shape) -> Written:
    match entry.value:
        case MappingNode() as mapping:
            fields = Fields(mapping, shape, findings)
            if "value" not in fields and shape is shapes.CLAIM:
                findings.add(mapping.place, f"{shape.what} needs 'value': {shape.keys[0].about}")
            return fields.scalar("value"), fields.scalar("topic"), labels_by_language(fields, findings)
        case ListNode() as values:
            findings.add(values.place, f"the claim '{entry.key.text}' is one value, not a list")
        case ScalarNode(value=None):
            findings.add(entry.key.place, f"the claim '{entry.key.text}' is empty; give an expression or remove it")
        case ScalarNode() as value:
            return value, None, {}
    return None, None, {}
