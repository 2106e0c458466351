"""How contradictions came to their end, causes and floods, as JSON documents."""

from collections.abc import Collection, Mapping, Sequence

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant, MoneyDocument, instant_or_null, money_document
from notifier.answers.held import HeldNotices
from notifier.model.durations import duration_text
from notifier.model.instants import utc_text
from notifier.model.settling import Group, Settling, Way
from notifier.rules.checked_owners import Cause
from notifier.store.settling import CountedCause


class SettlingDocument(TypedDict):
    """One time that a person took a contradiction, or its whole flood, to an end."""

    at: Instant
    way: Way
    by: str
    reason: str
    cause: str | None
    """Of rules/causes.yaml."""
    action: str | None
    """What is done about the cause."""
    owner: str | None
    """Who corrects the fact."""
    due_at: Instant | None
    """By when; of a waiver, its end."""
    evidence: str | None
    remedy: str | None
    """What the customer gets, in words."""
    next_step: str | None
    credit: MoneyDocument | None
    override: str | None
    """Why a procedure was broken."""
    waits_for: str | None
    """`second` or a role, where a second person had to agree."""
    approved_by: str | None
    approved_at: Instant | None
    told_at: Instant | None
    """When the customer was told first."""
    group: str | None
    """The flood that was decided as one; null: this contradiction alone."""


class HeldNoticeDocument(TypedDict):
    """A notice that the contradiction held, and what becomes of it."""

    notice: str
    """Its reference."""
    rule: str
    customer: str | None
    becomes: str
    """`released`, `cancelled`, or `held` where it still is."""
    reason: str


class SettledDocument(TypedDict):
    """What a decision came to."""

    sentence: str
    about: list[str]
    """The contradiction, or the group."""
    notices: list[HeldNoticeDocument]
    """What it held, and what becomes of that at the next tick."""
    more_notices: int
    """How many more it held, of which nothing is said here."""


class CauseDocument(TypedDict):
    """A cause of broken promises."""

    cause: str
    about: str | None
    """In words; null where rules/causes.yaml no longer has it."""
    owner: str | None
    again_within: str | None
    """`30d`: a second time within it is a pattern."""
    named: int
    """How often."""
    lately: int
    """How often within that time, up to now."""
    pattern: bool
    """Whether it came back within that time."""
    first_at: Instant | None
    last_at: Instant | None


class CommonCauseDocument(TypedDict):
    """What contradictions of a flood have in common."""

    what: str
    """`contract.plan`; `charge.written_at` for what was written at one instant, as by one import."""
    value: str
    count: int


class GroupDocument(TypedDict):
    """A flood: what one pass of a check found together."""

    id: str
    check: str
    owner: str
    opened_at: Instant
    count: int
    """How many there were."""
    left: int
    """How many are open or acknowledged."""
    common: list[CommonCauseDocument]


def settling_document(settling: Settling) -> SettlingDocument:
    """One item of `settlings`."""
    credit, currency = settling.credit, settling.currency
    return {
        "at": utc_text(settling.at),
        "way": settling.way,
        "by": settling.by,
        "reason": settling.reason,
        "cause": settling.cause,
        "action": settling.action,
        "owner": settling.owner,
        "due_at": instant_or_null(settling.due_at),
        "evidence": settling.evidence,
        "remedy": settling.remedy,
        "next_step": settling.next_step,
        "credit": None if credit is None else money_document(credit, currency),
        "override": settling.override,
        "waits_for": settling.waits_for,
        "approved_by": settling.approved_by,
        "approved_at": instant_or_null(settling.approved_at),
        "told_at": instant_or_null(settling.told_at),
        "group": settling.group_id,
    }


def settled_document(sentence: str, about: Collection[str], held: HeldNotices) -> SettledDocument:
    """What `contradictions settle --json` prints."""
    return {
        "sentence": sentence,
        "about": list(about),
        "notices": [
            {
                "notice": each.notice,
                "rule": each.rule,
                "customer": each.customer,
                "becomes": each.becomes,
                "reason": each.reason,
            }
            for each in held.notices
        ],
        "more_notices": held.more,
    }


def cause_document(name: str, counted: Sequence[CountedCause], known: Mapping[str, Cause]) -> CauseDocument:
    """One item of `contradictions causes --json`."""
    found, cause = next((each for each in counted if each.cause == name), None), known.get(name)
    return {
        "cause": name,
        "about": None if cause is None else cause.about,
        "owner": None if cause is None else cause.owner,
        "again_within": None if cause is None else duration_text(cause.again_within),
        "named": 0 if found is None else found.count,
        "lately": 0 if found is None else found.lately,
        "pattern": found is not None and found.lately > 1,
        "first_at": None if found is None else utc_text(found.first_at),
        "last_at": None if found is None else utc_text(found.last_at),
    }


def group_document(group: Group, left: int) -> GroupDocument:
    """One item of `contradictions groups --json`."""
    return {
        "id": group.id,
        "check": group.check,
        "owner": group.owner,
        "opened_at": utc_text(group.opened_at),
        "count": group.count,
        "left": left,
        "common": common_causes(group),
    }


def common_causes(group: Group) -> list[CommonCauseDocument]:
    """What those of a flood have in common, what most of them have first."""
    return [{"what": each.what, "value": each.value, "count": each.count} for each in group.causes]
