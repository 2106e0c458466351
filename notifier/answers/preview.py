"""The drafts of one pass become a preview: who would be told, who would not and why, what owners hear, what it costs.

The drafts come from `pipeline.draft`, which reads what a tick would read: what preview shows is what a tick commits.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from notifier.drafting.notices import CONTENT
from notifier.drafting.ruleset import DraftOptions, Ruleset
from notifier.model.batches import Batch
from notifier.model.contradictions import HOLDING, Contradiction
from notifier.model.notices import Draft, NoticeKind, NoticeState
from notifier.model.reading import StateReader
from notifier.model.rescues import Rescue
from notifier.model.types import ChannelName
from notifier.pipeline import draft
from notifier.planning.gates import GATES, gathered
from notifier.promises.holds import checks_that_hold
from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.store.state.derived import derived_is_current, refresh_derived


@dataclass(frozen=True, kw_only=True)
class Totals:
    """How many messages would go out to how many recipients, and what they cost."""

    recipients: int
    sms: int
    segments: int
    emails: int
    whatsapps: int
    cost: dict[str, Decimal]
    """By ISO 4217 currency, of the messages whose price is known."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a tick at `now` (aware UTC) would decide, in the order rule, subject, customer, occurrence."""

    now: datetime
    told: tuple[Draft, ...]
    """Notices that would go out, with their messages."""
    not_told: tuple[Draft, ...]
    """Notices that would not go out (held, deferred, suppressed, …) or that went out before; each says why."""
    alerts: tuple[Draft, ...]
    """Alerts to owners."""
    contradictions: tuple[Contradiction, ...]
    """Those that would be open or acknowledged after the tick."""
    failures: tuple[tuple[str, str], ...]
    """Rules and checks that could not be evaluated, with what went wrong."""
    in_shadow: tuple[Draft, ...] = ()
    """What rules in shadow would record as told, with the messages that would go."""
    rescues: Mapping[str, Rescue] = field(default_factory=dict)
    """What the rules that would tell something offer when it goes wrong, by rule."""
    joins: tuple[str, ...] = ()
    """How the rows in question reach the rows of a relation that may join by one of several columns."""

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """All drafts to customers, told or not, and those in shadow, in one order."""
        return tuple(sorted((*self.told, *self.in_shadow, *self.not_told), key=_order))

    @property
    def withheld(self) -> Mapping[str, int]:
        """How many notices each gate withheld, by its name, in the order of the gates; at last, how many for what their
        texts lack."""
        counted = Counter(each.verdict.gate for each in self.not_told)
        names = [*(gate.__name__ for gate in GATES), CONTENT]
        return {name: counted[name] for name in names if counted[name]}

    @property
    def told_early(self) -> int:
        """How many of those that would go out would go before their moment, because hours are closed then."""
        notices = (each for each in self.told if each.kind is NoticeKind.NOTICE)
        return sum(each.at is not None and each.at > self.now for each in notices)

    @property
    def waiting_together(self) -> Sequence[Sequence[Draft]]:
        """Those that wait for each other, to go in one message: by recipient and class, where there are several."""
        waiting: dict[tuple[str | None, str], list[Draft]] = defaultdict(list)
        for each in self.not_told:
            if each.verdict.gate == gathered.__name__:
                waiting[each.recipient_id, each.notice_class].append(each)
        return [drafts for drafts in waiting.values() if len(drafts) > 1]

    @property
    def totals(self) -> Totals:
        """The totals of what would go out to customers, without alerts."""
        return totals_of(self.told)


def preview(
    ruleset: Ruleset,
    reader: StateReader,
    now: datetime,
    *,
    live: bool = False,
    rules: Collection[str] | None = None,
    customer: str | None = None,
) -> Preview:
    """What a tick at `now` would decide, narrowed to these rules and this customer where they are given.

    Of rules, the contradictions that may hold their notices; without any, all that are open.
    """
    options = DraftOptions(live=live, everything=True, rules=rules, customer=customer)
    known = reader.holding_contradictions(checks=_checks_of(ruleset, rules), customer=customer)
    result = preview_of(draft(ruleset, reader, now, options), now, known=known, customer=customer)
    rules_told = {each.rule: ruleset.project.rules.get(each.rule) for each in result.told}
    rescues = {
        name: rule.rescue
        for name, rule in rules_told.items()
        if rule is not None and rule.rescue is not None and rule.rescue.is_offered
    }
    return replace(result, rescues=rescues, joins=tuple(_joins(ruleset, reader, result.drafts)))


def _checks_of(ruleset: Ruleset, rules: Collection[str] | None) -> Collection[str] | None:
    """The checks that may hold notices of these rules; None for all, as while a file with a check cannot be read."""
    project = ruleset.project
    if rules is None or project.has_errors:
        return None
    return set[str]().union(*(checks_that_hold(project.rules[name], project.checks) for name in rules))


