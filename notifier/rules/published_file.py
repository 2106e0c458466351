"""`rules/published.yaml` -> where prices, hours and terms are published, and the facts that they must agree with."""

from collections.abc import Mapping

from notifier.model.problems import Place
from notifier.model.schema import Schema
from notifier.model.types import TopicType
from notifier.rules import shapes
from notifier.rules.catalogue import OWNERS, PUBLISHED, Catalogue
from notifier.rules.catalogue_files import check_name
from notifier.rules.checked import Published
from notifier.rules.checked_checks import Topic
from notifier.rules.claims import fits
from notifier.rules.companions import currency_of
from notifier.rules.conditions import Scope, parse_condition, parse_value
from notifier.rules.expression_reader import ExpressionReader
from notifier.rules.expressions import Expression
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings, unknown
from notifier.rules.yaml_nodes import Node, ScalarNode

LIST_COLUMNS = ("name", "value", "currency", "topic")
"""What a line of a list has: what it is about, the value, the currency of an amount, and the topic."""
SITE = "site"


def read_published(node: Node | None, catalogue: Catalogue, findings: Findings) -> Mapping[str, Published]:
    """The entries that could be read."""
    found = {}
    for entry in () if node is None else Fields(node, shapes.PUBLISHED_FILE, findings).named("published"):
        check_name(entry.key, findings)
        before = len(findings.problems)
        read = _read(entry.key.text, Fields(entry.value, shapes.PUBLISHED, findings), catalogue, findings)
        if read is not None and len(findings.problems) == before:
            found[entry.key.text] = read
    return found


def _read(name: str, fields: Fields, catalogue: Catalogue, findings: Findings) -> Published | None:
    schema = catalogue.schema
    about = fields.reference("about", schema.entities, "entity", "the state")
    owner = fields.reference("owner", catalogue.owners, "owner", OWNERS)
    if about not in schema.entities:
        return None
    reader = ExpressionReader(Scope(schema, {about: about}), findings)
    named = tuple(path for path in (reader.value(node) for node in fields.scalars("named")) if path is not None)
    topic, actual = _held_against(fields, about, reader, catalogue, findings)
    return Published(
        id=name,
        files=fields.texts("files"),
        about=about,
        named=named,
        when=reader.conditions(fields.scalars("when")),
        topic=topic,
        actual=actual,
        currency=currency_of(actual, schema) if actual is not None else None,
        columns=_columns(fields, findings),
        owner=owner or None,
        place=fields.place,
    )


def _held_against(
    fields: Fields, about: str, reader: ExpressionReader, catalogue: Catalogue, findings: Findings
) -> tuple[Topic | None, Expression | None]:
    written = fields.scalar("topic")
    if (written is None) != ("actual" not in fields):
        missing, given = ("topic", "actual") if written is None else ("actual", "topic")
        findings.add(
            fields.key_place(given), f"'{given}' needs '{missing}' beside it: what it is, and which value must agree"
        )
        return None, None
    if written is None:
        if about != SITE:
            findings.add(
                fields.place, f"{about} has no opening hours; give 'topic' and 'actual', or let it be about: site"
            )
        return None, None
    node = fields.scalar("actual")
    topic, actual = catalogue.topic(written, findings), reader.value(node)
    if topic is None or actual is None or node is None or not fits(node, actual, topic, catalogue, findings):
        return None, None
    return topic, actual


def _columns(fields: Fields, findings: Findings) -> Mapping[str, str]:
    found = {}
    for entry in fields.named("columns"):
        if entry.key.text not in LIST_COLUMNS:
            findings.add(entry.key.place, unknown("column", entry.key.text, LIST_COLUMNS, "a list"))
        elif isinstance(entry.value, ScalarNode):
            found[entry.key.text] = entry.value.text
    return found


def usually_published(schema: Schema) -> Mapping[str, Published]:
    """What is looked for without `rules/published.yaml`: the hours of sites by id or name, and recurring prices by
    product, held against the charges that are still to be billed."""
    place = Place(PUBLISHED)
    sites, charges = Scope(schema, {SITE: SITE}), Scope(schema, {"charge": "charge"})
    actual = parse_value("charge.amount", charges, place)
    return {
        "hours": Published(
            id="hours",
            files=("*",),
            about=SITE,
            named=tuple(parse_value(name, sites, place) for name in ("site.id", "site.name")),
        ),
        "prices": Published(
            id="prices",
            files=("*",),
            about="charge",
            named=(parse_value("charge.product", charges, place),),
            when=(
                parse_condition(
                    "charge.kind == 'recurring' and not charge.proration and not charge.billed", charges, place
                ),
            ),
            topic=Topic(name="monthly_price", type=TopicType.MONEY, worse="higher"),
            actual=actual,
            currency=currency_of(actual, schema),
        ),
    }
