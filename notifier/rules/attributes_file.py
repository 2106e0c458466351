"""`rules/attributes.yaml`: a business's own fields of each kind of row, with their types -> names for conditions."""

from collections.abc import Mapping
from dataclasses import replace

from notifier.model.schema import CURRENCY_COLUMN, Schema
from notifier.model.types import ValueType
from notifier.model.values import check_currency
from notifier.rules import shapes
from notifier.rules.catalogue_files import check_identifier
from notifier.rules.fields import Fields, converted, unique_entries
from notifier.rules.findings import Findings, unknown
from notifier.rules.yaml_nodes import Entry, MappingNode, Node, ScalarNode

TYPES: Mapping[str, ValueType] = {
    "text": ValueType.STRING,
    "number": ValueType.DECIMAL,
    "money": ValueType.MONEY,
    "whole": ValueType.INT,
    "bool": ValueType.BOOL,
    "timestamp": ValueType.TIMESTAMP,
    "date": ValueType.DATE,
}


def with_attributes(schema: Schema, node: Node | None, findings: Findings) -> Schema:
    """The schema with what the file declares. The type alone is enough: `technician: text`."""
    types: dict[str, dict[str, ValueType]] = {}
    currencies: dict[str, dict[str, str]] = {}
    for entry in () if node is None else Fields(node, shapes.ATTRIBUTES_FILE, findings).named("attributes"):
        entity = entry.key.text
        if entity not in schema.entities:
            findings.add(entry.key.place, unknown("entity", entity, schema.entities, "the state"))
        elif not isinstance(entry.value, MappingNode):
            findings.add(entry.value.place, f"the attributes of {entity} are a mapping from names")
        else:
            for attribute in unique_entries(entry.value, findings):
                check_identifier(attribute.key, findings)
                kind, currency = _read(attribute, schema, entity, findings)
                if kind is not None:
                    types.setdefault(entity, {})[attribute.key.text] = kind
                if currency is not None:
                    currencies.setdefault(entity, {})[attribute.key.text] = currency
    return replace(schema, attributes=types, attribute_currencies=currencies)


def _read(entry: Entry, schema: Schema, entity: str, findings: Findings) -> tuple[ValueType | None, str | None]:
    """The type, and the currency of money: a code, or empty for that of the row."""
    written: ScalarNode | None = None
    if isinstance(entry.value, ScalarNode):
        kind = converted(entry.value, _named_type, findings)
    else:
        fields = Fields(entry.value, shapes.ATTRIBUTE, findings)
        kind, written = TYPES.get(fields.text("type")), fields.scalar("currency")
    if written is not None and kind is not ValueType.MONEY:
        findings.add(written.place, "'currency' is for money; remove it")
    if kind is not ValueType.MONEY:
        return kind, None
    if written is not None:
        return kind, converted(written, check_currency, findings)
    if CURRENCY_COLUMN in schema.entities[entity].fields:
        return kind, ""
    example = "{ type: money, currency: COP }"
    findings.add(entry.value.place, f"a {entity} has no currency of its own, so say which the amount is in: {example}")
    return kind, None


def _named_type(text: str) -> ValueType:
    if text not in TYPES:
        raise ValueError(unknown("type", text, TYPES, "an attribute"))
    return TYPES[text]
