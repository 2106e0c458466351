"""Small true values for planning tests: a rule, a match, a known notice; each test says only what matters to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from notifier.model.digests import claims_digest, reference
from notifier.model.notices import ClaimValue, Match, NoticeKind, NoticeState, ReasonCode
from notifier.model.problems import Place
from notifier.model.reading import KnownNotice
from notifier.model.types import ChannelName, NoticeClass, TopicType, ValueType
from notifier.planning.occurrences import occurrence_of
from notifier.rules.checked_rules import Moment, Rule
from notifier.rules.expressions import Expression

NOW = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
PLACE = Place("rules/test.yaml")
TO_ONE = Expression(type=ValueType.ENTITY, entity="customer")
ANCHOR = Moment(text="48h before appointment.starts_at", place=PLACE, anchor=Expression(type=ValueType.TIMESTAMP))

RULE = Rule(
    name="reminder",
    place=PLACE,
    about="appointment",
    to=TO_ONE,
    touchpoint=None,
    owner="field",
    notice_class=NoticeClass.SERVICE,
    when=(),
    at=(ANCHOR,),
    template="reminder",
    channels=(ChannelName.SMS, ChannelName.EMAIL),
    exit="desk",
    digest="rule-1",
)
WITHOUT_AT = replace(RULE, at=())


def starts(at: datetime, source: str = "appointment.starts_at") -> dict[str, ClaimValue]:
    """The claims of a reminder."""
    return {"starts_at": ClaimValue(type=TopicType.TIMESTAMP, value=at, timezone="America/Bogota", source=source)}


def match(**changes: Any) -> Match:
    """The reminder of appointment A-1 to customer C-1, in its window."""
    anchor = changes.get("anchor", NOW + timedelta(hours=24))
    values: dict[str, Any] = {
        "rule": "reminder",
        "subject_type": "appointment",
        "subject_id": "A-1",
        "each_id": None,
        "recipient_id": "C-1",
        "anchor": anchor,
        "at": None if anchor is None else anchor - timedelta(hours=48),
        "until": anchor,
        "claims": starts(anchor) if anchor is not None else {},
        "evidence": {},
    }
    return Match(**(values | changes))


def known(of: Match, **changes: Any) -> KnownNotice:
    """What the outbox has of a match: told an hour ago unless the test says otherwise."""
    occurrence = changes.pop("occurrence", occurrence_of(of, live=False))
    claims = changes.pop("claims", of.claims)
    values: dict[str, Any] = {
        "id": f"N-{occurrence}",
        "occurrence": occurrence,
        "reference": reference(occurrence),
        "kind": NoticeKind.NOTICE,
        "rule": of.rule,
        "subject_id": of.subject_id,
        "each_id": of.each_id,
        "recipient_id": of.recipient_id,
        "template": "reminder",
        "ordinal": of.ordinal,
        "anchor": of.anchor,
        "until": of.until,
        "state": NoticeState.TOLD,
        "reason_code": ReasonCode.DUE,
        "spent": True,
        "told_at": NOW - timedelta(hours=1),
        "changed_at": NOW - timedelta(hours=1),
        "claims": claims,
        "claims_digest": claims_digest(claims),
        "content_digest": "",
        "rule_digest": "rule-1",
        "told_channels": (ChannelName.SMS,),
        "contradictions": (),
        "passed_limits": True,
        "approved_digest": None,
        "released": False,
        "corrects": None,
        "follows": None,
    }
    if changes.get("state", NoticeState.TOLD) is not NoticeState.TOLD:
        values |= {"spent": False, "told_at": None, "told_channels": ()}
    return KnownNotice(**(values | changes))
