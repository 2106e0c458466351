"""The canary: which customers hear a version of a rule first, how long the others wait, and what stops it.

Who is first follows from a hash of the version and the customer. So a second try of the same version meets the same
people, and they are not those with the oldest ids.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from heapq import nsmallest

from notifier.model.instants import minute_text
from notifier.model.notices import NoticeKind, NoticeState, ReasonCode
from notifier.model.reading import HeardFirst
from notifier.model.shares import Share
from notifier.model.types import NoticeClass
from notifier.planning.situation import Action, Intent
from notifier.rules.checked_rules import SHARES_FROM, Canary, Rule


class FirstToHear:
    """The canary of one version of a rule, as one pass sees it."""

    def __init__(self, rule: Rule, canary: Canary, heard: HeardFirst, now: datetime) -> None:
        self._rule = rule
        self._canary = canary
        self._heard = heard
        self._now = now
        self._candidates: set[str] = set()

    def offer(self, intents: Iterable[Intent]) -> None:
        """Let the recipients of these be among the first, where a place is free. To be called before any is decided."""
        self._candidates.update(
            intent.match.recipient_id for intent in intents if intent.match.recipient_id and _is_candidate(intent)
        )

    def includes(self, customer: str) -> bool:
        """Whether the customer hears it first."""
        return customer in self._heard.recipients or (self.stopped is None and customer in self._chosen)

    @cached_property
    def _chosen(self) -> Set[str]:
        free = self._canary.first - len(self._heard.recipients)
        others = self._candidates - self._heard.recipients
        return set(nsmallest(max(free, 0), others, key=lambda customer: rank(self._rule.digest, customer)))

    @property
    def _is_full(self) -> bool:
        return len(self._heard.recipients) >= self._canary.first

    @property
    def opens_at(self) -> datetime:
        """When the others may hear it, as far as that is known now: not before all the first have heard it."""
        heard = self._heard
        if not self._is_full or heard.waiting:
            return self._now + self._canary.then_wait
        return self._now if heard.last_told_at is None else heard.last_told_at + self._canary.then_wait

    def why_waiting(self, zone: str) -> str | None:
        """Why the others wait, with the time in their zone (IANA); None where they need not."""
        if self._is_full and self.opens_at <= self._now:
            return None
        ends, first = minute_text(self.opens_at, zone), self._canary.first
        return f"until {ends} for what becomes of the first {first} who hear this version"

    @cached_property
    def stopped(self) -> str | None:
        """Why it goes no further without a person; None where nothing stops it.

        What happens after the wait is over counts no more: by then everybody hears it.
        """
        return next(self._stops(), None)

    def _stops(self) -> Iterator[str]:
        heard, canary = self._heard, self._canary
        ends = self.opens_at if self._is_full else self._now
        found: Sequence[tuple[str, Sequence[datetime], Decimal, Decimal]] = (
            ("did not get it", heard.failures, canary.stop_at.failures, canary.stop_above.failures),
            ("asked for no more", heard.opt_outs, canary.stop_at.opt_outs, canary.stop_above.opt_outs),
            ("wrote back", heard.replies, canary.stop_at.replies, canary.stop_above.replies),
        )
        of = len(heard.recipients)
        by_share = of >= SHARES_FROM and self._rule.notice_class is not NoticeClass.SAFETY
        for what, times, most, share in found:
            count = sum(at <= ends for at in times)
            if by_share and count > share * of:
                yield f"{_counted(count, of)} {what}, and more than {_percent(share)} stop it; a person must approve"
            elif not by_share and count >= most:
                yield f"{_counted(count, of)} {what}, and {most} stop it; a person must approve"


def rank(digest: str, customer: str) -> bytes:
    """Where the customer stands among those who may hear this version first."""
    return hashlib.sha256(f"{digest}|{customer}".encode()).digest()


def _is_candidate(intent: Intent) -> bool:
    """Whether it may be told in this pass: what waits for something else takes no place among the first."""
    if intent.action is not Action.PLAN or intent.reason is not None or intent.kind is not NoticeKind.NOTICE:
        return False
    known = intent.known
    return (
        known is None
        or known.state is NoticeState.READY
        or known.reason_code in (ReasonCode.CANARY, ReasonCode.GATHERED, ReasonCode.APPROVAL, ReasonCode.LIMIT)
    )


def _counted(count: int, of: int) -> str:
    """`3 of the first 50 (95 %: 2 to 16 %)`."""
    low, high = Share(part=count, whole=of).interval or (0.0, 1.0)
    return f"{count} of the first {of} (95 %: {low * 100:.0f} to {high * 100:.0f} %)"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
