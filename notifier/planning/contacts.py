"""How often a person was written to lately, and when once more: what the caps of contact law and policy are held by.

Counted are messages, for the laws speak of contacts: an SMS and a mail of one notice are two. What is handed over
counts from its moment, what is about to go counts as if it went now. A person is a customer, with all who share an
address with them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifier.model.address_reading import Contacted
from notifier.model.notices import Draft, NoticeState, Recipient
from notifier.model.reading import StateReader
from notifier.model.types import CUSTOMER_CHANNELS, ChannelName, NoticeClass
from notifier.planning.addressing import address_of, addresses_of, places_of
from notifier.planning.situation import Action, Intent
from notifier.rules.contact_terms import ContactCap, ContactRules

DAY = timedelta(days=1)
WEEK = ContactCap(key="per_week", most=1, days=7)
"""The days on which the channels of a week are counted."""


_Key = tuple[str, ChannelName]
"""An occurrence and the channel of its message."""


class Contacts:
    """The contacts of one pass: those of the outbox, read for each batch, and those that the pass itself decides.

    Without a cap in force nothing is read and nothing kept.
    """

    def __init__(self, rules: ContactRules, reader: StateReader, now: datetime) -> None:
        self._rules = rules
        self._reader = reader
        self._now = now
        self._kept: dict[NoticeClass, dict[_Key, Contacted]] = defaultdict(dict)
        self._of_person: dict[NoticeClass, dict[object, set[_Key]]] = defaultdict(lambda: defaultdict(set))
        self._decided: set[str] = set()

    def read(self, notice_class: NoticeClass, recipients: Mapping[str, Recipient]) -> None:
        """Bring in what these customers were told lately, where the class is counted."""
        days = self._rules.counts(notice_class)
        if not days or not recipients:
            return
        since = self._now - (days + 1) * DAY
        found = self._reader.contacted(notice_class, recipients.keys(), addresses_of(recipients.values()), since)
        for each in found:
            if each.occurrence not in self._decided:
                self._keep(notice_class, each)

    def note(self, intent: Intent, draft: Draft) -> None:
        """Remember that this notice goes, or that it does not."""
        if not self._rules.counts(draft.notice_class) or draft.recipient is None or intent.action is not Action.PLAN:
            return
        kept = self._kept[draft.notice_class]
        for channel in CUSTOMER_CHANNELS:
            before = kept.get((draft.occurrence, channel))
            if before is not None and before.at is None:
                del kept[draft.occurrence, channel]
        self._decided.add(draft.occurrence)
        if draft.verdict.state is not NoticeState.READY:
            return
        waits_since = intent.known.changed_at if intent.known is not None and draft.unchanged else self._now
        for channel in draft.verdict.channels:
            if channel in draft.verdict.through:
                continue  # a part of a message is no contact more
            address = address_of(draft.recipient, channel)
            if address is not None:
                going = Contacted(
                    occurrence=draft.occurrence,
                    recipient_id=draft.recipient.id,
                    address=(channel, address),
                    at=None,
                    waits_since=waits_since,
                )
                self._keep(draft.notice_class, going)

    def before(self, intent: Intent, notice_class: NoticeClass, recipient: Recipient) -> list[Contacted]:
        """The contacts with this person that go before the notice of this intent, its own on other channels too."""
        kept, of_person = self._kept.get(notice_class), self._of_person[notice_class]
        if not kept:
            return []
        keys = set[_Key]().union(*(of_person.get(who, ()) for who in (recipient.id, *places_of(recipient))))
        return [kept[key] for key in sorted(keys) if key in kept and _is_before(kept[key], intent)]

    def _keep(self, notice_class: NoticeClass, each: Contacted) -> None:
        key = (each.occurrence, each.address[0])
        self._kept[notice_class][key] = each
        for who in (each.recipient_id, each.address):
            self._of_person[notice_class][who].add(key)


def _is_before(each: Contacted, intent: Intent) -> bool:
    if each.occurrence == intent.occurrence:
        return each.at is not None
    known = intent.known
    if each.at is not None or known is None or known.state is not NoticeState.READY:
        return True
    return (each.waits_since, each.occurrence) < (known.changed_at, known.occurrence)


def free_from(cap: ContactCap, contact: datetime, zone: ZoneInfo) -> datetime:
    """From when a contact counts no longer for this cap, by the clock of the person."""
    if cap.rolling:
        return contact + cap.days * DAY
    day = contact.astimezone(zone).date() + cap.days * DAY
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)


def room(cap: ContactCap, contacts: Sequence[datetime], zone: ZoneInfo, now: datetime) -> int:
    """How many more contacts the cap allows now; never less than none."""
    return max(cap.most - sum(free_from(cap, each, zone) > now for each in contacts), 0)


def allowed_from(cap: ContactCap, contacts: Sequence[datetime], zone: ZoneInfo, now: datetime) -> datetime:
    """The first instant at or after `now` at which the cap allows one more contact, if nothing else is told."""
    ends = sorted((end for each in contacts if (end := free_from(cap, each, zone)) > now), reverse=True)
    return ends[cap.most - 1] if len(ends) >= cap.most else now


def channels_used(contacts: Iterable[tuple[ChannelName, datetime]], zone: ZoneInfo, now: datetime) -> set[ChannelName]:
    """The channels on which the person was written to on the last seven days."""
    return {channel for channel, at in contacts if free_from(WEEK, at, zone) > now}


def channel_allowed_from(
    most: int, contacts: Sequence[tuple[ChannelName, datetime]], channel: ChannelName, zone: ZoneInfo, now: datetime
) -> datetime:
    """The first instant at which one more message on this channel keeps to so many channels a week."""
    last: dict[ChannelName, datetime] = {}
    for on, at in contacts:
        end = free_from(WEEK, at, zone)
        if end > now:
            last[on] = max(end, last.get(on, end))
    if channel in last or len(last) < most:
        return now
    return sorted(last.values())[len(last) - most]
