"""One item of `checks:` -> a checked comparison, or its problems."""

from dataclasses import replace
from datetime import timedelta

from notifier.model.problems import one_of
from notifier.model.types import TopicType, ValueType
from notifier.model.vocabulary import VALUES
from notifier.rules import shapes
from notifier.rules.catalogue import OWNERS, Catalogue
from notifier.rules.catalogue_files import check_identifier, check_name
from notifier.rules.checked_checks import Check, Hold, Implied, Tolerance, Topic
from notifier.rules.checked_rules import OTHER, PROMISE
from notifier.rules.claims import fits
from notifier.rules.companions import currency_of, tax_included_of
from notifier.rules.conditions import Scope, parse_value
from notifier.rules.expression_reader import ExpressionReader
from notifier.rules.expressions import NUMERIC, Expression, Literal, Sum
from notifier.rules.fields import Fields, converted
from notifier.rules.findings import Findings
from notifier.rules.limits import within_limits
from notifier.rules.quantities import span, tolerance
from notifier.rules.sums import as_one_sum
from notifier.rules.yaml_nodes import Node, ScalarNode

SUBJECTS = VALUES["promise"]["subject_type"]
"""What a promise may be about."""
DEFAULT_SEVERITY = "medium"
_OF_FACTS = ("promised", "on", "when", "actual", "actual_until", "valid_at", "tolerance")
"""The keys that apply only to a comparison with a fact's rows."""
_RECORDED_ONLY = (TopicType.DURATION, TopicType.WINDOW, TopicType.QUANTITY, TopicType.OPENING_HOURS)
"""The types of which no business row says a value by itself."""


def read_check(node: Node, catalogue: Catalogue, findings: Findings) -> Check | None:
    """The check without its digest; None when anything is wrong, which is added to `findings`."""
    return _CheckReader(Fields(node, shapes.CHECK, findings), catalogue, findings).check()


