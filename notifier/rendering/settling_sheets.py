"""What alerts about floods, steps, and causes that came back are printed from."""

from collections.abc import Iterable

from notifier.model.alerts import ContradictionAlert
from notifier.model.contradictions import Contradiction
from notifier.model.notices import ClaimValue
from notifier.model.settling import CommonCause
from notifier.model.settling_alerts import CauseAgainAlert, FloodAlert, SettlingAlert
from notifier.model.types import TopicType
from notifier.rendering.context import Names, PrintableClaim, Voice, clean
from notifier.rendering.said import said
from notifier.rendering.spoken_names import row_name
from notifier.rendering.words import Words


def flood_names(alert: FloodAlert, voice: Voice, words: Words) -> dict[str, object]:
    """`common`, `foremost`, `samples`, `rest`, `held`, and `plain_count`, which a command takes."""
    common = [_common(each, alert.count, words) for each in alert.common]
    return {
        # What has no deadline, as two words of one sale, is said without one: an undefined name would stop the alert.
        **({} if "surfaces_at" in alert.facts else {"surfaces_at": None}),
        "common": common,
        "foremost": common[:1],
        "plain_count": str(alert.count),
        "samples": list(_samples(alert.samples, voice, words)),
        "rest": alert.count > len(alert.samples),
        "held": [*alert.holds_rules, *alert.holds_topics],
    }


def settling_names(alert: SettlingAlert, voice: Voice, words: Words) -> dict[str, object]:
    """`samples`, `first`, `rest` and `step`."""
    samples = list(_samples(alert.samples, voice, words))
    return {"samples": samples, "first": samples[:1], "rest": alert.count > len(samples), "step": alert.step}


def cause_names(alert: CauseAgainAlert) -> dict[str, object]:
    """`contradictions` and `days`."""
    again = alert.again
    return {"contradictions": ", ".join(again.contradictions), "days": max(1, again.within.days)}


def _common(cause: CommonCause, count: int, words: Words) -> Names:
    entity, _, column = cause.what.partition(".")
    what = words.common.get(column, column).format(entity=entity)
    return Names("common", {"what": what, "value": clean(cause.value), "all": cause.count == count, "n": cause.count})


def _samples(contradictions: Iterable[Contradiction], voice: Voice, words: Words) -> Iterable[Names]:
    for each in contradictions:
        alert = ContradictionAlert(contradiction=each)
        yield Names(
            "sample",
            {
                "contradiction": each.id,
                "subject": clean(row_name(f"{each.subject_type}:{each.subject_id}", words.language)),
                "check": each.check,
                "surfaces_at": _surfaces(each, voice, words),
                "promised": said("promised", alert.promised, voice, words),
                "actual": None if alert.actual is None else said("actual", alert.actual, voice, words),
                "taken_by": None if each.acknowledged_by is None else clean(each.acknowledged_by),
            },
        )


def _surfaces(found: Contradiction, voice: Voice, words: Words) -> PrintableClaim | None:
    """When the customer finds out; None where nothing says it."""
    return said("surfaces_at", ClaimValue(type=TopicType.TIMESTAMP, value=found.surfaces_at), voice, words)
