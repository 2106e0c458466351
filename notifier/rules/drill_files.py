"""A drill (`notifier simulate --drill day.yaml`) -> a `Drill`, or all its problems.

```yaml
drill: mothers-day
day: 2026-05-10                       # the local day that is played
timezone: America/Bogota              # where
site: restaurant-la-macarena          # whose rows count; all where it is left out
from: 2026-05-08T08:00:00-05:00       # when the clock starts; default: now
happens:                              # what the day brings, as change sets
  - at: 2026-05-10T12:40:00-05:00
    set: { appointment: [{ id: R-1, status: cancelled }] }
who:                                  # whom the day touches
  - of: appointment
    when: appointment.kind == 'reservation'
    at: appointment.starts_at         # when; the begin of the day where it is left out
    people: appointment.party_size    # how many they are; one where it is left out, or nobody knows
    among_them: { children: appointment.attributes.children }
unannounced: { "12": 20, "13": 35 }   # people who come besides, by local hour
stay: 90m                             # how long each stays
needs:
  servers: { people_each: 12, have: 4, owner: dining-room }
  lunches: { people_each: 1, have: 150, used_up: true }
  games: { people_each: 10, have: 1, only_for: children }   # not needed, and not shown, where none comes
plan:                                 # what the company would do
  have: { servers: 7, lunches: 180 }
  with: [extra_rules.yaml]
  without: [celebration-day-reservation]
```
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from notifier.model.columns import utc
from notifier.model.formats import zone_name
from notifier.model.problems import Place, Problem, ProblemsError, did_you_mean
from notifier.model.schema import Schema
from notifier.model.types import TopicType, ValueType
from notifier.model.values import parse_value
from notifier.rules.checked import Project
from notifier.rules.checked_rules import Condition
from notifier.rules.conditions import Scope
from notifier.rules.expression_reader import ExpressionReader
from notifier.rules.expressions import Expression
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.plan_files import listed
from notifier.rules.quantities import positive_span
from notifier.rules.shapes import ByEntity, Form, Key, Named, Shape
from notifier.rules.yaml_nodes import ListNode, MappingNode, Node, ScalarNode
from notifier.rules.yaml_reader import read_yaml_file

WHO = Shape(
    what="whom the day touches",
    keys=(
        Key(name="of", form=Form.TEXT, about="the entity of the rows", required=True, names=Named.ENTITY),
        Key(name="when", form=Form.EXPRESSIONS, about="which of them; all hold"),
        Key(name="at", form=Form.EXPRESSION, about="when the day touches the row: appointment.starts_at"),
        Key(name="people", form=Form.EXPRESSION, about="how many people come for it; one where nobody knows"),
        Key(
            name="among_them",
            form=Form.NAMED,
            about="how many of them are of a group, by its name: children: appointment.attributes.children",
            short=Form.EXPRESSION,
        ),
    ),
)
NEED = Shape(
    what="a need of a drill",
    keys=(
        Key(name="people_each", form=Form.WHOLE, about="how many people one of it is enough for", required=True),
        Key(name="have", form=Form.WHOLE, about="how much of it there is", required=True),
        Key(name="used_up", form=Form.TRUTH, about="it lasts for the day, as what is in stock does"),
        Key(name="only_for", form=Form.TEXT, about="a group of `among_them`: without any of it, nothing is needed"),
        Key(name="owner", form=Form.TEXT, about="who sees to it", names=Named.OWNER),
    ),
)
HAPPENS = Shape(
    what="what a drill's day brings",
    keys=(
        Key(name="at", form=Form.SCALAR, about="when, with its zone", required=True),
        Key(name="set", form=Form.NAMED, about="rows by entity, as in a change set", by_entity=ByEntity.ROWS),
        Key(name="delete", form=Form.NAMED, about="ids by entity", by_entity=ByEntity.IDS),
    ),
)
PLAN = Shape(
    what="the plan of a drill",
    keys=(
        Key(name="have", form=Form.NAMED, about="how much there is with the plan, by need", short=Form.SCALAR),
        Key(name="with", form=Form.TEXTS, about="rule files, beside the drill, whose rules are added or replaced"),
        Key(name="without", form=Form.TEXTS, about="rules and checks that are left out", names=Named.RULE),
    ),
)
DRILL_FILE = Shape(
    what="a drill",
    keys=(
        Key(name="drill", form=Form.TEXT, about="its name", required=True),
        Key(name="day", form=Form.SCALAR, about="the local day that is played: 2026-05-10", required=True),
        Key(name="timezone", form=Form.TEXT, about="where that day is: America/Bogota", required=True),
        Key(name="site", form=Form.TEXT, about="the id of the site whose rows count; all where left out"),
        Key(name="from", form=Form.SCALAR, about="when the clock starts, with its zone; default: now"),
        Key(name="happens", form=Form.LIST, about="what the day brings, as change sets", shape=HAPPENS),
        Key(name="who", form=Form.ENTRIES, about="whom the day touches", shape=WHO, required=True),
        Key(
            name="unannounced",
            form=Form.NAMED,
            about="people who come besides, by local hour: '12': 20",
            short=Form.SCALAR,
        ),
        Key(name="stay", form=Form.TEXT, about="how long people stay: 90m; an hour where left out"),
        Key(name="needs", form=Form.NAMED, about="what people need while they are there, by name", shape=NEED),
        Key(name="plan", form=Form.MAPPING, about="what the company would do", shape=PLAN),
    ),
)
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Touched:
    """Rows that the day touches. Conditions and values call the row by its entity."""

    entity: str
    when: Sequence[Condition] = ()
    at: Expression | None = None
    people: Expression | None = None
    groups: Mapping[str, Expression] = field(default_factory=dict)
    """How many of the people are of a group, by its name."""


@dataclass(frozen=True, kw_only=True)
class DrillNeed:
    """What people need."""

    name: str
    people_each: int
    have: int
    planned: int
    used_up: bool = False
    owner: str | None = None
    group: str | None = None
    """Only this group of the people needs it; None: all of them."""


@dataclass(frozen=True, kw_only=True)
class Happens:
    """Something that the day brings; the document of a change set, not read yet."""

    place: Place
    document: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Drill:
    """A day that is foreseen, and what the company would do."""

    name: str
    begins_at: datetime
    """The first instant of the local day (aware UTC)."""
    ends_at: datetime
    """The first instant of the day after it."""
    timezone: str
    who: Sequence[Touched]
    site: str | None = None
    starts_at: datetime | None = None
    """When the clock starts; None: now."""
    happens: Sequence[Happens] = ()
    unannounced: Mapping[int, int] = field(default_factory=dict)
    """People by local hour."""
    stay: timedelta = AN_HOUR
    needs: Sequence[DrillNeed] = ()
    added: Sequence[Path] = ()
    without: Sequence[str] = ()

    @property
    def changes_rules(self) -> bool:
        """Whether the plan has other rules."""
        return bool(self.added or self.without)


def read_drill(path: Path, project: Project) -> Drill:
    """The drill in a file. Raises ProblemsError with every problem."""
    node = read_yaml_file(path, path.name)
    if node is None:
        raise ProblemsError([Problem(Place(path.name), "the drill is empty; it needs 'drill', 'day' and 'who'")])
    findings = Findings()
    drill = _Reading(Fields(node, DRILL_FILE, findings), path, project, findings).drill()
    if findings or drill is None:
        raise ProblemsError(findings.problems)
    return drill


class _Reading:
    def __init__(self, fields: Fields, path: Path, project: Project, findings: Findings) -> None:
        self._fields = fields
        self._path = path
        self._project = project
        self._findings = findings

    def drill(self) -> Drill | None:
        """None where something is wrong, which is added to the findings."""
        fields = self._fields
        plan = self._plan()
        zone = fields.converted("timezone", zone_name)
        day = self._converted("day", date.fromisoformat, "is no day; write it like 2026-05-10")
        starts_at = self._converted("from", _instant, "")
        stay = fields.converted("stay", positive_span) or AN_HOUR
        who = [self._touched(item, self._project.schema) for item in fields.items("who")]
        groups = {name for each in who if each is not None for name in each.groups}
        needs = [self._need(entry.key, entry.value, plan, groups) for entry in fields.named("needs")]
        self._refuse_unknown_needs(plan, {need.name for need in needs})
        self._refuse_unknown_rules(plan)
        happens = [self._happens(item) for item in fields.items("happens")]
        unannounced = self._hours()
        added = tuple(self._path.parent / name for name in ([] if plan is None else plan.texts("with")))
        if self._findings or zone is None or day is None:
            return None
        begins_at = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
        following = day + timedelta(days=1)
        ends_at = datetime(following.year, following.month, following.day, tzinfo=ZoneInfo(zone))
        return Drill(
            name=fields.text("drill"),
            begins_at=utc(begins_at),
            ends_at=utc(ends_at),
            timezone=zone,
            site=fields.optional_text("site"),
            starts_at=starts_at,
            happens=happens,
            who=[each for each in who if each is not None],
            unannounced=unannounced,
            stay=stay,
            needs=needs,
            added=added,
            without=() if plan is None else plan.texts("without"),
        )

    def _plan(self) -> Fields | None:
        node = self._fields.node("plan")
        return None if node is None else Fields(node, PLAN, self._findings)

    def _converted(self, key: str, convert: Any, what: str) -> Any:
        node = self._fields.scalar(key)
        if node is None:
            return None
        try:
            return convert(node.text)
        except ValueError as error:
            self._findings.add(node.place, f"'{node.text}' {what}" if what else str(error))
            return None

    def _touched(self, item: Node, schema: Schema) -> Touched | None:
        fields = Fields(item, WHO, self._findings)
        entity = fields.reference("of", tuple(schema.entities), "entity", "the state")
        if entity not in schema.entities:
            return None
        reader = ExpressionReader(Scope(schema, {entity: entity}, ()), self._findings)
        at, people = reader.value(fields.scalar("at")), reader.value(fields.scalar("people"))
        if at is not None and at.type is not ValueType.TIMESTAMP:
            self._findings.add(fields.key_place("at"), "'at' is an instant of the row: appointment.starts_at")
        if people is not None and people.type is not ValueType.INT:
            self._findings.add(fields.key_place("people"), "'people' is a whole number of the row")
        groups: dict[str, Expression] = {}
        for entry in fields.named("among_them"):
            number = reader.value(entry.value) if isinstance(entry.value, ScalarNode) else None
            if number is not None and number.type is not ValueType.INT:
                self._findings.add(entry.value.place, f"'{entry.key.text}' is a whole number of the row")
            elif number is not None:
                groups[entry.key.text] = number
        conditions = reader.conditions(fields.scalars("when"))
        return Touched(entity=entity, when=conditions, at=at, people=people, groups=groups)

    def _need(self, name: ScalarNode, node: Node, plan: Fields | None, groups: Collection[str]) -> DrillNeed:
        fields = Fields(node, NEED, self._findings)
        each, have = fields.whole("people_each") or 0, fields.whole("have") or 0
        if "people_each" in fields and each < 1:
            self._findings.add(fields.key_place("people_each"), "'people_each' is at least 1")
        owner = fields.optional_text("owner")
        if owner is not None:
            fields.reference("owner", self._project.owners, "owner", "rules/owners.yaml")
        group = fields.optional_text("only_for")
        if group is not None:
            fields.reference("only_for", groups, "group", "among_them of who")
        planned = have
        for entry in () if plan is None else plan.named("have"):
            if entry.key.text == name.text:
                planned = self._count(entry.value, f"how much of {name.text} there is")
        return DrillNeed(
            name=name.text,
            people_each=max(each, 1),
            have=have,
            planned=planned,
            used_up=fields.truth("used_up"),
            owner=owner,
            group=group,
        )

    def _refuse_unknown_needs(self, plan: Fields | None, known: set[str]) -> None:
        for entry in () if plan is None else plan.named("have"):
            if entry.key.text not in known:
                what = f"the drill needs no '{entry.key.text}'; name it under 'needs'"
                self._findings.add(entry.key.place, what)

    def _refuse_unknown_rules(self, plan: Fields | None) -> None:
        known = [*self._project.rules, *self._project.checks]
        for node in () if plan is None else plan.scalars("without"):
            if node.text not in known:
                what = f"there is no rule or check '{node.text}'{did_you_mean(node.text, known) or listed(known)}"
                self._findings.add(node.place, what)

    def _count(self, node: Node, what: str) -> int:
        value = node.value if isinstance(node, ScalarNode) else None
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self._findings.add(node.place, f"{what} is a whole number from 0 on")
        return 0

    def _hours(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for entry in self._fields.named("unannounced"):
            if not (entry.key.text.isdecimal() and int(entry.key.text) < 24):
                self._findings.add(entry.key.place, f"'{entry.key.text}' is no hour of the day: '0' to '23', quoted")
                continue
            found[int(entry.key.text)] = self._count(entry.value, "how many people come")
        return found

    def _happens(self, item: Node) -> Happens:
        Fields(item, HAPPENS, self._findings)
        document = as_written(item)
        return Happens(place=item.place, document=document if isinstance(document, dict) else {})


def as_written(node: Node) -> Any:
    """The data of a node, with exact decimals."""
    match node:
        case ScalarNode():
            return node.value
        case ListNode():
            return [as_written(item) for item in node.items]
        case MappingNode():
            return {entry.key.text: as_written(entry.value) for entry in node.entries}


def _instant(text: str) -> datetime:
    value = parse_value(TopicType.TIMESTAMP, text)
    assert isinstance(value, datetime)
    return value
