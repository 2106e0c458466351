"""Rules and checks as JSON documents: what is in force, and what is wrong with their files."""

from datetime import timedelta
from typing import Literal, cast

from typing_extensions import TypedDict

from notifier.model.problems import Problem
from notifier.model.rescues import Rescue
from notifier.model.types import ChannelName, NoticeClass
from notifier.rules.checked import Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Rule
from notifier.rules.contact_law import LawEntry

Severity = Literal["error", "warning", "note"]


class PlannedActionDocument(TypedDict):
    """What the company does in addition to telling the customer."""

    do: str
    owner: str
    within_seconds: int | None
    """Within what time it is done, counted from the notice; null where the rule does not say."""


_Class = TypedDict("_Class", {"class": NoticeClass})
"""Apart from the class below, because a class body cannot declare a key named `class`."""


class RescueDocument(TypedDict):
    """What is offered when what a rule tells goes wrong, or why nothing is."""

    none_because: str | None
    """Why nothing can be offered; null where something is."""
    admission: dict[str, str]
    """What is said first, by language; the language is the empty text where one text is for all."""
    remedy: dict[str, str]
    """What the customer gets, likewise."""
    decides: str | None
    """The owner who decides it."""
    by_seconds: int | None
    """How soon after it went wrong."""


class RuleDocument(_Class):
    """One rule in force."""

    rule: str
    file: str
    line: int
    about: str
    """The entity: `appointment`."""
    owner: str
    touchpoint: str | None
    at: list[str]
    """Its moments, as they were written; empty where it speaks as soon as it is true."""
    until: str | None
    channels: list[ChannelName]
    template: str
    exit: str
    """The human way out."""
    claims: list[str]
    plan: list[PlannedActionDocument]
    rescue: RescueDocument | None
    """Null where its author does not say."""
    mode: Literal["live", "shadow"]
    """In shadow it decides and records, and tells nobody."""
    digest: str
    """SHA-256 of everything that decides what the rule says."""


class HoldsDocument(TypedDict):
    """What an open contradiction of a check holds."""

    topics: list[str]
    rules: list[str]


class CheckDocument(TypedDict):
    """One check in force."""

    check: str
    file: str
    line: int
    topic: str
    against: str | None
    """The entity of the fact; null where a promise is broken by nothing happening."""
    owner: str
    severity: str
    holds: HoldsDocument
    digest: str


class ProblemDocument(TypedDict):
    """One thing that is wrong with a file of the project."""

    file: str
    line: int
    column: int
    severity: Severity
    what: str
    """One sentence, with the remedy where there is one."""
    code: str | None
    """By which name the rule can `hush` it; null where it cannot."""


def rules_document(project: Project) -> list[RuleDocument | CheckDocument]:
    """`rules list --json`: the rules, then the checks."""
    return [
        *(_rule(rule) for rule in project.rules.values()),
        *(_check(check) for check in project.checks.values()),
    ]


def problem_document(problem: Problem) -> ProblemDocument:
    """One item of `rules check --json`."""
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "severity": cast(Severity, problem.severity),
        "what": problem.what,
        "code": problem.code or None,
    }


def rescue_document(rescue: Rescue | None) -> RescueDocument | None:
    """A rescue; None where a rule says nothing of it."""
    if rescue is None:
        return None
    return {
        "none_because": rescue.none_because or None,
        "admission": dict(rescue.admission),
        "remedy": dict(rescue.remedy),
        "decides": rescue.decides,
        "by_seconds": None if rescue.by is None else round(rescue.by.total_seconds()),
    }


def planned_action_document(do: str, owner: str, within: timedelta | None) -> PlannedActionDocument:
    """One step of a plan."""
    return {"do": do, "owner": owner, "within_seconds": None if within is None else round(within.total_seconds())}


def _rule(rule: Rule) -> RuleDocument:
    return {
        "rule": rule.name,
        "file": rule.place.file,
        "line": rule.place.line,
        "about": rule.about,
        "owner": rule.owner,
        "class": rule.notice_class,
        "touchpoint": rule.touchpoint,
        "at": [moment.text for moment in rule.at],
        "until": rule.until.text if rule.until else None,
        "channels": list(rule.channels),
        "template": rule.template,
        "exit": rule.exit,
        "claims": [claim.name for claim in rule.claims if not claim.seen],
        "plan": [planned_action_document(step.do, step.owner, step.within) for step in rule.plan],
        "rescue": rescue_document(rule.rescue),
        "mode": "shadow" if rule.shadow else "live",
        "digest": rule.digest,
    }


def _check(check: Check) -> CheckDocument:
    return {
        "check": check.name,
        "file": check.place.file,
        "line": check.place.line,
        "topic": check.topic,
        "against": check.against,
        "owner": check.owner,
        "severity": check.severity,
        "holds": {"topics": list(check.hold.topics), "rules": list(check.hold.rules)},
        "digest": check.digest,
    }


LawValue = str | int | float | bool | list[str] | dict[str, str] | None


class LawDocument(TypedDict):
    """One entry of the shipped contact law. It is no legal advice."""

    id: str
    country: str
    """ISO 3166-1; INT is what a provider does everywhere."""
    region: str | None
    """ISO 3166-2."""
    classes: list[NoticeClass]
    kind: str
    """`hours`, `max_per_day`, `consent`, `register`, …"""
    value: dict[str, LawValue]
    """What it says, as it was written down; empty where nothing was found."""
    channels: list[str]
    binds: bool
    """Whether contact_law takes it into account."""
    status: str
    """`in_force`, `proposed`, `not_found`, …; what was not found is unknown, never allowed."""
    confidence: str
    disputed: bool
    source: str | None
    url: str | None
    source_date: str | None
    note: str | None


def law_document(entry: LawEntry) -> LawDocument:
    """One item of `rules law --json`."""
    return {
        "id": entry.id,
        "country": entry.country,
        "region": entry.region,
        "classes": list(entry.classes),
        "kind": entry.kind,
        "value": dict(entry.value),
        "channels": list(entry.channels),
        "binds": entry.binds,
        "status": entry.status,
        "confidence": entry.confidence,
        "disputed": entry.disputed,
        "source": entry.title,
        "url": entry.url,
        "source_date": entry.source_date,
        "note": entry.note,
    }