@contextmanager
def seen_by_a_tick(
    database: sa.Engine, ruleset: Ruleset, now: datetime, *, live: bool, rules: Collection[str] | None = None
) -> Iterator[Reader]:
    """A reader of what a tick at `now` would read for these rules (None: for all). Nothing is written.

    A tick first brings up to date what follows from rows and files: the days of sites, if these rules read such days,
    and what campaigns promise. Where that is not current, this does so too, in a transaction that is rolled back.
    """
    project, zone = ruleset.project, ruleset.defaults.timezone
    reads_days = rules is None or any("site_day" in ruleset.rule_queries[name].entities for name in rules)
    with read_only(database) as connection:
        if derived_is_current(connection, project, now, default_zone=zone, days=reads_days):
            yield Reader(connection, live=live)
            return
    with database.connect() as connection, connection.begin() as transaction:
        try:
            refresh_derived(connection, project, now, default_zone=zone)
            yield Reader(connection, live=live)
        finally:
            transaction.rollback()


def preview_of(
    batches: Iterable[Batch], now: datetime, *, known: Iterable[Contradiction] = (), customer: str | None = None
) -> Preview:
    """The preview of these batches. `known` are the contradictions that were open before them."""
    drafts: list[Draft] = []
    failures: list[tuple[str, str]] = []
    contradictions = {contradiction.id: contradiction for contradiction in known}
    for batch in batches:
        drafts += batch.drafts
        together = () if batch.together is None else batch.together.all()
        contradictions |= {contradiction.id: contradiction for contradiction in (*batch.contradictions, *together)}
        if batch.failure is not None:
            failures.append((batch.name, batch.failure))
    if customer is not None:
        drafts = [each for each in drafts if customer in (each.recipient_id, each.recipient and each.recipient.id)]
        contradictions = {c.id: c for c in contradictions.values() if c.customer_id == customer}
    ordered = sorted(drafts, key=_order)
    to_customers = [each for each in ordered if each.kind is not NoticeKind.ALERT]
    return Preview(
        now=now,
        told=tuple(each for each in to_customers if _goes_out(each) and not each.shadow),
        in_shadow=tuple(each for each in to_customers if _goes_out(each) and each.shadow),
        not_told=tuple(each for each in to_customers if not _goes_out(each)),
        alerts=tuple(each for each in ordered if each.kind is NoticeKind.ALERT and not each.shadow),
        contradictions=tuple(
            sorted((c for c in contradictions.values() if c.state in HOLDING), key=lambda c: (c.check, c.promise_id))
        ),
        failures=tuple(sorted(failures)),
    )


def totals_of(drafts: Iterable[Draft]) -> Totals:
    """How many messages these drafts have, and what they cost."""
    messages = [(draft.recipient_id, message) for draft in drafts for message in draft.messages]
    sms = [message for _, message in messages if message.channel is ChannelName.SMS]
    cost: dict[str, Decimal] = {}
    for _, message in messages:
        if message.cost is not None and message.cost_currency is not None:
            cost[message.cost_currency] = cost.get(message.cost_currency, Decimal(0)) + message.cost
    return Totals(
        recipients=len({recipient for recipient, _ in messages}),
        sms=len(sms),
        segments=sum(message.segments or 0 for message in sms),
        emails=sum(message.channel is ChannelName.EMAIL for _, message in messages),
        whatsapps=sum(message.channel is ChannelName.WHATSAPP for _, message in messages),
        cost=cost,
    )


def _joins(ruleset: Ruleset, reader: StateReader, drafts: Iterable[Draft]) -> Iterator[str]:
    """A sentence for each row of a rule whose recipients are found by one column, or else by another."""
    subjects: dict[str, dict[str, None]] = {}
    for each in drafts:
        subjects.setdefault(each.rule, {})[each.subject_id] = None
    for name, rows in subjects.items():
        query = ruleset.rule_queries.get(name)
        for relation, statement in query.decided_joins() if query is not None else ():
            for row in reader.rows(statement, {"subjects": list(rows)}):
                values: Sequence[str | None] = row[1:]
                for (column, _), value in zip(relation.keys, values, strict=True):
                    if value is not None:
                        yield f"{name}: {relation.source} {row[0]} reaches {relation.name} by {column} {value}"
                        break


def _goes_out(draft: Draft) -> bool:
    return draft.verdict.state is NoticeState.READY


def _order(draft: Draft) -> tuple[str, str, str, str, str]:
    return (draft.rule, draft.subject_id, draft.each_id or "", draft.recipient_id or "", draft.occurrence)
