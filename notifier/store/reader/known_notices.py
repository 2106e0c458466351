"""What is stored of a notice, of its messages and of whoever speaks for it becomes one `KnownNotice`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import MessageState, NoticeKind, NoticeState, ReasonCode, ThreadEvent
from notifier.model.reading import KnownNotice
from notifier.model.receipts import CONFIRMING
from notifier.model.transitions import HANDED_OVER
from notifier.model.types import Address, ChannelName
from notifier.store.codec import channels_from_json, claims_from_json
from notifier.store.outbox.told_through import Speaker

SILENT = "it came back without a reason"


@dataclass
class Places:
    """Where the messages of one notice went, or are to go."""

    told: dict[Address, None] = field(default_factory=dict)
    """In the order in which they were handed over."""
    delivered: set[Address] = field(default_factory=set)
    unconfirmed: set[Address] = field(default_factory=set)
    unheard: dict[Address, str] = field(default_factory=dict)
    going: set[Address] = field(default_factory=set)

    def add(self, row: sa.Row[Any]) -> None:
        place = (ChannelName(row.channel), row.address)
        if row.state == MessageState.UNDELIVERED:
            self.unheard[place] = row.error or SILENT
            return
        if row.state not in HANDED_OVER:
            self.going.add(place)
            return
        self.told[place] = None
        if row.state == MessageState.DELIVERED:
            self.delivered.add(place)
        if row.state == MessageState.ACCEPTED and row.provider in CONFIRMING:
            self.unconfirmed.add(place)


NOWHERE = Places()
"""Of a notice that was told nowhere, and goes nowhere."""


def known_notice(
    row: sa.Row[Any],
    places: Places,
    failed: Mapping[Address, str],
    speaking: Sequence[Speaker],
    *,
    in_flight: bool,
) -> KnownNotice:
    """A notice as planning knows it; what another one told for it, at an address that both share, counts as told."""
    told_at, spent = row.told_at, row.spent
    wholly = row.reason_code == ReasonCode.TOLD_THROUGH
    told, unheard, unconfirmed = tuple(places.told), places.unheard, frozenset(places.unconfirmed)
    delivered = frozenset(places.delivered)
    if speaking and (wholly or told_at is not None):
        through = {(each.channel, each.address): each for each in speaking if each.address is not None}
        told = (*told, *(place for place, each in through.items() if not each.came_back))
        unheard = {**unheard, **{place: each.error or SILENT for place, each in through.items() if each.came_back}}
        unconfirmed |= {place for place, each in through.items() if each.unconfirmed}
        delivered |= {place for place, each in through.items() if each.is_delivered}
        heard = [each.told_at for each in speaking if each.told_at is not None and each.address is not None]
        told_at = told_at or min(heard, default=None)
        spent = spent or (wholly and _is_over(speaking, told_at))
    return KnownNotice(
        id=row.id,
        occurrence=row.occurrence,
        reference=row.reference,
        kind=NoticeKind(row.kind),
        rule=row.rule,
        subject_id=row.subject_id,
        each_id=row.each_id,
        recipient_id=row.recipient_id,
        template=row.template,
        ordinal=row.ordinal,
        anchor=row.anchor_at,
        until=row.until_at,
        state=NoticeState(row.state),
        reason_code=ReasonCode(row.reason_code),
        spent=spent,
        told_at=told_at,
        changed_at=row.changed_at,
        deferred_until=row.deferred_until,
        claims=claims_from_json(row.claims),
        claims_digest=row.claims_digest,
        content_digest=row.content_digest,
        rule_digest=row.rule_digest,
        channels=channels_from_json(row.channels),
        told_channels=tuple(dict.fromkeys(channel for channel, _ in told)),
        told_addresses=frozenset(place for place in told if place[1]),  # one that is not kept is nobody's
        unheard=unheard,
        delivered=delivered,
        unconfirmed=unconfirmed,
        going_to=frozenset(places.going),
        through={each.channel: each.voice for each in speaking},
        failed=failed,
        in_flight=in_flight,
        contradictions=tuple(row.contradictions),
        passed_limits=row.passed_limits_at is not None,
        approved_digest=row.approved_digest,
        approvals=row.approvals,
        first_of=row.first_of,
        released=row.released,
        corrects=row.corrects,
        follows=row.follows,
        event=None if row.event is None else ThreadEvent(row.event),
        locale=row.locale,
        own_locale=row.own_locale,
        row_locale=row.row_locale,
        version=row.version,
    )


def _is_over(speaking: Sequence[Speaker], told_at: datetime | None) -> bool:
    """Whether a notice that others speak for is over: it was told, or all of them ended without being told at all."""
    return told_at is not None or all(each.spent and each.told_at is None for each in speaking)
