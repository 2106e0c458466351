"""Decides the intents of one batch of a rule, each by itself: the case, its verdict, and the draft that comes of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from notifier.drafting.notices import notice_draft, rendered, said_in, verdict_without_gates, way_out
from notifier.drafting.ruleset import Ruleset
from notifier.model.contradictions import Contradiction
from notifier.model.notices import Draft, Recipient, Verdict
from notifier.planning.addressing import in_language_of, in_language_of_row, placed
from notifier.planning.case import Case, Circumstances, case_of
from notifier.planning.contacts import Contacts
from notifier.planning.gates import verdict_on
from notifier.planning.grouping import may_be_listed
from notifier.planning.merging import may_join
from notifier.planning.sharing import Sharing
from notifier.planning.situation import Intent
from notifier.rendering.lists import together
from notifier.rules.checked_rules import Rule
from notifier.rules.contact_terms import ContactRules


class Deciding:
    """What the verdicts of some intents of one rule depend on, read once for all of them."""

    def __init__(
        self,
        ruleset: Ruleset,
        rule: Rule,
        now: datetime,
        intents: Sequence[Intent],
        *,
        circumstances: Circumstances,
        contacts: Contacts,
        held: Mapping[str, Sequence[Contradiction]],
        names: Mapping[str, str],
        lead: timedelta,
    ) -> None:
        self.ruleset = ruleset
        self.rule = rule
        self.now = now
        self.intents = intents
        self.circumstances = circumstances
        self.contacts = contacts
        self.held = held
        self.lead = lead
        self.names = names
        """The reference of each occurrence."""

    @property
    def sharing(self) -> Sharing:
        """Who speaks where several recipients share an address."""
        return self.circumstances.sharing

    @property
    def contact(self) -> ContactRules:
        """When, how often and saying what people are written to."""
        return self.circumstances.policy.contact

    def may_join(self, intent: Intent) -> bool:
        """Whether the intent may go in one message with what else falls due for its recipient."""
        merging = self.contact.merging
        return merging is not None and may_join(merging, self.rule, intent, self.sharing)

    def may_be_listed(self, intent: Intent) -> bool:
        """Whether the intent may be a row of a message of its rule."""
        return may_be_listed(self.rule, intent, self.sharing)

    def may_go_with_others(self, intent: Intent) -> bool:
        """Whether the intent may be in one message with others, in either way."""
        return self.may_be_listed(intent) or self.may_join(intent)

    def recipient(self, intent: Intent) -> Recipient | None:
        """Who hears it, where they are and in the language of the thread; None where nobody knows them."""
        customer = self.sharing.recipients.get(intent.match.recipient_id or "")
        if customer is not None:
            customer = in_language_of_row(placed(customer, intent.match.timezone), intent.match.locale)
        if customer is not None and intent.last_told is not None:
            customer = in_language_of(intent.last_told, customer)
        return customer

    def case(self, intent: Intent) -> Case:
        """The case of an intent that comes to the gates."""
        contradictions = self.held.get(intent.occurrence, ())
        customer = self.recipient(intent)
        return case_of(
            self.rule,
            intent,
            customer,
            contradictions,
            self.circumstances,
            lead=self.lead,
            may_join=self.may_join(intent),
            unsendable=partial(self._unsendable, intent, customer) if customer and customer.whatsapp else None,
        )

    def _unsendable(self, intent: Intent, recipient: Recipient) -> str | None:
        """Why WhatsApp would not take what the intent says; None where it would, or another gate has to say why not."""
        if recipient.timezone is None:
            return None
        said = said_in(intent, self.rule)
        return self.ruleset.renderer.unsendable(
            template=intent.template,
            said=together([said]) if self.rule.group is not None else said,
            recipient=recipient,
            reference=self.names[intent.occurrence],
            exit_id=way_out(self.rule, recipient, self.ruleset.renderer),
            owner_id=self.rule.owner,
            notice_class=self.rule.notice_class,
            now=self.now,
        )

    def decided(self, intent: Intent, *, renders_unchanged: bool) -> Draft:
        """The draft of an intent by itself. `renders_unchanged`: with its messages where the outbox has it just so."""
        verdict = verdict_on(self.case(intent)) if intent.reason is None else verdict_without_gates(intent)
        draft = self.draft(intent, verdict)
        if renders_unchanged or not draft.unchanged:
            draft = rendered(draft, intent, self.rule, self.ruleset.renderer, self.now, self.contact)
        self.note(intent, draft)
        return draft

    def draft(self, intent: Intent, verdict: Verdict, joined: str | None = None) -> Draft:
        """The draft that comes of this verdict, without messages."""
        name = self.names[intent.occurrence]
        return notice_draft(self.rule, intent, self.recipient(intent), verdict, name, joined)

    def note(self, intent: Intent, draft: Draft) -> None:
        """Let those decided later know what this draft says to whom."""
        self.sharing.note(intent, draft)
        self.contacts.note(intent, draft)


def recipients_of(intents: Iterable[Intent]) -> set[str]:
    """Those to whom the intents speak, and to whom rows belong now that were told to somebody else."""
    ids = {intent.match.recipient_id for intent in intents if intent.match.recipient_id is not None}
    return ids | {holder for intent in intents for holder in intent.holders}
