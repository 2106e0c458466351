"""A rule as it was in force at a time, as a JSON document."""

from typing import Literal, cast

from typing_extensions import TypedDict

from notifier.answers.documents.rules import (
    PlannedActionDocument,
    RescueDocument,
    planned_action_document,
    rescue_document,
)
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.model.instants import utc_text
from notifier.model.rule_versions import RuleVersion


class RuleVersionDocument(TypedDict):
    """One version of a rule."""

    rule: str
    digest: str
    """SHA-256 of everything that decides what the rule says."""
    at: Instant
    """The instant that was asked about."""
    since: Instant | None
    """When the set of files with it was put in force; null where the folder's files are not in force yet."""
    until: Instant | None
    """When another set took its place; null where none has."""
    how: str | None
    by: str | None
    place: str
    mode: Literal["live", "shadow"]
    owner: str
    plan: list[PlannedActionDocument]
    rescue: RescueDocument | None
    """What is offered when it goes wrong; null where its author does not say."""
    source: str
    """The rule as its author wrote it."""
    texts: dict[str, str]
    """By their path below `templates/`."""


def rule_version_document(version: RuleVersion) -> RuleVersionDocument:
    """`rules show --json`."""
    return {
        "rule": version.rule,
        "digest": version.digest,
        "at": utc_text(version.at),
        "since": instant_or_null(version.since),
        "until": instant_or_null(version.until),
        "how": version.how,
        "by": version.by,
        "place": version.place,
        "mode": cast(Literal["live", "shadow"], version.mode),
        "owner": version.owner,
        "plan": [planned_action_document(*step) for step in version.plan],
        "rescue": rescue_document(version.rescue),
        "source": version.source,
        "texts": dict(version.texts),
    }