class _CheckReader:
    def __init__(self, fields: Fields, catalogue: Catalogue, findings: Findings) -> None:
        self._fields = fields
        self._catalogue = catalogue
        self._findings = findings

    def check(self) -> Check | None:
        fields = self._fields
        if not within_limits(fields, self._findings):
            return None
        if name := fields.scalar("check"):
            check_name(name, self._findings)
        promise = fields.scalar("promise")
        topic = self._catalogue.topic(promise, self._findings) if promise is not None else None
        owner = fields.reference("owner", self._catalogue.owners, "owner", OWNERS)
        warn = fields.converted("warn", span) or timedelta(0)
        hold = self._hold()
        reader = self._reader()
        if topic is None or reader is None:
            return None
        check = Check(
            name=fields.text("check"),
            place=fields.place,
            topic=topic.name,
            topic_type=topic.type,
            worse=topic.worse,
            unit=topic.unit,
            tolerance=self._tolerance(topic),
            surfaces_at=self._surfaces_at(reader),
            warn=warn,
            owner=owner,
            severity=fields.text("severity") or DEFAULT_SEVERITY,
            hold=hold,
            avoids=self._avoids(),
        )
        if "kept_when" in fields:
            check = self._kept_by(check, reader)
        elif fields.text("against") == PROMISE:
            check = self._among_promises(check, reader)
        else:
            check = self._compared(check, topic, reader)
        if check.implied is None:
            check = replace(check, not_superseded=self._catalogue.not_superseded[PROMISE])
        of_rows = isinstance(check.actual, Sum) and check.actual_currency is not None
        if of_rows and check.implied is not None and check.implied.currency is None:
            self._findings.add(
                fields.key_place("promised"),
                "a sum of money is held against an amount that has a currency; let 'value' be the amount of a row",
            )
        return None if self._findings else check

    def _reader(self) -> ExpressionReader | None:
        """The reader of the check's expressions: over the fact's row, or over the promise with `kept_when`."""
        fields, schema = self._fields, self._catalogue.schema
        if "kept_when" in fields:
            if "against" in fields:
                self._findings.add(fields.key_place("kept_when"), "'kept_when' and 'against' exclude each other")
                return None
            return ExpressionReader(Scope(schema, {"promise": "promise"}), self._findings)
        if "against" not in fields:
            self._findings.add(
                fields.place, "a check needs 'against' (a fact's rows) or 'kept_when' (what must come true in time)"
            )
            return None
        against = fields.reference("against", schema.entities, "entity", "the state")
        if against not in schema.entities:
            return None
        names = {OTHER if against == PROMISE else against: against}
        if "promised" not in fields:
            names[PROMISE] = PROMISE
        return ExpressionReader(Scope(schema, names), self._findings)

    def _among_promises(self, check: Check, reader: ExpressionReader) -> Check:
        """The check with its comparison to other promises of the topic: of the same subject, and of those that `on`
        leads to. The values are what both promise, so nothing else says them."""
        fields, schema = self._fields, self._catalogue.schema
        for key in ("promised", "actual", "actual_until", "valid_at"):
            if key in fields:
                self._findings.add(
                    fields.key_place(key), f"'{key}' is not needed with 'against: promise': both values are promised"
                )
        found = ExpressionReader(Scope(schema, {OTHER: PROMISE}), self._findings)
        return replace(
            check,
            against=PROMISE,
            on=self._on(found),
            when=reader.conditions(fields.scalars("when")),
            actual=parse_value(f"{OTHER}.value", found.scope, fields.place),
            actual_currency=parse_value(f"{OTHER}.currency", found.scope, fields.place),
            actual_tax_included=parse_value(f"{OTHER}.tax_included", found.scope, fields.place),
            other_not_superseded=self._catalogue.not_superseded[OTHER],
        )

    def _compared(self, check: Check, topic: Topic, reader: ExpressionReader) -> Check:
        """The check with its comparison to the fact's rows."""
        fields, schema = self._fields, self._catalogue.schema
        self._need(("on", "actual"), "with 'against'")
        against = fields.text("against")
        actual = self._actual(topic, reader)
        amount = actual.value if isinstance(actual, Sum) else actual
        on = self._on(ExpressionReader(Scope(schema, {against: against}), self._findings))
        return replace(
            check,
            implied=self._implied(topic, on),
            against=against,
            on=on,
            when=reader.conditions(fields.scalars("when")),
            actual=actual,
            actual_currency=currency_of(amount, schema) if amount else None,
            actual_tax_included=tax_included_of(amount, schema) if amount else None,
            actual_until=self._actual_until(topic, reader),
            valid_at=self._valid_at(reader),
        )

    def _actual_until(self, topic: Topic, reader: ExpressionReader) -> Expression | None:
        node = self._fields.scalar("actual_until")
        if node is not None and topic.type is not TopicType.WINDOW:
            self._findings.add(node.place, f"'actual_until' is for windows; '{topic.name}' is a {topic.type}")
        return self._instant("actual_until", node, reader)

    def _valid_at(self, reader: ExpressionReader) -> tuple[Expression, ...]:
        if "promised" in self._fields and "valid_at" in self._fields:
            self._findings.add(
                self._fields.key_place("valid_at"), "what the state promises holds while it says so; remove 'valid_at'"
            )
        found = (self._instant("valid_at", node, reader) for node in self._fields.scalars("valid_at"))
        return tuple(moment for moment in found if moment is not None)

    def _implied(self, topic: Topic, on: tuple[Expression, ...]) -> Implied | None:
        """What the row at the end of `on` promises by itself."""
        node = self._fields.node("promised")
        if node is None:
            return None
        fields, schema = Fields(node, shapes.PROMISED, self._findings), self._catalogue.schema
        if topic.type in _RECORDED_ONLY:
            self._findings.add(node.place, f"a {topic.type} can be promised only by a promise that is recorded")
            return None
        if len(on) != 1 or on[0].entity is None:
            self._findings.add(node.place, "'promised' needs one path in 'on': it leads to the row that promises")
            return None
        reader = ExpressionReader(Scope(schema, {on[0].entity: on[0].entity}), self._findings)
        written = fields.scalar("value")
        value = reader.value(written)
        if written is None or value is None:
            return None
        plain = isinstance(value, Literal) and value.type in NUMERIC
        if not (plain and topic.type is TopicType.MONEY):  # its currency is the fact's
            fits(written, value, topic, self._catalogue, self._findings)
        return Implied(
            entity=on[0].entity,
            value=value,
            currency=currency_of(value, schema),
            tax_included=tax_included_of(value, schema),
            when=reader.conditions(fields.scalars("when")),
        )

    def _kept_by(self, check: Check, reader: ExpressionReader) -> Check:
        """The check with its `kept_when`: what must happen in time."""
        fields = self._fields
        self._need(("surfaces_at", "warn"), "with 'kept_when'")
        for key in _OF_FACTS:
            if key in fields:
                self._findings.add(
                    fields.key_place(key), f"'{key}' belongs to 'against', not to 'kept_when'; remove it"
                )
        return replace(check, kept_when=reader.conditions(fields.scalars("kept_when")))

    def _need(self, keys: tuple[str, ...], when: str) -> None:
        about = {key.name: key.about for key in shapes.CHECK.keys}
        for key in keys:
            if key not in self._fields:
                self._findings.add(self._fields.place, f"{when} a check needs '{key}': {about[key]}")

    def _on(self, reader: ExpressionReader) -> tuple[Expression, ...]:
        paths = []
        for node in self._fields.scalars("on"):
            path = reader.path(node)
            if path is None:
                continue
            if path.type is not ValueType.ENTITY:
                self._findings.add(node.place, f"'{node.text}' leads to many rows; a promise is about one")
            elif path.entity not in SUBJECTS:
                self._findings.add(
                    node.place, f"a promise is never about a {path.entity}; it may be about one of {one_of(SUBJECTS)}"
                )
            paths.append(path)
        return tuple(paths)

    def _actual(self, topic: Topic, reader: ExpressionReader) -> Expression | None:
        node = self._fields.scalar("actual")
        actual = reader.value(node)
        if node is None or actual is None:
            return actual
        actual = as_one_sum(actual, self._catalogue.schema)
        if isinstance(actual, Sum):  # whoever compares sees the currency of each row
            actual = replace(actual, currency=None)
        fits(node, actual, topic, self._catalogue, self._findings, sums=True)
        return actual

    def _tolerance(self, topic: Topic) -> Tolerance:
        node = self._fields.scalar("tolerance")
        if node is None:
            return topic.tolerance or Tolerance()
        return converted(node, lambda text: tolerance(text, topic.type), self._findings) or Tolerance()

    def _surfaces_at(self, reader: ExpressionReader) -> Expression | None:
        return self._instant("surfaces_at", self._fields.scalar("surfaces_at"), reader)

    def _instant(self, key: str, node: ScalarNode | None, reader: ExpressionReader) -> Expression | None:
        moment = reader.value(node)
        if node is not None and moment is not None and moment.type is not ValueType.TIMESTAMP:
            self._findings.add(node.place, f"'{key}' is a timestamp; '{node.text}' is a {moment.type}")
        return moment

    def _avoids(self) -> str | None:
        """What is spared. A name without a cost is counted without one: the figure is the company's own."""
        node = self._fields.scalar("avoids")
        if node is None:
            return None
        check_identifier(node, self._findings)
        return node.text

    def _hold(self) -> Hold:
        node = self._fields.node("hold")
        if node is None:
            return Hold()
        fields = Fields(node, shapes.HOLD, self._findings)
        topics = [self._catalogue.topic(scalar, self._findings) for scalar in fields.scalars("topics")]
        return Hold(
            topics=tuple(topic.name for topic in topics if topic is not None),
            rules=fields.references("rules", self._catalogue.rule_names, "rule", "the project"),
        )
