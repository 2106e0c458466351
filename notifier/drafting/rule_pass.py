"""One rule in one pass: from the subjects that it must evaluate to batches of drafts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from notifier.drafting.alerts_in_pass import AlertsInPass
from notifier.drafting.deciding import Deciding, recipients_of
from notifier.drafting.held_by_checks import HeldByChecks
from notifier.drafting.holdout_in_pass import HoldoutInPass
from notifier.drafting.joining import Joining
from notifier.drafting.limit_in_pass import LimitInPass
from notifier.drafting.notices import (
    is_settled,
    references,
)
from notifier.drafting.ruleset import DraftOptions, Ruleset
from notifier.drafting.verdict_alerts import is_of_a_day
from notifier.drafting.watermarks import is_same, watermark
from notifier.model.batches import Batch
from notifier.model.notices import Draft, Recipient
from notifier.model.reading import KnownNotice, RuleState, StateReader
from notifier.model.types import ChannelName
from notifier.planning.addressing import access_of, customer_recipient
from notifier.planning.case import Circumstances
from notifier.planning.contacts import Contacts
from notifier.planning.dividing import FiguresOf, by_recipient, divided, parts_of
from notifier.planning.earlier import lead_of, without_what_is_too_soon
from notifier.planning.fallbacks import with_fallbacks
from notifier.planning.gathering import gather
from notifier.planning.intents import intents_of
from notifier.planning.limits import is_limited
from notifier.planning.pieces import in_pieces
from notifier.planning.portions import Portion, portion_to_json
from notifier.planning.resends import with_resends
from notifier.planning.selection import Part, Selection, definition_of, named, select
from notifier.planning.sharing import Sharing
from notifier.planning.situation import Action, Intent, Intents
from notifier.planning.threads import NO_LONGER_THEIRS
from notifier.promises.holds import (
    Holds,
)
from notifier.rules.checked_rules import Rule

EVALUATED_TOGETHER = 2
"""Batches whose subjects are evaluated by the same queries. A rule that reads figures of a site (how many wait there)
computes them once for each group. A group of 4,000 subjects holds 8 MB."""


class RulePass:
    """One rule in one pass at `now`.

    `holds` is what the checks of the same pass left behind, `contacts` whom its rules write to, `joining` what is in
    one message with what; None where each notice goes in a message of its own.
    """

    def __init__(
        self,
        ruleset: Ruleset,
        rule: Rule,
        reader: StateReader,
        now: datetime,
        options: DraftOptions,
        state: RuleState | None,
        holds: Holds,
        contacts: Contacts,
        joining: Joining | None = None,
    ) -> None:
        self.ruleset = ruleset
        self.rule = rule
        self.query = ruleset.rule_queries[rule.name]
        self.reader = reader
        self.now = now
        self.options = options
        self.state = state
        self.holds = holds
        self.contacts = contacts
        self.joining = joining if joining is not None and joining.concerns(rule) else None
        self.lead = lead_of(rule, ruleset.project.policy, reads_now=self.query.flips)
        """How long before its moment something may have to be told."""
        live = options.live
        self._alerts = AlertsInPass(ruleset, reader, now, live=live)
        self._checks = HeldByChecks(ruleset, rule, self.query, reader, holds)
        self._holdout = HoldoutInPass(ruleset, rule, reader, now, live=live)
        self._limit = LimitInPass(rule, self.query, reader, now, options, self._intents, self._spoken_to)
        self._asked: Mapping[str, Recipient] = {}
        """The customers that were asked for last: who are counted before a part is decided are asked for again."""
        self._offered: Mapping[int, Portion] = {}
        """The parts that other processes may decide, by their index."""

    def batches(self) -> Iterator[Batch]:
        """What a tick decides; the last batch carries the watermark."""
        selection = self._select()
        of_rows = self.query.of_rows
        keeps_figures = of_rows is not None and of_rows.has_figures
        if keeps_figures and selection.is_full:
            yield Batch(kind="rule", name=self.rule.name, forgets_figures=True)
        yield from self.of(selection, keeps_figures=keeps_figures)
        if selection.subjects and (alert := self._holdout.alert()) is not None:
            yield Batch(kind="rule", name=self.rule.name, drafts=(alert,))
        definition = definition_of(self.rule, self.ruleset.defaults.timezone, self._learned)
        yield Batch(
            kind="rule",
            name=self.rule.name,
            watermark=watermark(self.state, self.rule.digest, self.now),
            definition=definition,
            is_same_rule=is_same(self.state, self.rule.digest, definition),
        )

    def of(self, selection: Selection, *, keeps_figures: bool = False) -> Iterator[Batch]:
        """What is decided about these subjects. `keeps_figures`: a later pass compares with those of now."""
        size = self.options.batch_size
        parts = parts_of(selection, self.query, self.reader, size * EVALUATED_TOGETHER, self.now)
        if self.rule.group is not None:
            parts = by_recipient(parts, self.query, self.reader, size)
        decided = self._limit.decided(selection, parts)
        if self._of_customer is not None and not decided:
            chosen = sorted(selection.subjects & self._of_customer)
            parts = [Part(subjects=subjects) for subjects in in_pieces(chosen, size)]
        figures = FiguresOf(selection, self.query, self.reader, parts, self.now) if keeps_figures else None

        def portion(index: int, first: int) -> Portion:
            part = parts[index]
            kept = None if figures is None else tuple(figures.of(index, piece) for piece in self._pieces(part))
            return Portion(part=part, selection=selection, over_limit=self._limit.over_limit, first=first, figures=kept)

        first = 0
        for index in range(len(parts)):
            if self._may_share_out(sum(other not in decided for other in range(index, len(parts)))):
                yield from self._shared_out(range(index, len(parts)), first, portion, decided)
                return
            for batch in self._decided(portion(index, first), decided.get(index)):
                yield batch
                first = batch.first + max(size, len(batch.drafts))

    def _pieces(self, part: Part) -> Sequence[Sequence[str]]:
        """The subjects of each batch of the part."""
        is_batch = part.is_batch or part.rows is not None
        return [part.subjects] if is_batch else in_pieces(part.subjects, self.options.batch_size)

    def _decided(self, portion: Portion, intents: Intents | None = None) -> Iterator[Batch]:
        """What is decided about one part; `intents` where they were found before."""
        pieces, first = self._pieces(portion.part), portion.first
        intents = self._intents(portion.selection, portion.part) if intents is None else intents
        for number, of_piece in enumerate(divided(intents, pieces)):
            batch = self._batch(of_piece, first)
            yield batch if portion.figures is None else replace(batch, figures=portion.figures[number])
            first += max(self.options.batch_size, len(batch.drafts))

    # -- several processes -------------------------------------------------------------------------------------------

    @cached_property
    def _is_apart(self) -> bool:
        """Whether what the rule decides about a subject depends on nothing that this pass decides elsewhere.

        Not where a person may be written to so often and no more, where something goes in one message, where a canary
        is drawn among all, nor where a check of this pass found what may hold its notices.
        """
        counted = self.ruleset.project.policy.contact.counts(self.rule.notice_class)
        return (
            not (counted or self._checks.found_something) and self.joining is None and self.rule.limits.canary is None
        )

    def _may_share_out(self, parts: int) -> bool:
        """Whether so many parts, which are not decided yet, are worth offering."""
        portions = self.options.portions
        return portions is not None and parts > 1 and self._is_apart and portions.wanted()

    def _shared_out(
        self, indexes: Sequence[int], first: int, portion: Callable[[int, int], Portion], decided: Mapping[int, Intents]
    ) -> Iterator[Batch]:
        """Offers what is not decided yet, and decides what nobody else takes meanwhile."""
        portions = self.options.portions
        assert portions is not None
        step = EVALUATED_TOGETHER * self.options.batch_size
        made = {index: portion(index, first + number * step) for number, index in enumerate(indexes)}
        self._offered = {index: each for index, each in made.items() if index not in decided}
        portions.offer(self.rule.name, {index: portion_to_json(each) for index, each in self._offered.items()})
        for index in made.keys() & decided.keys():
            yield from self._decided(made[index], decided[index])
        while (taken := portions.take(self.rule.name)) is not None:
            batches = self.portion(self._offered[taken])
            if batches is None:
                portions.put_back(self.rule.name, taken)
            else:
                yield from batches

    def portion(self, portion: Portion) -> Sequence[Batch] | None:
        """What is decided about a part that was offered.

        None where its alerts may be those of other parts, too: then the process that leads decides it after them.
        """
        alerted, self._limit.over_limit = set(self._alerts.occurrences), portion.over_limit
        batches = list(self._decided(portion))
        if any(is_of_a_day(draft) for batch in batches for draft in batch.drafts):
            self._alerts.occurrences = alerted
            return None
        return batches

    def left(self, index: int) -> Iterator[Batch]:
        """What is decided about a part that was offered, and that nobody else decides."""
        yield from self._decided(self._offered[index])

    @cached_property
    def _of_customer(self) -> Set[str] | None:
        """The rows of which the customer may be the recipient, or was one; None where all customers count."""
        customer = self.options.customer
        if customer is None:
            return None
        subjects = self.reader.ids(self.query.subjects_of_customer(), {"customer": customer})
        return subjects | self.reader.subjects_of_recipient(self.rule.name, customer)

    def _batch(self, intents: Intents, first: int) -> Batch:
        drafts: list[Draft] = []
        by_rule: dict[str, list[tuple[Draft, KnownNotice | None]]] = {self.rule.name: []}
        for _, intent, draft in self._drafts(intents):
            if self._is_wanted(intent, draft):
                drafts.append(draft)
                by_rule.setdefault(draft.rule, []).append((draft, intent.known))
        alerts = [alert for rule, decided in by_rule.items() for alert in self._alerts.about(rule, decided)]
        if self.rule.shadow:
            drafts, alerts = (
                [replace(each, shadow=True) for each in drafts],
                [replace(each, shadow=True) for each in alerts],
            )
        return Batch(
            kind="rule",
            name=self.rule.name,
            drafts=(*drafts, *alerts),
            shadow=self.rule.shadow,
            first=first,
            backlog_added=tuple(intents.backlog_added.items()),
            backlog_removed=tuple(intents.backlog_removed),
            said_again=tuple(word.id for word in intents.said_again),
        )

    def _select(self) -> Selection:
        return select(
            self.rule,
            self.query,
            self.reader,
            self.state,
            now=self.now,
            full=self.options.full,
            held_anew=lambda: self._holdout.in_contact() | self._checks.held_anew(self.state, self.now),
            among=None if is_limited(self.rule) else self._of_customer,  # a limit counts what others are told
            lead=self.lead,
            by_rows=not self.options.everything,  # a preview shows those that nothing touched, too
            goes_with_others=self.joining is not None,
            default_timezone=self.ruleset.defaults.timezone,
            learned=self._learned,
        )

    @cached_property
    def _learned(self) -> str | None:
        """The learning that its forecasts come from; None where it uses none."""
        return self.reader.newest_learning() if self.query.has_forecasts else None

    def _intents(self, selection: Selection, part: Part, resend: Mapping[str, ChannelName] | None = None) -> Intents:
        situation = gather(
            self.rule,
            self.query,
            self.reader,
            part,
            selection,
            now=self.now,
            live=self.options.live,
            resend=self.options.resend if resend is None else resend,
            lead=self.lead,
        )
        intents = with_fallbacks(self.rule, situation, intents_of(self.rule, situation))
        intents = with_resends(self.rule, situation, intents)
        if not situation.coming:
            return intents
        policy, now, lead = self.ruleset.project.policy, self.now, self.lead
        return without_what_is_too_soon(intents, self.rule, policy, self._customers, now=now, lead=lead)

    def about(self, rows: Collection[tuple[str, str | None]], resend: Mapping[str, ChannelName]) -> Deciding:
        """All that is to be done about these subjects, some with a row of `each`, at this moment, ready to be decided.

        `resend` as in `DraftOptions`.
        """
        by_subject: dict[str, set[str]] = defaultdict(set)
        for subject, each in rows:
            by_subject[subject] |= {each} if each is not None else set()
        is_apart = self.query.of_rows is not None and not self.query.may_be_replaced
        chosen = {subject: found for subject, found in by_subject.items() if found} if is_apart else {}
        selection = named(self.rule, by_subject.keys(), self.state, self.now, chosen)
        parts = parts_of(selection, self.query, self.reader, self.options.batch_size, self.now)
        found = [self._intents(selection, part, resend) for part in parts]
        intents = Intents(
            intents=[intent for each in found for intent in each.intents],
            backlog_added={},
            backlog_removed=(),
            told=[notice for each in found for notice in each.told],
        )
        return self._deciding(intents, intents.intents)

    def _deciding(self, of_batch: Intents, intents: Sequence[Intent]) -> Deciding:
        sharing = self._sharing(of_batch, intents)
        customers = sharing.recipients
        policy, notice_class = self.ruleset.project.policy, self.rule.notice_class
        speaks_there = self.ruleset.project.speaks_whatsapp
        needs_yes = policy.contact.asks_for_yes(notice_class) or speaks_there
        self.contacts.read(notice_class, customers)
        circumstances = Circumstances(
            now=self.now,
            policy=policy,
            access=access_of(self.reader, customers, notice_class, self.ruleset.unavailable, needs_yes=needs_yes),
            over_limit=self._limit.over_limit,
            first=self._limit.first_to_hear(),
            sharing=sharing,
            contacts=self.contacts,
            held_out=self._holdout.held_out(intents, customers),
        )
        for_gates = [intent for intent in intents if intent.reason is None]
        # That the row is another's, or gone, repeats neither side of a contradiction about it.
        may_be_held = [intent for intent in for_gates if intent.event not in NO_LONGER_THEIRS]
        return Deciding(
            self.ruleset,
            self.rule,
            self.now,
            intents,
            circumstances=circumstances,
            contacts=self.contacts,
            held=self._checks.held(may_be_held),
            names=references(self.reader, intents),
            lead=self.lead,
        )

    def _drafts(self, of_batch: Intents) -> Iterator[tuple[Deciding, Intent, Draft]]:
        """What these intents leave in the outbox; with `everything`, also what it has already.

        Where what goes to one person is in one message, also what is decided together with it, perhaps of other rules.
        """
        intents = of_batch.intents
        if not self.options.everything:
            intents = [intent for intent in intents if not is_settled(self.rule, intent)]
        if self.joining is not None:
            intents = [intent for intent in intents if intent.occurrence not in self.joining.decided]
        deciding = self._deciding(of_batch, intents)
        everything, sharing = self.options.everything, deciding.sharing
        untold: list[Intent] = []
        joining: list[Intent] = []
        for intent in sharing.in_turn(intents):
            if self.joining is not None and deciding.may_go_with_others(intent):
                joining.append(intent)
                continue
            draft = deciding.decided(intent, renders_unchanged=everything)
            if self.joining is not None and intent.action is Action.RESEND:
                draft = self.joining.resent(deciding, intent, draft)
            if sharing.may_be_spoken_for(intent, draft):
                untold.append(intent)
            else:
                yield deciding, intent, draft
        for intent in untold:
            yield deciding, intent, deciding.decided(intent, renders_unchanged=everything)
        if self.joining is not None and joining:
            yield from self.joining.drafts(deciding, joining, renders_unchanged=everything)

    def _is_wanted(self, intent: Intent, draft: Draft) -> bool:
        return self.options.everything or not draft.unchanged or intent.action is Action.RESEND

    def _sharing(self, of_batch: Intents, intents: Sequence[Intent]) -> Sharing:
        return Sharing(self.rule, intents, of_batch.told, self._customers(intents), self.now)

    def _spoken_to(self, intents: Intents) -> Set[str]:
        return self._sharing(intents, intents.intents).spoken_to(intents.intents)

    def _customers(self, intents: Sequence[Intent]) -> dict[str, Recipient]:
        """Those to whom the intents speak, and to whom rows belong now that were told to somebody else."""
        ids = recipients_of(intents)
        known = {name: self._asked[name] for name in ids & self._asked.keys()}
        unknown = ids - known.keys()
        customers = self.reader.customers(unknown) if unknown else {}
        known |= {name: customer_recipient(row, self.ruleset.defaults) for name, row in customers.items()}
        self._asked = known
        return dict(known)
