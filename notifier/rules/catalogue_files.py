"""The files that rules refer to -> topics, owners, contact points, attributes.

An entry with a problem stays known where possible, so that rules that name it do not get a second problem for it.
"""

import re
from collections.abc import Collection, Iterator, Mapping

import opening_hours

from notifier.calendars.business_hours import BusinessHours
from notifier.calendars.opening_hours import check_opening_hours
from notifier.model.formats import country_code, email_address, locale_name, zone_name
from notifier.model.phones import phone_number
from notifier.model.types import TopicType
from notifier.rules import shapes
from notifier.rules.checked_checks import Tolerance, Topic
from notifier.rules.checked_owners import ContactPoint, Owner
from notifier.rules.fields import Fields, converted, referred
from notifier.rules.findings import Findings
from notifier.rules.label_reading import labels_by_language
from notifier.rules.quantities import positive_span, tolerance
from notifier.rules.settling_files import chat_name, read_steps, read_weekly
from notifier.rules.shapes import Shape
from notifier.rules.yaml_nodes import Entry, Node, ScalarNode, kind_of

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
"""The form of names of rules, checks, owners, contact points and templates."""
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""The form of names used in conditions and templates: topics, claims, rows, attributes."""

_ORDERED = tuple(kind for kind in TopicType if kind not in (TopicType.TEXT, TopicType.BOOL))
_TIMED = (TopicType.TIMESTAMP, TopicType.WINDOW, TopicType.DURATION)
"""The types whose values say when something is to happen."""


def check_name(node: ScalarNode, findings: Findings) -> None:
    """Adds a problem for a name that could not be a folder, a key or a command argument."""
    if not isinstance(node.value, str):
        findings.add(node.place, f"a name is a text, not {kind_of(node)}; quote it")
    elif not NAME.fullmatch(node.text):
        findings.add(node.place, f"'{node.text[:80]}' is not a name; use letters, digits, '-', '_' and '.'")


def check_identifier(node: ScalarNode, findings: Findings) -> None:
    """Adds a problem for a name that conditions and templates could not use."""
    if not isinstance(node.value, str) or not IDENTIFIER.fullmatch(node.text):
        findings.add(node.place, f"'{node.text[:63]}' is not an identifier; use lower-case letters, digits and '_'")


def check_hours(text: str) -> str:
    """The text, if it is opening hours in OSM syntax. Raises ValueError with a sentence if not."""
    if not opening_hours.validate(text):
        raise ValueError(f"'{text}' is not opening hours; write them like Mo-Sa 08:00-20:00 (OSM syntax)")
    return text


def read_topics(node: Node | None, findings: Findings) -> tuple[Mapping[str, Topic], Collection[str]]:
    """`rules/topics.yaml`: the topics, and the names of those whose type is unknown."""
    topics: dict[str, Topic] = {}
    unusable = set()
    for entry, fields in _named(node, shapes.TOPICS_FILE, shapes.TOPIC, findings):
        check_identifier(entry.key, findings)
        if not fields.text("type"):
            unusable.add(entry.key.text)
            continue
        topic_type = TopicType(fields.text("type"))
        worse = fields.optional_text("worse")
        unit = _unit(fields, topic_type, findings)
        if topic_type is TopicType.QUANTITY and unit is None:
            unusable.add(entry.key.text)
            continue
        due_by_value = fields.text("due") == "value"
        if due_by_value and topic_type not in _TIMED:
            findings.add(fields.key_place("due"), f"a value of type {topic_type} says no moment; remove 'due'")
        if worse and topic_type not in _ORDERED:
            findings.add(fields.key_place("worse"), f"'worse' means nothing for a {topic_type}; remove it")
            worse = None
        topics[entry.key.text] = Topic(
            name=entry.key.text,
            type=topic_type,
            worse=worse,
            unit=unit,
            tolerance=_tolerance(fields, topic_type, findings),
            due_by_value=due_by_value,
            counted_in=_counted_in(fields, topic_type, due_by_value, findings),
            labels=labels_by_language(fields, findings),
            place=entry.key.place,
        )
    return topics, unusable


def _counted_in(fields: Fields, topic_type: TopicType, due_by_value: bool, findings: Findings) -> BusinessHours | None:
    node = fields.node("counted_in")
    if node is None:
        return None
    if topic_type is not TopicType.DURATION or not due_by_value:
        what = "'counted_in' is for lengths of time that say when something is due: type: duration, due: value"
        findings.add(fields.key_place("counted_in"), what)
        return None
    said = Fields(node, shapes.BUSINESS_HOURS, findings)
    hours = said.converted("hours", check_opening_hours)
    zone, country = said.converted("timezone", zone_name), said.converted("country", country_code)
    if hours is None or zone is None or country is None:
        return None
    return BusinessHours(hours=hours, timezone=zone, country=country)


def read_owners(node: Node | None, findings: Findings) -> Mapping[str, Owner]:
    """`rules/owners.yaml`."""
    owners = {}
    read = list(_named(node, shapes.OWNERS_FILE, shapes.OWNER, findings))
    known = {entry.key.text for entry, _ in read}
    for entry, fields in read:
        check_name(entry.key, findings)
        owners[entry.key.text] = Owner(
            id=entry.key.text,
            name=fields.text("name"),
            email=fields.converted("email", email_address),
            phone=fields.converted("phone", phone_number),
            locale=fields.converted("locale", locale_name),
            timezone=fields.converted("timezone", zone_name),
            chat=fields.converted("chat", chat_name),
            steps=read_steps(fields.items("steps"), known, findings),
            back_after=fields.converted("back_after", positive_span),
            weekly=read_weekly(fields, findings),
            place=entry.key.place,
        )
    return owners


def read_contact_points(node: Node | None, findings: Findings) -> Mapping[str, ContactPoint]:
    """`rules/contact_points.yaml`."""
    read = list(_named(node, shapes.CONTACT_POINTS_FILE, shapes.CONTACT_POINT, findings))
    known = {entry.key.text for entry, _ in read}
    points = {}
    for entry, fields in read:
        check_name(entry.key, findings)
        points[entry.key.text] = ContactPoint(
            id=entry.key.text,
            channel=fields.text("channel"),
            address=_contact_address(fields),
            hours=fields.converted("hours", check_hours),
            human=fields.truth("human"),
            settles=fields.texts("settles"),
            sends_to=_other_points(fields, "sends_to", known, findings),
            instead=_other_points(fields, "instead", known, findings),
            place=entry.key.place,
        )
    return points


def _unit(fields: Fields, topic_type: TopicType, findings: Findings) -> str | None:
    """The unit of a quantity, which needs one; other topics have none."""
    unit = fields.optional_text("unit")
    if topic_type is TopicType.QUANTITY and unit is None:
        findings.add(fields.place, "a quantity needs 'unit': what it is counted in, like Mbit/s or month")
    if topic_type is not TopicType.QUANTITY and unit is not None:
        findings.add(fields.key_place("unit"), f"a value of type {topic_type} has no unit; make it a quantity")
    return unit


def _tolerance(fields: Fields, topic_type: TopicType, findings: Findings) -> Tolerance | None:
    node = fields.scalar("tolerance")
    return None if node is None else converted(node, lambda text: tolerance(text, topic_type), findings)


def _file(node: Node | None, shape: Shape, key: str, findings: Findings) -> tuple[Entry, ...]:
    return () if node is None else Fields(node, shape, findings).named(key)


def _named(node: Node | None, file: Shape, shape: Shape, findings: Findings) -> Iterator[tuple[Entry, Fields]]:
    """The entries under the file's only key, each with its fields."""
    for entry in _file(node, file, file.names[0], findings):
        yield entry, Fields(entry.value, shape, findings)


def _contact_address(fields: Fields) -> str:
    """The address, checked where it has a fixed form; a local short number such as `*611` has none."""
    address = fields.text("address")
    if fields.text("channel") == "email":
        fields.converted("address", email_address)
    elif address.startswith("+"):
        fields.converted("address", phone_number)
    return address


def _other_points(fields: Fields, key: str, known: set[str], findings: Findings) -> Mapping[str, str]:
    """What leads to another contact point, by what leads there."""
    others = {}
    leads = "sends" if key == "sends_to" else "leads"
    for entry in fields.named(key):
        if not isinstance(entry.value, ScalarNode):
            findings.add(
                entry.value.place, f"'{entry.key.text}' {leads} to one contact point, not {kind_of(entry.value)}"
            )
        elif entry.value.text not in known:
            referred(entry.value, known, "contact point", "rules/contact_points.yaml", findings)
        else:
            others[entry.key.text] = entry.value.text
    return others
