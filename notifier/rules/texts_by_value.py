"""`template: { by: appointment.kind, repair: repair_reminder, else: visit_reminder }` -> which texts a row has."""

from notifier.model.problems import one_of
from notifier.model.types import ValueType
from notifier.rules.catalogue import Catalogue
from notifier.rules.checked_rules import TextsByValue
from notifier.rules.comparing import described
from notifier.rules.expression_reader import ExpressionReader
from notifier.rules.expressions import Column, Expression
from notifier.rules.fields import referred, unique_entries
from notifier.rules.findings import Findings, unknown
from notifier.rules.yaml_nodes import MappingNode, Node, ScalarNode

BY, ELSE = "by", "else"


def default_template(node: MappingNode) -> str:
    """The template of every value that has none of its own; of the first value, where each has one."""
    values = {entry.key.text: entry.value for entry in node.entries if entry.key.text != BY}
    first = values.get(ELSE, next(iter(values.values()), None))
    return first.text if isinstance(first, ScalarNode) else ""


def read_texts_by_value(
    node: Node | None, reader: ExpressionReader, catalogue: Catalogue, findings: Findings
) -> TextsByValue | None:
    """The choice; None where the rule has one template, or anything is wrong, which is added to `findings`."""
    if not isinstance(node, MappingNode):
        return None
    entries = {entry.key.text: entry for entry in unique_entries(node, findings)}
    by = entries.pop(BY, None)
    if by is None or not isinstance(by.value, ScalarNode):
        findings.add(
            node.place, "'template' chooses by a value of the row: { by: appointment.kind, repair: …, else: … }"
        )
        return None
    templates = {}
    for name, entry in entries.items():
        if isinstance(entry.value, ScalarNode) and isinstance(entry.value.value, str):
            templates[name] = referred(entry.value, catalogue.template_names, "template", "templates/", findings)
        else:
            findings.add(entry.value.place, f"the template of '{name}' is the name of a folder under templates/")
    expression = reader.value(by.value)
    if expression is None:
        return None
    if expression.type is not ValueType.STRING:
        findings.add(by.value.place, f"texts are chosen by a text of the row, not by {described(expression)}")
        return None
    others = {name: template for name, template in templates.items() if name != ELSE}
    known = _known(expression)
    for name in (name for name in others if known and name not in known):
        findings.add(entries[name].key.place, unknown("value", name, known, f"the values of {by.value.text}"))
    missing = [value for value in known if value not in others]
    if ELSE not in templates and (missing or not known):
        what = f"has no text for {one_of(missing)}" if known else "has no text for any other value"
        findings.add(node.place, f"'template' {what}; add else: TEMPLATE")
    return TextsByValue(by=expression, templates=others)


def _known(expression: Expression) -> tuple[str, ...]:
    """The values that it can have, where they are enumerated."""
    return expression.field.values if isinstance(expression, Column) else ()
