"""What the outbox holds is compared with what the providers hold: how many messages were lost, doubled, or wait."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import MessageState, NoticeKind, NoticeState
from notifier.model.types import USUAL_CHANNELS, ChannelName, NoticeClass
from notifier.store.outbox.payloads import payload_of
from tests.crash.world import CrashWorld, waits_for_a_person

Ids = frozenset[str]
"""Ids of messages."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The end of one test, counted. `deaths` counts the faults that struck by their point."""

    notices: int
    untold: tuple[str, ...]
    """What became of the notices to customers that were never told, and should have been. Where only a person can say
    whether a mail arrived, the owner was asked (`waiting`)."""
    stale: int
    """Notices that were told although what they say was withdrawn before."""
    without_id: int
    """Accepted messages without the id that their provider gave them, and accepted ones that their provider lacks."""
    sent: Mapping[ChannelName, int]
    """What the providers hold."""
    lost: Mapping[ChannelName, Ids]
    """Which their provider does not have, and nobody is going to send or to ask about."""
    became: tuple[str, ...]
    """What became of those, in words."""
    doubled: Mapping[ChannelName, Ids]
    waiting: Ids
    """Mails of which only a person can say whether they arrived."""
    in_hand: Ids
    """Messages whose provider had been called when their process died, and had not answered as far as is stored."""
    claimed: Ids
    """Messages whose claim died with its process."""
    uncertain: Ids
    """Mails of which the server did not say whether it took them."""
    safety: Ids
    """Messages of the class that rather goes twice than never."""
    overtaken: Mapping[ChannelName, int]
    """Lanes (an address, and an urgency) whose messages came in another order than that of the queue."""
    deaths: Mapping[str, int]

    def faults(self) -> list[str]:
        """What breaks the promises, in words. Empty where they hold.

        Nobody can ask an SMTP server what it took. So a mail that it may have taken goes twice where it is about
        safety, and else waits for a person.
        """
        in_doubt = self.in_hand | self.uncertain
        twice, sms = self.doubled[ChannelName.EMAIL], ChannelName.SMS
        counts = {
            "notices were never told": len(self.untold),
            "notices were told although they were withdrawn": self.stale,
            "messages were accepted and have no id": self.without_id,
            "SMS were lost": len(self.lost[sms]),
            "mails were lost": len(self.lost[ChannelName.EMAIL]),
            "SMS came twice": len(self.doubled[sms]),
            "lanes of SMS came in another order": self.overtaken[sms],
            "mails came twice that were in nobody's hand, or not about safety": len(twice - (in_doubt & self.safety)),
            "mails wait for a person without a reason": len(self.waiting - (in_doubt - self.safety)),
        }
        return [f"{count} {what}" for what, count in counts.items() if count]

    def table(self) -> str:
        """The figures, a line each."""
        lines = [f"{self.notices} notices, {len(self.untold)} untold, {self.without_id} accepted without an id"]
        lines += [f"  untold: {became}" for became in self.untold]
        lines += [
            f"{channel.value:6} {self.sent[channel]:5} sent, {len(self.lost[channel])} lost, "
            f"{len(self.doubled[channel])} doubled, {self.overtaken[channel]} lanes out of order"
            for channel in USUAL_CHANNELS
        ]
        lines += [f"  lost: {became}" for became in self.became]
        lines.append(f"{len(self.waiting)} mails wait for a person")
        lines += [f"{count:6} deaths {point}" for point, count in self.deaths.items()]
        return "\n".join(lines)


def tally(world: CrashWorld) -> Tally:
    """Count what became of everything in the world."""
    rows = world.messages()
    arrived = {ChannelName.SMS: _at_twilio(world, rows), ChannelName.EMAIL: _at_smtp(world, rows)}
    copies = {channel: Counter(one.message for one in held) for channel, held in arrived.items()}
    strikes = world.journal.strikes()
    told = {row.notice_subject_id for row in rows if _is_told(row)}
    asked = {row.notice_subject_id for row in rows if waits_for_a_person(row)}
    withdrawn = {visit["id"] for number in world.withdrawn for visit in world.visits[number]}
    lost = {channel: frozenset(_lost(world, rows, channel, copies[channel])) for channel in USUAL_CHANNELS}
    return Tally(
        notices=world.booked,
        untold=tuple(_untold(world, told | asked | withdrawn)),
        stale=len(told & withdrawn),
        without_id=sum(not _has_its_id(row, arrived) for row in rows if row.state == MessageState.ACCEPTED),
        sent={channel: len(held) for channel, held in arrived.items()},
        lost=lost,
        became=tuple(_end(row) for row in rows if row.id in lost[ChannelName(row.channel)]),
        doubled={
            channel: frozenset(message for message, count in copies[channel].items() if count > 1)
            for channel in USUAL_CHANNELS
        },
        waiting=frozenset(row.id for row in rows if waits_for_a_person(row)),
        in_hand=frozenset(message for strike in strikes for message in strike.in_hand),
        uncertain=frozenset(row.id for row in rows if row.address in world.uncertain),
        claimed=frozenset(message for strike in strikes for message in strike.claimed),
        safety=frozenset(row.id for row in rows if row.notice_notice_class == NoticeClass.SAFETY),
        overtaken={channel: _overtaken(rows, held) for channel, held in arrived.items()},
        deaths=Counter(strike.point for strike in strikes),
    )


