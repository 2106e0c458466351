"""One rule in one pass: from the subjects that it must evaluate to batches of drafts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from notifier.drafting.copies import copies_of
from notifier.drafting.deciding import Deciding, recipients_of
from notifier.drafting.holdout_alerts import holdout_alert
from notifier.drafting.joining import Joining
from notifier.drafting.notices import (
    is_called_off,
    is_lost_now,
    is_news,
    is_settled,
    references,
)
from notifier.drafting.ruleset import UNKNOWN_ZONE, DraftOptions, Ruleset
from notifier.drafting.verdict_alerts import is_of_a_day, verdict_alerts
from notifier.model.batches import Batch
from notifier.model.contradictions import Contradiction
from notifier.model.holdout_figures import is_harm
from notifier.model.holdouts import Holdout
from notifier.model.notices import Draft, Reason, ReasonCode, Recipient
from notifier.model.reading import KnownNotice, RuleState, StateReader
from notifier.model.shares import Share
from notifier.model.types import ChannelName
from notifier.planning.addressing import access_of, customer_recipient, placed
from notifier.planning.canary import FirstToHear
from notifier.planning.case import Circumstances
from notifier.planning.contacts import Contacts
from notifier.planning.dividing import FiguresOf, by_recipient, parts_of
from notifier.planning.earlier import earlier_moment, lead_of, may_be_early
from notifier.planning.fallbacks import with_fallbacks
from notifier.planning.gathering import gather
from notifier.planning.holdouts import HeldOut
from notifier.planning.intents import ended, intents_of
from notifier.planning.limits import WINDOW, asks_limits, exceeded, is_limited, is_share_weighed, tells_one_a_row
from notifier.planning.occurrences import holdout_stopped
from notifier.planning.pieces import in_pieces
from notifier.planning.portions import Portion, portion_to_json
from notifier.planning.resends import with_resends
from notifier.planning.selection import Part, Selection, definition_of, named, select
from notifier.planning.sharing import Sharing
from notifier.planning.situation import Action, Intent, Intents
from notifier.planning.standing import holders_of
from notifier.planning.threads import NO_LONGER_THEIRS
from notifier.promises.holds import (
    Holds,
    checks_that_hold,
    contradicted_entities,
    holding,
    of_unreadable_checks,
    relevant,
)
from notifier.rules.checked_rules import Rule

EVALUATED_TOGETHER = 2
"""Batches whose subjects are evaluated by the same queries. A rule that reads figures of a site (how many wait there)
computes them once for each group. A group of 4,000 subjects holds 8 MB."""

FEW = 1_000
"""Subjects that are evaluated sooner than it is found out which of them have an unsent notice."""


NOT_YET = Reason(code=ReasonCode.CHANGED_BACK, text="hours are open when it falls due, and it is told then")


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
        self.over_limit: Reason | None = None
        self._first: FirstToHear | None = None
        self._asked: Mapping[str, Recipient] = {}
        """The customers that were asked for last: who are counted before a part is decided are asked for again."""
        self.alerted: set[str] = set()
        """The alerts of this pass, by occurrence: the reader's snapshot does not have them."""
        self._offered: Mapping[int, Portion] = {}
        """The parts that other processes may decide, by their index."""

    @cached_property
    def holding_checks(self) -> Set[str]:
        """The checks in force that may hold notices of this rule."""
        return checks_that_hold(self.rule, self.ruleset.project.checks)

    @property
    def _may_be_held(self) -> bool:
        return bool(self.holding_checks or self.ruleset.project.has_errors)

    def _contradictions_about(self, entity: str, ids: Collection[str]) -> list[Contradiction]:
        """Those about these rows that may hold notices of this rule."""
        project, contradictions = self.ruleset.project, self.holds.about(entity, ids)
        return [
            *relevant(self.rule, project.checks, contradictions),
            *of_unreadable_checks(project, contradictions),
        ]

    def _held(self, intents: Sequence[Intent]) -> Mapping[str, Sequence[Contradiction]]:
        """The contradictions that hold these notices, by occurrence."""
        if not intents or not self._may_be_held or not self.holds.any:
            return {}
        entities = contradicted_entities(self.rule, self.ruleset.project, self.query)
        asked = self.query if self.query.of_rows is None else self.query.of_rows
        return holding(asked, self.reader, intents, entities, self._contradictions_about)

    def batches(self) -> Iterator[Batch]:
        """What a tick decides; the last batch carries the watermark."""
        selection = self._select()
        of_rows = self.query.of_rows
        keeps_figures = of_rows is not None and of_rows.has_figures
        if keeps_figures and selection.is_full:
            yield Batch(kind="rule", name=self.rule.name, forgets_figures=True)
        yield from self.of(selection, keeps_figures=keeps_figures)
        if selection.subjects and self._holdout_sides is not None and not self._holdout_ended:
            yield Batch(kind="rule", name=self.rule.name, drafts=(self._holdout_alert(self._holdout_sides),))
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
        decided = self._limit(selection, parts)
        if self._of_customer is not None and not decided:
            chosen = sorted(selection.subjects & self._of_customer)
            parts = [Part(subjects=subjects) for subjects in in_pieces(chosen, size)]
        figures = FiguresOf(selection, self.query, self.reader, parts, self.now) if keeps_figures else None

        def portion(index: int, first: int) -> Portion:
            part = parts[index]
            kept = None if figures is None else tuple(figures.of(index, piece) for piece in self._pieces(part))
            return Portion(part=part, selection=selection, over_limit=self.over_limit, first=first, figures=kept)

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
        for number, of_piece in enumerate(_divided(intents, pieces)):
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
        found = bool(self.holds.found) and self._may_be_held
        return not (counted or found) and self.joining is None and self.rule.limits.canary is None

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
        alerted, self.over_limit = set(self.alerted), portion.over_limit
        batches = list(self._decided(portion))
        if any(is_of_a_day(draft) for batch in batches for draft in batch.drafts):
            self.alerted = alerted
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
        alerts = [alert for rule, decided in by_rule.items() for alert in self._alerts(rule, decided)]
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

    def _alerts(self, rule: str, decided: Sequence[tuple[Draft, KnownNotice | None]]) -> Sequence[Draft]:
        """Those to the owner of a rule about what was decided of it."""
        news = [(draft, known) for draft, known in decided if is_news(draft, known)]
        alerts = verdict_alerts(
            self.ruleset,
            self.ruleset.project.rules[rule],
            [draft for draft, _ in news],
            [draft for draft, known in news if is_lost_now(draft, known)],
            {draft.occurrence for draft, known in news if is_called_off(draft, known)},
            self.reader,
            self.now,
            live=self.options.live,
        )
        alerts += copies_of(
            self.ruleset,
            self.ruleset.project.rules[rule],
            [draft for draft, _ in decided],
            self.reader,
            self.now,
            live=self.options.live,
        )
        new = [alert for alert in alerts if alert.occurrence not in self.alerted]
        self.alerted.update(alert.occurrence for alert in new)
        return new

    def _select(self) -> Selection:
        return select(
            self.rule,
            self.query,
            self.reader,
            self.state,
            now=self.now,
            full=self.options.full,
            held_anew=self._held_anew,
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

    def _held_anew(self) -> Set[str]:
        """The subjects of which other notices may be held than at the last pass, or some no longer.

        Those that reach a contradiction that changed, or that reach other rows than before.
        """
        name = self.rule.name
        in_contact = self._held_out_in_contact()
        if self.holds.edited:  # what the check held before the edit is unknown, so it may be any notice
            return self.reader.subjects_unsent(name)
        if not self._may_be_held or self.state is None:
            return in_contact
        subjects = set[str]()
        if self.query.reached_entities & self.reader.moved_entities() and self.holds.any:
            subjects |= self.reader.ids(self.query.reached_anew_ids(), {})
        contradicted: dict[str, set[str]] = defaultdict(set)
        for check, entity, row_id in self.holds.changed_since(self.state.since(self.now)):
            if check in self.holding_checks or check not in self.ruleset.project.checks:
                contradicted[entity].add(row_id)
        for entity, row_ids in contradicted.items():
            subjects |= self.reader.ids(self.query.reaching_ids(entity), {"subjects": sorted(row_ids)})
        # Who reaches ten thousand contradicted contracts is every charge that they ever had.
        return in_contact | (subjects if len(subjects) <= FEW else subjects & self.reader.subjects_unsent(name))

    def _held_out_in_contact(self) -> Set[str]:
        """The subjects of which somebody was not told, by lot, and made contact since."""
        if self.rule.holdout is None or "contact" not in self.reader.changed_entities():
            return set()
        return self.reader.held_out_to_tell(self.rule.name)

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
        return self._without_what_is_too_soon(intents) if situation.coming else intents

    def _without_what_is_too_soon(self, intents: Intents) -> Intents:
        """The intents, without those whose moment is ahead and need not be told before; such a one that waits is
        cancelled."""
        customers = self._customers([intent for intent in intents.intents if self._is_ahead(intent)])
        policy = self.ruleset.project.policy
        kept: list[Intent] = []
        for intent in intents.intents:
            at, until = intent.match.at, intent.until
            if at is None or not self._is_ahead(intent):
                kept.append(intent)
                continue
            customer = customers.get(intent.match.recipient_id or "")
            if customer is not None:
                customer = placed(customer, intent.match.timezone)
                if earlier_moment(policy, self.rule, customer, at, until, self.lead) is not None:
                    kept.append(intent)
                    continue
            if intent.known is not None and intent.known.is_open:
                kept.append(ended(self.rule, intent.known, Action.CANCEL, NOT_YET))
        return replace(intents, intents=tuple(kept))

    def _is_ahead(self, intent: Intent) -> bool:
        at = intent.match.at
        return intent.reason is None and may_be_early(intent) and at is not None and at > self.now

    def _limit(self, selection: Selection, parts: Sequence[Part]) -> dict[int, Intents]:
        """Count recipients before the tick plans anything.

        Returns the intents that need not be found again: those of a single part, and of parts that leave all as it is.
        """
        if not parts or not is_limited(self.rule):
            return {}
        decided: dict[int, Intents] = {}
        if len(parts) == 1 and self.rule.limits.canary is None and self.options.customer is None:
            decided[0] = self._intents(selection, parts[0])
            if not any(asks_limits(intent) for intent in decided[0].intents):
                return decided  # nobody is to be told anything new, however many were told today
        customers = 0
        rows = [part.most_rows for part in parts if part.most_rows is not None]
        if tells_one_a_row(self.rule) and len(rows) == len(parts) and self.rule.limits.canary is None:
            most = self.reader.notices_counted(self.rule.name, self.now - WINDOW) + sum(rows)
            if is_share_weighed(self.rule, most):
                customers = self.reader.customer_count()
            if exceeded(self.rule, most, customers) is None:
                return decided  # not even if all of them are told: nobody needs to ask who is
        counted = self.reader.recipients_counted(self.rule.name, self.now - WINDOW)
        if len(parts) > 1 and self._are_within_limit(parts, counted):
            return {}
        for index, part in enumerate(parts):
            intents = decided[index] if index in decided else self._intents(selection, part)
            if (first := self._first_to_hear()) is not None:
                first.offer(intents.intents)
            if len(parts) == 1:
                decided[index] = intents
            elif not self.options.everything and all(is_settled(self.rule, each) for each in intents.intents):
                decided[index] = replace(intents, intents=(), told=())
            counted |= self._sharing(intents, intents.intents).spoken_to(intents.intents)
            if not customers and is_share_weighed(self.rule, len(counted)):
                customers = self.reader.customer_count()
            self.over_limit = exceeded(self.rule, len(counted), customers)
            if self.over_limit is not None and self.rule.limits.share is None:
                break
        return decided

    def _are_within_limit(self, parts: Sequence[Part], counted: Set[str]) -> bool:
        """Whether no limit is passed even if all are told whom these parts may be about.

        Who was told of an incident is counted already, and a correction of it reaches nobody else. To ask whom they are
        about is cheap beside deciding all parts in order to count, and deciding them again in order to write.
        """
        if self.rule.limits.canary is not None:
            return False
        reached = set(counted)
        for part in parts:
            rows = None if part.rows is None else sorted(set[str]().union(*part.rows.values()))
            reached.update(*holders_of(self.query, self.reader, part.subjects, rows).values())
            reached |= self.reader.recipients_known(self.rule.name, part.subjects)
            customers = self.reader.customer_count() if is_share_weighed(self.rule, len(reached)) else 0
            if exceeded(self.rule, len(reached), customers) is not None:
                return False
        return True

    def _first_to_hear(self) -> FirstToHear | None:
        """Who hears this version of the rule first; None where all hear it at once."""
        canary = self.rule.limits.canary
        if canary is not None and self._first is None:
            heard = self.reader.heard_first(self.rule.name, self.rule.digest)
            self._first = FirstToHear(self.rule, canary, heard, self.now)
        return self._first

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
            over_limit=self.over_limit,
            first=self._first_to_hear(),
            sharing=sharing,
            contacts=self.contacts,
            held_out=self._held_out(intents, customers),
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
            held=self._held(may_be_held),
            names=references(self.reader, intents),
            lead=self.lead,
        )

    @cached_property
    def _holdout(self) -> Holdout | None:
        """The rule's holdout, where its last day is not over."""
        holdout = self.rule.holdout
        ends_at = None if holdout is None else holdout.ends_at(self._default_zone)
        return holdout if ends_at is not None and ends_at > self.now else None

    @property
    def _default_zone(self) -> str:
        return self.ruleset.defaults.timezone or UNKNOWN_ZONE

    @cached_property
    def _holdout_ended(self) -> bool:
        """Whether an earlier pass ended the holdout: what ended stays so, whatever is counted later."""
        holdout = self._holdout
        if holdout is None:
            return False
        return bool(self.reader.alerts_known([holdout_stopped(self.rule.name, holdout.name, live=self.options.live)]))

    @cached_property
    def _holdout_sides(self) -> tuple[Share, Share] | None:
        """Those who were told and those who were not, where that harms: asked once in a pass, where somebody is due."""
        if self._holdout is None:
            return None
        told, held_out = self.reader.holdout_shares(self.rule.name, self._holdout, self.now)
        return (told, held_out) if is_harm(told, held_out) else None

    def _holdout_alert(self, sides: tuple[Share, Share]) -> Draft:
        assert self._holdout is not None, "only of one that goes on"
        live = self.options.live
        return holdout_alert(self.ruleset, self.reader, self.rule, self._holdout, sides, self.now, live=live)

    def _held_out(self, intents: Sequence[Intent], customers: Collection[str]) -> HeldOut | None:
        """Who is not told for a time; None where everybody is."""
        holdout = self._holdout
        if holdout is None or self._holdout_ended or self._holdout_sides is not None:
            return None
        sides = self.reader.holdout_sides(holdout.name, customers)
        in_contact = self.reader.held_out_in_contact([each.occurrence for each in intents if each.known is not None])
        return HeldOut(holdout, sides, in_contact, holdout.ends_at(self._default_zone))

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

    def _customers(self, intents: Sequence[Intent]) -> dict[str, Recipient]:
        """Those to whom the intents speak, and to whom rows belong now that were told to somebody else."""
        ids = recipients_of(intents)
        known = {name: self._asked[name] for name in ids & self._asked.keys()}
        unknown = ids - known.keys()
        customers = self.reader.customers(unknown) if unknown else {}
        known |= {name: customer_recipient(row, self.ruleset.defaults) for name, row in customers.items()}
        self._asked = known
        return dict(known)


