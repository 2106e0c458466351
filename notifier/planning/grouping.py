"""Which notices of a rule with `group` go in one message: those that fall due together and say the same once.

Each of them is a notice of its own, decided by its own facts: it is held, corrected and followed up by itself. Here is
only what they must have in common to be rows of one text. Which of them go together is found in `drafting.joining`.
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from notifier.model.digests import claims_digest
from notifier.model.notices import Claims, Match, NoticeKind, Recipient, ThreadEvent
from notifier.planning.sharing import Sharing
from notifier.planning.situation import Action, Intent
from notifier.rules.checked_rules import Rule
from notifier.rules.list_claims import GROUP_ORDER

Common = tuple[object, ...]
"""What the rows of one message have in common."""


def may_be_listed(rule: Rule, intent: Intent, sharing: Sharing) -> bool:
    """Whether it may be a row of a message: not what is said to all who share an address."""
    return (
        rule.group is not None
        and intent.action is Action.PLAN
        and intent.reason is None
        and not sharing.is_shared(intent)
    )


def common_of(rule: Rule, intent: Intent, recipient: Recipient | None) -> Common | None:
    """What it must have in common with another one: words, recipient, language and zone, what is said once, the day.

    None where its rule has no `group`.
    """
    if rule.group is None:
        return None
    match, told = intent.match, intent.told
    replaces = intent.kind is NoticeKind.CORRECTION or intent.event is ThreadEvent.REINSTATED
    before = told.claims if told is not None and replaces else {}
    return (
        rule.name,
        intent.kind,
        intent.template,
        intent.event,
        intent.holders,
        intent.instead_of is not None,
        match.ordinal,
        match.recipient_id,
        None if recipient is None else (recipient.locale, recipient.timezone),
        *(_said_once(claims) for claims in (match.claims, before, intent.current)),
        _day(intent, recipient) if rule.group == "day" else None,
        _of_no_order(match) if rule.group == "order" else None,
    )


def _of_no_order(match: Match) -> object:
    """Something that it shares with no other row, where it belongs to no order; nobody asked for those together."""
    order = match.claims.get(GROUP_ORDER)
    return (match.subject_id, match.each_id) if order is None or order.value is None else None


def _said_once(claims: Claims) -> tuple[str, tuple[str | None, ...]]:
    once = {name: claim for name, claim in claims.items() if "." not in name}
    return claims_digest(once), tuple(claim.timezone for claim in once.values())


def _day(intent: Intent, recipient: Recipient | None) -> object:
    """The local day of its anchor, where it takes place."""
    anchor = intent.match.anchor
    zone = next(_zones(intent, recipient), None)
    return anchor if anchor is None or zone is None else anchor.astimezone(ZoneInfo(zone)).date()


def _zones(intent: Intent, recipient: Recipient | None) -> Iterator[str]:
    known = (intent.match.timezone, *(claim.timezone for claim in intent.match.claims.values()))
    yield from (zone for zone in known if zone is not None)
    if recipient is not None and recipient.timezone is not None:
        yield recipient.timezone