@dataclass(frozen=True, kw_only=True)
class _Arrived:
    message: str
    provider_id: str | None
    """None where the provider does not name what it took (SMTP)."""


def _at_twilio(world: CrashWorld, rows: Sequence[sa.Row[Any]]) -> list[_Arrived]:
    known = {(row.address, row.text): row.id for row in rows if row.channel == ChannelName.SMS}
    return [_Arrived(message=known[held.to, held.body], provider_id=held.sid) for held in world.twilio.messages()]


def _at_smtp(world: CrashWorld, rows: Sequence[sa.Row[Any]]) -> list[_Arrived]:
    known = {(row.address, payload_of(row).rstrip()): row.id for row in rows if row.channel == ChannelName.EMAIL}
    return [
        # On the wire every mail ends with a line end.
        _Arrived(message=known[mail.recipient, mail.content.rstrip()], provider_id=None)
        for mail in world.smtp.mails()
    ]


def _untold(world: CrashWorld, excused: Collection[str]) -> Iterator[str]:
    """What became of every visit that somebody should have been told about, in words."""
    notices = {row.subject_id: row for row in world.notices() if row.kind == NoticeKind.NOTICE}
    messages: dict[str, list[str]] = defaultdict(list)
    for row in world.messages():
        messages[row.notice_id].append(f"{row.channel} {row.state}, {row.error or 'no error'}")
    for visit in (visit["id"] for visits in world.visits.values() for visit in visits if visit["id"] not in excused):
        notice = notices.get(visit)
        became = f"{notice.state} ({'; '.join(messages[notice.id])})" if notice is not None else "no notice"
        yield f"{visit}: {became}"


def _is_told(row: sa.Row[Any]) -> bool:
    return bool(row.notice_kind == NoticeKind.NOTICE and row.notice_state == NoticeState.TOLD)


def _has_its_id(row: sa.Row[Any], arrived: Mapping[ChannelName, Sequence[_Arrived]]) -> bool:
    given = {one.provider_id for one in arrived[ChannelName(row.channel)] if one.message == row.id}
    return bool(row.provider_id) and (row.provider_id in given or given == {None})


def _end(row: sa.Row[Any]) -> str:
    """How a message ended, and its notice."""
    message = f"{row.notice_subject_id}, {row.channel} {row.state}, {row.error or 'no error'}"
    return f"{message}; the notice is {row.notice_state}"


def _lost(world: CrashWorld, rows: Sequence[sa.Row[Any]], channel: ChannelName, copies: Counter[str]) -> set[str]:
    """A cancelled message counts as lost unless its visit was cancelled, a failed one unless it was refused."""
    withdrawn = {f"C-{number}" for number in world.withdrawn}
    missing = [row for row in rows if row.channel == channel and not copies[row.id] and not waits_for_a_person(row)]
    meant = {
        row.id
        for row in missing
        if (row.state == MessageState.CANCELLED and row.notice_recipient_id in withdrawn)
        or (row.state == MessageState.FAILED and row.address in world.refused)
    }
    return {row.id for row in missing} - meant


def _overtaken(rows: Sequence[sa.Row[Any]], held: Sequence[_Arrived]) -> int:
    """Counts first copies. Of different urgencies the later decided one may well come later."""
    place = {row.id: (index, (row.address, row.urgency)) for index, row in enumerate(rows)}
    came: dict[tuple[str, int], list[int]] = defaultdict(list)
    for message in dict.fromkeys(one.message for one in held):
        index, lane = place[message]
        came[lane].append(index)
    return sum(order != sorted(order) for order in came.values())
