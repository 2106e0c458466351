"""A checked check -> its statements: which promises to compare, with what, and when time alone changes the answer.

All are SQLAlchemy Core, run unchanged on SQLite and PostgreSQL, and work on whole sets of promises. A check whose `on`
names several paths has one branch for each: in a UNION every branch can use its own index.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from notifier.evaluation.dialects import Once
from notifier.evaluation.emitter import NOW, Emitter
from notifier.evaluation.lists import in_values
from notifier.evaluation.values import later
from notifier.model.columns import UtcTime
from notifier.model.schema import Schema
from notifier.promises.common_cause import CauseStatement, cause_statements
from notifier.promises.compare_sql import may_disagree
from notifier.promises.facts_path import OF_SAME_SUBJECT, facts_paths, promising_row
from notifier.promises.other_promises import other_compared
from notifier.promises.records import NOTICE, PromiseRow
from notifier.promises.triggers import SINCE, Statement, Triggers
from notifier.rules.checked_checks import Check, Implied
from notifier.rules.checked_rules import PROMISE
from notifier.rules.expressions import Expression
from notifier.rules.forecasting import forecasts_of

MaybeStatement = TypeVar("MaybeStatement", bound=Statement | None)
PROMISE_COLUMNS = tuple(name for name in PromiseRow.__dataclass_fields__ if name != "superseded")

PROMISE_BESIDE = {
    "customer_id": "customer_id",
    "subject_type": "subject_type",
    "subject_id": "subject_id",
    "promised": "value",
    "promised_currency": "currency",
    "promised_tax_included": "tax_included",
    "made_at": "made_at",
    "made_by": "made_by",
    "source": "source",
    "evidence": "evidence",
}
"""Columns of the promise that stand beside a fact, in their order: what each is called there."""


class CheckQuery:
    """The statements of one check. Parameters: `now` and `since` (instants), `promises` and `facts` (lists of ids).

    Where the state implies the promise, the ids of the rows that imply it stand for the ids of promises.
    Each statement is built on first use, and kept.
    """

    def __init__(self, check: Check, schema: Schema) -> None:
        self._check = check
        self._schema = schema
        self._about = promising_row(check)
        self._built: dict[str, Statement | None] = {}

    @cached_property
    def _triggers(self) -> Triggers:
        """Found on first use: a preview of one rule asks three of 45 checks."""
        return Triggers(self._check, self._schema)

    @cached_property
    def has_forecasts(self) -> bool:
        """Whether the check reads what was learned: each tick asks, so its expressions are walked once."""
        return bool(forecasts_of(self._check))

    @cached_property
    def causes(self) -> Sequence[CauseStatement]:
        """What tells what its contradictions have in common; kept, for to build it took as long as to execute it."""
        return list(cause_statements(self._check, self._schema))

    @property
    def check(self) -> Check:
        """The check that these are the statements of."""
        return self._check

    @property
    def entities(self) -> frozenset[str]:
        """The entities of all rows that the check reads: changes of other entities cannot matter to it."""
        return self._triggers.entities

    def changed_ids(self) -> Statement:
        """The promises that unconsumed changes touch (no parameters)."""
        return self._kept("changed", self._triggers.changed_ids)

    def due_ids(self) -> Statement | None:
        """The promises for which time alone may have changed something (now, since); None where it changes none."""
        return self._kept("due", self._triggers.due_ids)

    def instants(self) -> Statement | None:
        """The instants in (after, before] at which time alone may change something; None where there is none."""
        return self._kept("instants", self._triggers.instants)

    def indexed_columns(self) -> set[tuple[str, str]]:
        """The (table, column) pairs that an idle pass searches by time: each needs an index."""
        return self._triggers.indexed_columns()

    def promises(self) -> Statement:
        """The promises themselves, in any state (now, promises); read with `found_rows.read_promise`."""
        return self._kept("promises", self._promises)

    def alike(self) -> Statement | None:
        """The other promises of the same subject, topic and value as these (parameter promises): `other` of `id`.

        None where the state implies the promise: it does so once.
        """
        return None if self._check.implied is not None else self._kept("alike", self._alike)

    @property
    def opens_together(self) -> bool:
        """Whether `disagreeing` has the promise beside each fact, so that many may be opened together.

        Where there is one promise and one fact, that is; what the state implies was never said by anybody.
        """
        check = self._check
        return check.implied is None and not check.of_promises and not check.kept_when

    def disagreeing(self) -> Statement:
        """The rows that may disagree with these promises (now, promises); read with `found_rows.read_fact`.

        Where they may be opened together, `promises.opening_together` says which columns follow on those of the fact.

        For a check with `kept_when`, a row says of each promise that is due whether it is kept.
        """
        return self._kept("disagreeing", lambda: self._each_branch(self._disagreeing_rows, sa.union_all))

    def disagreeing_ids(self) -> Statement:
        """The promises contradicted by some row that surfaces after `since`, or never (now, since)."""
        return self._kept("disagreeing ids", lambda: self._each_branch(self._disagreeing_ids, sa.union))

    def surfaced(self, promise: sa.FromClause) -> sa.ColumnElement[bool] | None:
        """Whether this promise of the check's topic was put to the test until `now`.

        A fact about its subject surfaced in its validity, whatever `when` says of the fact now: a bill leaves it when
        it goes out. For a check with `kept_when`, its time is over. None where the state implies the promise,
        or another promise is held against it. `promise` is an alias that is not called `promise`.
        """
        if self._check.implied is not None or self._check.of_promises:
            return None
        branches = [self._surfaced(promise, path) for path in facts_paths(self._check)]
        branches = branches or [self._surfaced(promise, None)]
        return sa.or_(*branches)

    def members(self) -> Statement | None:
        """These rows as they are now, if they are facts about these promises, whatever `when` says and whether or not
        they agree (now, promises, facts). None for a check with `kept_when`."""
        if self._check.kept_when:
            return None
        return self._kept("members", lambda: self._each_branch(self._member_rows, sa.union_all))

    def _kept(self, name: str, build: Callable[[], MaybeStatement]) -> MaybeStatement:
        if name not in self._built:
            self._built[name] = build()
        return cast(MaybeStatement, self._built[name])

    # What is compared

    def _promises(self) -> Statement:
        if self._check.implied is not None:
            return self._implied(self._check.implied)
        emitter = Emitter(self._schema, {PROMISE: PROMISE})
        promise, condition = emitter.root(PROMISE), self._check.not_superseded
        superseded = sa.false() if condition is None else emitter.fails(condition)
        columns = [*(promise.c[name] for name in PROMISE_COLUMNS), superseded.label("superseded")]
        return sa.select(*columns).select_from(emitter.from_clause()).where(in_values(promise.c.id, "promises"))

    def _implied(self, implied: Implied) -> Statement:
        """What business rows promise by themselves, and whether they do."""
        emitter = Emitter(self._schema, {implied.entity: implied.entity})
        row = emitter.root(implied.entity)
        customer = "id" if implied.entity == "customer" else "customer_id"
        optional = {"currency": implied.currency, "tax_included": implied.tax_included}
        columns = [
            row.c.id,
            (row.c[customer] if customer in row.c else sa.null()).label("customer_id"),
            sa.literal(implied.entity, sa.String).label("subject_type"),
            row.c.id.label("subject_id"),
            emitter.value(implied.value).label("value"),
            *((sa.null() if each is None else emitter.value(each)).label(name) for name, each in optional.items()),
            sa.and_(sa.true(), *(emitter.holds(condition) for condition in implied.when)).label("is_promised"),
        ]
        return sa.select(*columns).select_from(emitter.from_clause()).where(in_values(row.c.id, "promises"))

    def _alike(self) -> Statement:
        table = self._schema.entities[PROMISE].table
        promise, other = table.alias(), table.alias()
        same = [promise.c[name] == other.c[name] for name in ("subject_id", "subject_type", "value")]
        # As in `_of_topic`: of a topic there are many promises, of a subject few.
        same += [promise.c.topic == sa.func.coalesce(other.c.topic, sa.null()), promise.c.id != other.c.id]
        both = promise.join(other, sa.and_(*same))
        chosen = in_values(promise.c.id, "promises")
        return sa.select(promise.c.id, other.c.id.label("other")).select_from(both).where(chosen)

    def _each_branch(
        self,
        select: Callable[[Expression | None], Statement],
        union: Callable[..., sa.CompoundSelect[Any]],
    ) -> Statement:
        branches = [select(path) for path in facts_paths(self._check)] or [select(None)]
        return branches[0] if len(branches) == 1 else sa.select(union(*branches).subquery())

    def _disagreeing_rows(self, on: Expression | None) -> Statement:
        if on is None:
            emitter, conditions, surfaces_at = self._to_be_kept()
            promise = emitter.root(PROMISE)
            columns: tuple[sa.ColumnElement[Any], ...] = (
                promise.c.id.label("promise_id"),
                surfaces_at.label("surfaces_at"),
                sa.not_(self._not_kept(emitter)).label("is_kept"),
            )
        else:
            emitter, conditions = self._facts(on)
            self._work_out_once(emitter)
            promise = emitter.root(self._about.name)
            columns = self._fact_columns(emitter)
            if self.opens_together:
                columns += tuple(promise.c[name].label(label) for label, name in PROMISE_BESIDE.items())
            conditions += [*self._when(emitter), may_disagree(self._check, self._schema, emitter)]
        chosen = in_values(promise.c.id, "promises")
        of_topic = self._of_topic(promise, sought=False)
        return sa.select(*columns).select_from(emitter.from_clause()).where(chosen, of_topic, *conditions)

    def _disagreeing_ids(self, on: Expression | None) -> Statement:
        if on is None:
            emitter, conditions, surfaces_at = self._to_be_kept()
            conditions.append(self._not_kept(emitter))
            coming = surfaces_at > SINCE
        else:
            emitter, conditions = self._facts(on)
            self._work_out_once(emitter)
            conditions += [*self._when(emitter), may_disagree(self._check, self._schema, emitter)]
            surfaces_at = self._surfaces_at(emitter)
            coming = sa.or_(surfaces_at.is_(None), surfaces_at > SINCE)
        promise = emitter.root(self._about.name)
        of_topic = self._of_topic(promise, sought=True)
        return (
            sa.select(promise.c.id).distinct().select_from(emitter.from_clause()).where(of_topic, *conditions, coming)
        )

    def _surfaced(self, promise: sa.FromClause, on: Expression | None) -> sa.ColumnElement[bool]:
        emitter, conditions = self._facts(on) if on is not None else self._to_be_kept()[:2]
        conditions.append(sa.func.coalesce(self._surfaces_at(emitter), NOW) <= NOW)
        same = emitter.root(PROMISE).c.id == promise.c.id
        one: sa.ColumnElement[int] = sa.literal_column("1")
        found: sa.Select[Any] = sa.select(one).select_from(emitter.from_clause()).where(same, *conditions)
        return sa.exists(found.correlate(promise))

    def _member_rows(self, on: Expression | None) -> Statement:
        assert on is not None, "a check without facts has no members"
        emitter, conditions = self._facts(on)
        columns = self._fact_columns(emitter)
        promise, fact = emitter.root(self._about.name), emitter.root(self._check.fact_name)
        chosen = (in_values(promise.c.id, "promises"), in_values(fact.c.id, "facts"))
        of_topic = self._of_topic(promise, sought=False)
        return sa.select(*columns).select_from(emitter.from_clause()).where(*chosen, of_topic, *conditions)

    def _facts(self, path: Expression) -> tuple[Emitter, list[sa.ColumnElement[bool]]]:
        """Promises joined with the facts at the end of the path that surface while the promise is valid."""
        name = self._check.fact_name
        emitter = Emitter(self._schema, {self._about.name: self._about.name})
        conditions = self._compared(emitter)
        conditions += emitter.expand(path, name)
        conditions.append(emitter.root(name).c.id.is_not(None))
        if self._check.of_promises:
            conditions += other_compared(self._check, emitter, same_subject=path is OF_SAME_SUBJECT)
        else:
            conditions += self._valid_for(emitter)
        return emitter, conditions

    def _work_out_once(self, emitter: Emitter) -> None:
        """What the fact adds up or counts: it is compared with both bounds of the promise, and named."""
        actual = self._check.actual
        if self._check.summed is None or actual is None:
            return
        emitted = emitter.emit(actual)
        once = Once(emitted.sql).table_valued(sa.column("value", emitted.sql.type))
        emitter.join_computed(once, sa.true(), {actual: replace(emitted, sql=once.c.value)})

    def _valid_for(self, emitter: Emitter) -> list[sa.ColumnElement[bool]]:
        """Whether the promise is valid for the fact: when it surfaces or, with `valid_at`, at that moment of it.

        A promise that names no `valid_from` holds for all that surfaces after it was made, also for a period that had
        begun before.
        """
        surfaces = sa.func.coalesce(self._surfaces_at(emitter), NOW)
        if not self._check.valid_at or self._check.implied is not None:
            return self._valid(emitter, surfaces)
        promise = emitter.root(PROMISE)
        moment = sa.func.coalesce(*(emitter.value(each) for each in self._check.valid_at), surfaces)
        return [
            sa.or_(
                promise.c.valid_from <= moment, sa.and_(promise.c.valid_from.is_(None), promise.c.made_at <= surfaces)
            ),
            sa.or_(promise.c.valid_until.is_(None), moment < promise.c.valid_until),
        ]

    def _not_kept(self, emitter: Emitter) -> sa.ColumnElement[bool]:
        """Whether the promise is not kept; an error in `kept_when` counts as not kept."""
        return sa.or_(*(emitter.fails(condition) for condition in self._check.kept_when))

    def _to_be_kept(self) -> tuple[Emitter, list[sa.ColumnElement[bool]], sa.ColumnElement[Any]]:
        """Promises due within `warn`, or overdue, kept or not."""
        emitter = Emitter(self._schema, {PROMISE: PROMISE})
        surfaces_at = self._surfaces_at(emitter)
        conditions = [
            *self._compared(emitter),
            *self._valid(emitter, surfaces_at),
            surfaces_at <= later(NOW, self._check.warn),
        ]
        return emitter, conditions, surfaces_at

    def _of_topic(self, promise: sa.FromClause, *, sought: bool) -> sa.ColumnElement[bool]:
        """Whether the check is about the promise. The index on topics may be used only where promises are `sought` by
        topic: where their ids are known, SQLite would read all promises of the topic instead of those ids."""
        if self._check.implied is not None:
            return sa.true()
        topic = promise.c.topic if sought else sa.func.coalesce(promise.c.topic, sa.null())
        return topic == self._check.topic

    def _compared(self, emitter: Emitter) -> list[sa.ColumnElement[bool]]:
        """Promises that are open, and are not notices of our own; rows of the state that promise something."""
        implied = self._check.implied
        if implied is not None:
            return [emitter.value(implied.value).is_not(None), *(emitter.holds(each) for each in implied.when)]
        promise, condition = emitter.root(PROMISE), self._check.not_superseded
        stands = [] if condition is None else [emitter.holds(condition)]
        return [promise.c.state == "open", promise.c.source != NOTICE, *stands]

    def _valid(self, emitter: Emitter, moment: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
        if self._check.implied is not None:
            return []
        promise = emitter.root(PROMISE)
        return [
            sa.func.coalesce(promise.c.valid_from, promise.c.made_at) <= moment,
            sa.or_(promise.c.valid_until.is_(None), moment < promise.c.valid_until),
        ]

    def _when(self, emitter: Emitter) -> list[sa.ColumnElement[bool]]:
        return [emitter.holds(condition) for condition in self._check.when]

    def _surfaces_at(self, emitter: Emitter) -> sa.ColumnElement[Any]:
        if self._check.surfaces_at is None:
            return sa.type_coerce(sa.null(), UtcTime())
        return emitter.value(self._check.surfaces_at)

    def _fact_columns(self, emitter: Emitter) -> tuple[sa.ColumnElement[Any], ...]:
        check = self._check
        assert check.actual is not None
        currency: sa.ColumnElement[Any] = sa.type_coerce(sa.null(), sa.String())
        tax: sa.ColumnElement[Any] = sa.type_coerce(sa.null(), sa.Boolean())
        summands: sa.ColumnElement[Any] = sa.type_coerce(sa.null(), sa.String())
        if check.summed is not None:
            summands = emitter.summands(check.summed, check.actual_currency, check.actual_tax_included)
        else:
            currency = currency if check.actual_currency is None else emitter.value(check.actual_currency)
            tax = tax if check.actual_tax_included is None else emitter.value(check.actual_tax_included)
        return (
            emitter.root(self._about.name).c.id.label("promise_id"),
            sa.literal(check.against, sa.String).label("fact_type"),
            emitter.root(check.fact_name).c.id.label("fact_id"),
            emitter.value(check.actual).label("actual"),
            *self._further_columns(emitter),
            currency.label("currency"),
            tax.label("tax_included"),
            summands.label("summands"),
            self._surfaces_at(emitter).label("surfaces_at"),
        )

    def _further_columns(self, emitter: Emitter) -> tuple[sa.ColumnElement[Any], ...]:
        """The end of a window, or who made the other promise."""
        if self._check.of_promises:
            other = emitter.root(self._check.fact_name)
            return tuple(other.c[name] for name in ("source", "made_by", "made_at", "evidence"))
        until = self._check.actual_until
        value: sa.ColumnElement[Any] = sa.type_coerce(sa.null(), UtcTime())
        return ((value if until is None else emitter.value(until)).label("actual_until"),)
