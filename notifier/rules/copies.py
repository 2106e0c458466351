"""`copy: seller`, `copy: owner`: who gets what a customer is told by mail, too."""

from collections.abc import Sequence

from notifier.model.types import TopicType
from notifier.rules.checked_rules import Claim
from notifier.rules.expression_reader import ExpressionReader
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.yaml_nodes import ScalarNode

OWNER, SELLER = "owner", "seller"
COPY_SELLER = "copy_seller"
"""What `copy: seller` calls the seller of a row among its values. No text prints it."""


def read_copies(fields: Fields, findings: Findings) -> tuple[str, ...]:
    """Who gets a copy; empty where nobody does."""
    copies = fields.texts("copy")
    if len(set(copies)) < len(copies):
        findings.add(fields.key_place("copy"), "somebody is named twice")
    return copies


def read_seller(fields: Fields, reader: ExpressionReader, findings: Findings) -> Sequence[Claim]:
    """For `copy: seller`, who sold the row: a value that is kept with its notices and that no text prints."""
    if SELLER not in fields.texts("copy"):
        return []
    place = fields.key_place("copy")
    if COPY_SELLER in {entry.key.text for key in ("claims", "texts_see") for entry in fields.named(key)}:
        findings.add(place, f"'copy: seller' needs the name '{COPY_SELLER}' for itself; choose another for the claim")
    schema = reader.scope.schema
    for name, entity in reversed([*reader.scope.names.items()]):
        known = schema.entities[entity]
        order = known.relations.get("order")
        text = f"{name}.seller" if "seller" in known.fields else f"{name}.order.seller"
        if "seller" in known.fields or (order is not None and not order.many):
            seller = reader.value(ScalarNode(place=place, value=text, text=text, raw=text))
            if seller is None:
                return []
            kind = TopicType.TEXT
            return [Claim(name=COPY_SELLER, place=place, expression=seller, text=text, topic="", type=kind, seen=True)]
    findings.add(place, "'copy: seller' needs rows of an order, which names its seller; write 'copy: owner'")
    return []
