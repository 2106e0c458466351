"""Documents of the journey for `test_schemas.py`: with every key, made without a database."""

from dataclasses import replace
from typing import Any

from notifier.answers.documents.journey import journey_document
from notifier.answers.documents.missing import missing_document
from notifier.model.missing_words import MissingReport, Unpreceded
from notifier.model.touchpoints import FailureFigures, Heard, JourneyReport, TouchpointFigures
from notifier.rules.loader import load_project
from notifier.rules.shipped import shipped
from notifier.starter.proposals import proposal_of
from tests.starter.test_proposals import DAY, WORDS
from tests.support.drafts import NOW

HEARD = Heard(contacts=3, feedback=1, matters=2, repeated=1)


def a_map() -> Any:
    """A touchpoint with a foreseen failure, and a reason at no touchpoint."""
    failure = FailureFigures(
        failure="it comes late",
        severity=4,
        reasons=("order-late",),
        rules=("late-order",),
        checks=(),
        accepted=None,
        heard=HEARD,
        told=2,
        found=0,
    )
    point = TouchpointFigures(
        id="delivery",
        name="The parcel",
        stage="receiving",
        owner="logistics",
        systems=("warehouse",),
        topics=("delivery_date",),
        claims=("promised_at",),
        rules=("late-order",),
        silent=(),
        told=2,
        nothing_foreseen=None,
        failures=[failure],
    )
    stages = {"receiving": "Until it is there"}
    return journey_document(
        JourneyReport(at=NOW, since=None, until=NOW, stages=stages, touchpoints=[point], elsewhere={"thanks": HEARD})
    )


def what_was_missing() -> Any:
    """A reason with a proposal and one without."""
    examples = [Unpreceded(entity="contact", id="K-1", customer="C-1", at=NOW, subject="order:O-1")]
    report = MissingReport(
        at=NOW,
        since=NOW - DAY,
        until=None,
        within=14 * DAY,
        total=WORDS.preceded,
        reasons=[replace(WORDS, examples=examples)],
        unclear=1,
        of_nobody=0,
        has_map=True,
        unanswered=[("delivery", "it comes late", 20)],
    )
    proposal = proposal_of(WORDS, load_project(shipped()), "es")
    return missing_document(report, {"order-late": proposal})
