"""A scenario file (`rules/**/*.test.yaml`) -> scenarios, or every problem of the file at once."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from notifier.model.contradictions import ContradictionState
from notifier.model.notices import NoticeState
from notifier.model.problems import ProblemsError, did_you_mean
from notifier.model.schema import Schema
from notifier.model.types import ChannelName
from notifier.rules import catalogue, shapes
from notifier.rules.checked import Project
from notifier.rules.fields import Fields, unique_entries
from notifier.rules.findings import Findings, unknown
from notifier.rules.forecasting import forecasts_of
from notifier.rules.quantities import positive_span
from notifier.rules.scenario_steps import instant, read_decision, read_edit, read_opt_out, skew
from notifier.rules.scenario_values import (
    Expectation,
    ExpectedAlert,
    ExpectedContradiction,
    ExpectedNotice,
    RuleEdit,
    Scenario,
    ScenarioLearned,
    ScenarioOptOut,
    ScenarioReceipt,
    ScenarioReply,
    ScenarioRow,
    TimelineEntry,
)
from notifier.rules.yaml_nodes import Entry, ListNode, MappingNode, Node, ScalarNode, ScalarValue, kind_of
from notifier.rules.yaml_reader import read_yaml, read_yaml_file

__all__ = [
    "Expectation",
    "ExpectedAlert",
    "ExpectedContradiction",
    "ExpectedNotice",
    "RuleEdit",
    "Scenario",
    "ScenarioLearned",
    "ScenarioOptOut",
    "ScenarioReceipt",
    "ScenarioReply",
    "ScenarioRow",
    "TimelineEntry",
    "load_scenarios",
    "written_columns",
]

T = TypeVar("T")

ATTRIBUTES = "attributes"
LEARNED_CASES = 100
"""The completed rows behind what was learned, where a scenario does not say it."""


def load_scenarios(path: Path, project: Project, content: bytes | None = None) -> list[Scenario]:
    """The scenarios of one file, or of what is to be written there. Raises ProblemsError with every problem of it."""
    root = project.folder.resolve()
    full = path.resolve()
    file = full.relative_to(root).as_posix() if full.is_relative_to(root) else str(path)
    node = read_yaml_file(path, file) if content is None else read_yaml(content, file)
    findings = Findings()
    scenarios = _ScenarioReader(full.parent, project, findings).scenarios(node) if node is not None else []
    if findings:
        raise ProblemsError(findings.problems)
    return scenarios


class _ScenarioReader:
    def __init__(self, folder: Path, project: Project, findings: Findings) -> None:
        self._folder = folder
        self._project = project
        self._findings = findings
        rules, checks = project.rules.values(), project.checks.values()  # also of files that are not on disk yet
        self._read = {rule.place.file for rule in rules} | {check.place.file for check in checks}

    def scenarios(self, node: Node) -> list[Scenario]:
        items = Fields(node, shapes.SCENARIO_FILE, self._findings).items("scenarios")
        scenarios = [self._scenario(Fields(item, shapes.SCENARIO, self._findings)) for item in items]
        lines: dict[str, int] = {}
        for scenario in scenarios:
            if scenario.name and scenario.name in lines:
                self._findings.add(
                    scenario.place, f"this scenario is on line {lines[scenario.name]} already; rename one"
                )
            lines.setdefault(scenario.name, scenario.place.line)
        return scenarios

    def _scenario(self, fields: Fields) -> Scenario:
        timeline = [self._entry(item) for item in fields.items("timeline")]
        read = tuple(entry for entry in timeline if entry is not None)
        for earlier, later in pairwise(read):
            if later.at < earlier.at:
                self._findings.add(later.place, f"this entry is before the one on line {earlier.place.line}; sort them")
        if "timeline" in fields and not timeline:
            self._findings.add(fields.key_place("timeline"), "'timeline' has no entry; a scenario begins at its first")
        return Scenario(
            name=fields.text("scenario"),
            place=fields.place,
            files=tuple(self._rule_file(node) for node in fields.scalars("rules")),
            given=self._rows(fields.named("given")),
            learned=tuple(each for item in fields.items("learned") if (each := self._learned(item)) is not None),
            timeline=read,
        )

    def _learned(self, item: Node) -> ScenarioLearned | None:
        fields = Fields(item, shapes.SCENARIO_LEARNED, self._findings)
        rule = self._project.rules.get(self._rule(fields) or "")
        left, probability = fields.converted("left", positive_span), fields.converted("probability", _thousandths)
        cases = fields.whole("cases")
        if rule is None or left is None:
            return None
        used = [each for each in forecasts_of(rule) if probability in (None, each.probability)]
        if not used:
            what = f"the rule {rule.name} has no such forecast, so nothing of what was learned matters to it"
            self._findings.add(item.place, what)
        return ScenarioLearned(
            place=item.place, forecasts=tuple(used), left=left, cases=LEARNED_CASES if cases is None else cases
        )

    def _rule_file(self, node: ScalarNode) -> str:
        """The path relative to the project folder of a file given relative to the scenario's folder."""
        path = (self._folder / node.text).resolve()
        root = self._project.folder.resolve()
        known = path.is_relative_to(root) and (path.is_file() or path.relative_to(root).as_posix() in self._read)
        if path.suffix != ".yaml" or not known:
            nearby = [file.name for file in self._folder.glob("*.yaml") if not file.name.endswith(".test.yaml")]
            close = did_you_mean(node.text, nearby)
            self._findings.add(node.place, f"there is no rule file '{node.text}' next to the scenario{close}")
            return node.text
        return path.relative_to(root).as_posix()

    def _entry(self, item: Node) -> TimelineEntry | None:
        fields = Fields(item, shapes.TIMELINE_ENTRY, self._findings)
        at = fields.converted("at", instant)
        expect = fields.node("expect")
        entry_set = self._rows(fields.named("set"))
        delete = self._deletes(fields.named("delete"))
        receipts = [self._receipt(node) for node in fields.items("receipts")]
        replies = [self._reply(node) for node in fields.items("replies")]
        opt_outs = [read_opt_out(node, self._findings) for node in fields.items("opt_out")]
        decisions = [read_decision(node, self._project, self._findings) for node in fields.items("decide")]
        edits = [read_edit(node, self._project, self._findings) for node in fields.items("rule_edit")]
        down_until, clock_skew = fields.converted("down_until", instant), fields.converted("clock_skew", skew)
        expectation = self._expectation(expect) if expect is not None else None
        if at is None:
            return None
        if down_until is not None and down_until <= at:
            self._findings.add(
                fields.key_place("down_until"), "'down_until' is not after 'at'; the daemon is never off"
            )
        return TimelineEntry(
            place=item.place,
            at=at,
            set=entry_set,
            delete=delete,
            receipts=tuple(each for each in receipts if each is not None),
            replies=tuple(each for each in replies if each is not None),
            opt_out=tuple(each for each in opt_outs if each is not None),
            decide=tuple(each for each in decisions if each is not None),
            rule_edit=tuple(each for each in edits if each is not None),
            restart=fields.truth("restart"),
            down_until=down_until,
            clock_skew=clock_skew,
            expect=expectation,
        )

    def _receipt(self, item: Node) -> ScenarioReceipt | None:
        fields = Fields(item, shapes.SCENARIO_RECEIPT, self._findings)
        customer, channel, state = fields.text("customer"), fields.text("channel"), fields.text("state")
        code = fields.text("code")
        if code and not (code.isascii() and code.isdecimal()):
            self._findings.add(fields.key_place("code"), f"'{code}' is no code of Twilio; write it like 30003")
        if not (customer and channel and state):
            return None
        return ScenarioReceipt(
            place=item.place,
            customer=customer,
            channel=ChannelName(channel),
            delivered=state == "delivered",
            code=int(code) if code.isdecimal() else None,
        )

    def _reply(self, item: Node) -> ScenarioReply | None:
        fields = Fields(item, shapes.SCENARIO_REPLY, self._findings)
        customer, text = fields.text("customer"), fields.text("text")
        channel = fields.text("channel") or ChannelName.SMS
        if not (customer and text):
            return None
        return ScenarioReply(place=item.place, customer=customer, text=text, channel=ChannelName(channel))

    def _rows(self, entries: Sequence[Entry]) -> tuple[ScenarioRow, ...]:
        rows: list[ScenarioRow | None] = []
        for entry in entries:
            entity = entry.key.text
            if self._is_written(entry.key):
                rows.extend(self._row(entity, item) for item in self._listed(entry))
        return tuple(row for row in rows if row is not None)

    def _deletes(self, entries: Sequence[Entry]) -> Mapping[str, tuple[str, ...]]:
        deletes = {}
        for entry in entries:
            if self._is_written(entry.key):
                ids = self._listed(entry)
                for odd in [item for item in ids if not isinstance(item, ScalarNode) or item.value is None]:
                    self._findings.add(odd.place, f"an id is a text, not {kind_of(odd)}")
                deletes[entry.key.text] = tuple(item.text for item in ids if isinstance(item, ScalarNode))
        return deletes

    def _is_written(self, key: ScalarNode) -> bool:
        """Whether it names an entity that can be written; adds a problem if not."""
        known = [name for name in self._project.schema.entities if written_columns(self._project.schema, name)]
        if key.text in known:
            return True
        computed = key.text in self._project.schema.entities
        what = (
            f"{key.text} rows are computed; remove them"
            if computed
            else unknown("entity", key.text, known, "the state")
        )
        self._findings.add(key.place, what)
        return False

    def _listed(self, entry: Entry) -> Sequence[Node]:
        if isinstance(entry.value, ListNode):
            return entry.value.items
        self._findings.add(entry.value.place, f"'{entry.key.text}' has a list, not {kind_of(entry.value)}")
        return ()

    def _row(self, entity: str, item: Node) -> ScenarioRow | None:
        if not isinstance(item, MappingNode):
            self._findings.add(item.place, f"a row is a mapping, not {kind_of(item)}")
            return None
        values: dict[str, ScalarNode] = {}
        for entry in unique_entries(item, self._findings):
            if entry.key.text == ATTRIBUTES and isinstance(entry.value, MappingNode):
                for inner in unique_entries(entry.value, self._findings):
                    self._put(values, entity, f"{ATTRIBUTES}.{inner.key.text}", inner)
            else:
                self._put(values, entity, entry.key.text, entry)
        return ScenarioRow(
            entity=entity,
            place=item.place,
            values={name: node.value for name, node in values.items()},
            places={name: node.place for name, node in values.items()},
        )

    def _put(self, values: dict[str, ScalarNode], entity: str, column: str, entry: Entry) -> None:
        known = written_columns(self._project.schema, entity)
        if column not in known:
            remedy = did_you_mean(column, known)
            if column in self._project.schema.entities[entity].fields:
                remedy = "; it is computed"
            elif column.startswith(f"{ATTRIBUTES}."):
                remedy = remedy or f"; declare it in {catalogue.ATTRIBUTES}"
            self._findings.add(entry.key.place, f"{entity} has no column '{column}'{remedy}")
        elif isinstance(entry.value, ScalarNode):
            values[column] = entry.value
        else:
            self._findings.add(entry.value.place, f"'{column}' is one value, not {kind_of(entry.value)}")

    def _expectation(self, node: Node) -> Expectation:
        fields = Fields(node, shapes.EXPECT, self._findings)
        return Expectation(
            place=node.place,
            notices=self._each(fields, "notices", self._notice),
            corrections=self._each(fields, "corrections", self._notice),
            follow_ups=self._each(fields, "follow_ups", self._notice),
            contradictions=self._each(fields, "contradictions", self._contradiction),
            alerts=self._each(fields, "alerts", self._alert),
        )

    def _each(self, fields: Fields, key: str, read: Callable[[Node], T]) -> tuple[T, ...] | None:
        return tuple(read(item) for item in fields.items(key)) if key in fields else None

    def _notice(self, item: Node) -> ExpectedNotice:
        fields = Fields(item, shapes.EXPECTED_NOTICE, self._findings)
        return ExpectedNotice(
            place=item.place,
            rule=self._rule(fields) or "",
            customer=fields.text("customer"),
            state=NoticeState(fields.text("state")) if fields.text("state") else None,
            channels=tuple(ChannelName(name) for name in fields.texts("channels")),
            sms_contains=fields.texts("sms_contains"),
            email_contains=fields.texts("email_contains"),
            whatsapp_contains=fields.texts("whatsapp_contains"),
            whatsapp_lacks=fields.texts("whatsapp_lacks"),
            sms_lacks=fields.texts("sms_lacks"),
            email_lacks=fields.texts("email_lacks"),
            calendar_contains=fields.texts("calendar_contains"),
            reason=fields.optional_text("reason"),
        )

    def _contradiction(self, item: Node) -> ExpectedContradiction:
        fields = Fields(item, shapes.EXPECTED_CONTRADICTION, self._findings)
        return ExpectedContradiction(
            place=item.place,
            check=self._check(fields) or "",
            subject=fields.text("subject"),
            promised=_value(fields.scalar("promised")),
            actual=_value(fields.scalar("actual")),
            owner=self._owner(fields),
            state=ContradictionState(fields.text("state")) if fields.text("state") else None,
        )

    def _alert(self, item: Node) -> ExpectedAlert:
        fields = Fields(item, shapes.EXPECTED_ALERT, self._findings)
        return ExpectedAlert(
            place=item.place,
            owner=self._owner(fields) or "",
            check=self._check(fields),
            rule=self._rule(fields),
            reason=fields.optional_text("reason"),
        )

    def _rule(self, fields: Fields) -> str | None:
        return fields.reference("rule", self._project.rules, "rule", "the project") or None

    def _check(self, fields: Fields) -> str | None:
        return fields.reference("check", self._project.checks, "check", "the project") or None

    def _owner(self, fields: Fields) -> str | None:
        return fields.reference("owner", self._project.owners, "owner", catalogue.OWNERS) or None


def written_columns(schema: Schema, entity: str) -> Sequence[str]:
    """The columns of a row in a scenario: those of an import, and what a person's decision writes."""
    names = [name for name, field in schema.entities[entity].fields.items() if field.imported or field.decided]
    if entity == "promise":
        names = ["subject" if name == "subject_type" else name for name in names if name != "subject_id"]
    return [*names, *(f"{ATTRIBUTES}.{name}" for name in schema.attributes.get(entity, {}))]


def _thousandths(text: str) -> int:
    try:
        thousandths = Decimal(text) * 1000
    except InvalidOperation as error:
        raise ValueError(f"'{text}' is no probability; write it like 0.8") from error
    return int(thousandths)


def _value(node: ScalarNode | None) -> ScalarValue:
    return node.value if node is not None else None
