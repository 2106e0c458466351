"""What `notifier simulate --drill --json` prints."""

from typing_extensions import TypedDict

from notifier.answers.documents.learning import ShareDocument, share_document
from notifier.answers.documents.reports import SpansDocument, spans_document
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.model.drills import DrillReport, Need, Reached
from notifier.model.instants import utc_text


class HourDocument(TypedDict):
    """One local hour of a drill's day."""

    begins_at: Instant
    arriving: int
    """People."""
    present: int
    """People who are there at any time of the hour."""


class NeedDocument(TypedDict):
    """What the day needs of one thing, and what there is of it."""

    need: str
    owner: str | None
    """Who sees to it."""
    needed: int
    """In the hour that needs most; of what is used up, over the day."""
    at: Instant | None
    """When that hour begins; null for what is used up."""
    have: int
    short: int
    """How much is lacking."""
    hours_short: int
    """Hours in which it is; of what is used up, 0 or 1."""
    planned: int
    """What there is with the plan."""
    short_planned: int
    hours_short_planned: int


class ReachedDocument(TypedDict):
    """Of the affected customers, who heard of it."""

    told: ShareDocument
    """Those who had a word before it touched them."""
    lead: SpansDocument
    """From that word until it touched them."""
    rules: dict[str, int]
    """By the rule of the first word."""
    not_told: dict[str, int]
    """The others, by what became of their notice."""


class DrillDocument(TypedDict):
    """A foreseen day, played on today's customers."""

    drill: str
    day: str
    """`2026-05-10`, local."""
    timezone: str
    site: str | None
    began_at: Instant
    """When its clock started."""
    affected_rows: int
    affected_customers: int
    people: int
    """Expected on the day, announced or not."""
    hours: list[HourDocument]
    needs: list[NeedDocument]
    now: ReachedDocument
    """With the rules as they are."""
    planned: ReachedDocument | None
    """With the plan's rules; null where the plan changes none."""
    without: list[str]
    added: list[str]
    told: dict[str, int]
    """Notices told during the drill by the rules as they are, to anybody, by rule."""


def drill_document(report: DrillReport) -> DrillDocument:
    """What `simulate --drill --json` prints."""
    return {
        "drill": report.name,
        "day": report.day,
        "timezone": report.timezone,
        "site": report.site,
        "began_at": utc_text(report.began_at),
        "affected_rows": report.rows,
        "affected_customers": report.customers,
        "people": report.people,
        "hours": [
            {"begins_at": utc_text(hour.begins_at), "arriving": hour.arriving, "present": hour.present}
            for hour in report.hours
        ],
        "needs": [_need(need) for need in report.needs],
        "now": _reached(report.now),
        "planned": None if report.planned is None else _reached(report.planned),
        "without": list(report.without),
        "added": list(report.added),
        "told": dict(report.told),
    }


def _need(need: Need) -> NeedDocument:
    return {
        "need": need.name,
        "owner": need.owner,
        "needed": need.needed,
        "at": instant_or_null(need.at),
        "have": need.have,
        "short": need.short,
        "hours_short": need.hours_short,
        "planned": need.planned,
        "short_planned": need.short_planned,
        "hours_short_planned": need.hours_short_planned,
    }


def _reached(reached: Reached) -> ReachedDocument:
    return {
        "told": share_document(reached.told),
        "lead": spans_document(reached.lead),
        "rules": dict(reached.rules),
        "not_told": dict(reached.not_told),
    }