def _divided(intents: Intents, parts: Sequence[Sequence[str]]) -> Iterator[Intents]:
    """The intents of each part's subjects: what belongs to one subject is committed together."""
    if len(parts) == 1:
        yield intents
        return
    of_subject: dict[str, list[Intent]] = defaultdict(list)
    for intent in intents.intents:
        of_subject[intent.match.subject_id].append(intent)
    for part in parts:
        subjects = set(part)
        yield Intents(
            intents=[intent for subject in part for intent in of_subject[subject]],
            backlog_added={key: why for key, why in intents.backlog_added.items() if key[0] in subjects},
            backlog_removed=[key for key in intents.backlog_removed if key[0] in subjects],
            told=[notice for notice in intents.told if notice.subject_id in subjects],
            said_again=[notice for notice in intents.said_again if notice.subject_id in subjects],
        )


def watermark(state: RuleState | None, digest: str, now: datetime) -> RuleState:
    """How far the evaluation of a rule or check has come after a pass at `now`.

    It goes back where a clock was ahead: what falls due from now on is not behind it.
    """
    return RuleState(
        digest=digest,
        first_pass_at=state.first_pass_at if state is not None else now,
        evaluated_at=now,
        failed=None,
    )


def is_same(state: RuleState | None, digest: str, definition: Mapping[str, object]) -> bool:
    """Whether a watermark of this digest and definition leaves everything of the state but its instant."""
    return state is not None and state.failed is None and (state.digest, state.definition) == (digest, definition)
