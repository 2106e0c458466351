"""The map of the journey as a JSON document: every figure with the cases that it is of."""

from typing_extensions import TypedDict

from notifier.answers.documents.learning import ShareDocument, share_document
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.model.instants import utc_text
from notifier.model.shares import Share
from notifier.model.touchpoints import FailureFigures, Heard, JourneyReport, TouchpointFigures


class HeardDocument(TypedDict):
    """What people said about something in the period."""

    contacts: int
    feedback: int
    matters: int
    """What one customer brings up about one row is one matter."""
    repeated: ShareDocument
    """Of the matters, those that were brought up more than once."""
    per_matter: float
    """Contacts and feedback per matter, to two places; 0 without any."""


class FailureDocument(TypedDict):
    """A failure that is foreseen at a touchpoint."""

    failure: str
    severity: int
    """1 (a nuisance) to 5."""
    reasons: list[str]
    rules: list[str]
    checks: list[str]
    accepted: str | None
    """Why nothing is done about it; null where a rule or check is named."""
    heard: HeardDocument
    told: int
    """Notices that its rules told in the period."""
    found: int
    """Contradictions that its checks found in the period."""
    score: float
    """How red it is: contacts and feedback x severity x how often each matter was brought up; to one place."""


class StageDocument(TypedDict):
    """A stage of the journey."""

    stage: str
    name: str


class TouchpointDocument(TypedDict):
    """A touchpoint of the map."""

    touchpoint: str
    name: str
    stage: str | None
    owner: str | None
    systems: list[str]
    topics: list[str]
    """What is promised or claimed there, as the map says."""
    claims: list[str]
    """The topics of the claims that its rules tell."""
    rules: list[str]
    """The rules whose notices reach it."""
    in_shadow: list[str]
    """Those of them that tell nobody yet."""
    is_reached: bool
    """Whether some rule tells customers something there."""
    told: int
    nothing_foreseen: str | None
    """Why nothing is foreseen to fail there."""
    heard: HeardDocument
    score: float
    failures: list[FailureDocument]


class ElsewhereDocument(TypedDict):
    """A reason that is at no foreseen failure of the map."""

    reason: str
    heard: HeardDocument


class JourneyDocument(TypedDict):
    """The map of the journey with what happened in the period."""

    at: Instant
    since: Instant | None
    """Null: from the first contact on."""
    until: Instant | None
    stages: list[StageDocument]
    touchpoints: list[TouchpointDocument]
    """In the order of the journey."""
    unreached: list[str]
    """The touchpoints at which no rule tells customers anything."""
    reasons_elsewhere: list[ElsewhereDocument]
    rules_elsewhere: list[str]
    """Rules that reach no touchpoint of the map."""
    checks_elsewhere: list[str]
    """Checks that are at no foreseen failure."""
    unclear: int
    """Contacts and feedback whose reason nobody knows yet: they are in no figure."""


def journey_document(report: JourneyReport) -> JourneyDocument:
    """The whole map."""
    return {
        "at": utc_text(report.at),
        "since": instant_or_null(report.since),
        "until": instant_or_null(report.until),
        "stages": [{"stage": stage, "name": name} for stage, name in report.stages.items()],
        "touchpoints": [_touchpoint(each) for each in report.touchpoints],
        "unreached": [each.id for each in report.unreached],
        "reasons_elsewhere": [{"reason": name, "heard": _heard(each)} for name, each in report.elsewhere.items()],
        "rules_elsewhere": list(report.rules_elsewhere),
        "checks_elsewhere": list(report.checks_elsewhere),
        "unclear": report.unclear,
    }


def _touchpoint(point: TouchpointFigures) -> TouchpointDocument:
    return {
        "touchpoint": point.id,
        "name": point.name,
        "stage": point.stage,
        "owner": point.owner,
        "systems": list(point.systems),
        "topics": list(point.topics),
        "claims": list(point.claims),
        "rules": list(point.rules),
        "in_shadow": list(point.silent),
        "is_reached": point.is_reached,
        "told": point.told,
        "nothing_foreseen": point.nothing_foreseen,
        "heard": _heard(point.heard),
        "score": round(point.score, 1),
        "failures": [_failure(each) for each in point.failures],
    }


def _failure(failure: FailureFigures) -> FailureDocument:
    return {
        "failure": failure.failure,
        "severity": failure.severity,
        "reasons": list(failure.reasons),
        "rules": list(failure.rules),
        "checks": list(failure.checks),
        "accepted": failure.accepted,
        "heard": _heard(failure.heard),
        "told": failure.told,
        "found": failure.found,
        "score": round(failure.score, 1),
    }


def _heard(heard: Heard) -> HeardDocument:
    return {
        "contacts": heard.contacts,
        "feedback": heard.feedback,
        "matters": heard.matters,
        "repeated": share_document(Share(part=heard.repeated, whole=heard.matters)),
        "per_matter": round(heard.repetition, 2),
    }
