"""An alert and its owner -> the sheet that its messages are printed from.

The built-in templates see the alert's facts by name, and also: `kind`, `difference` (percent, with `higher`), `brief`
(the case, where the fact is a contact), `row`,
`taxes_differ` (with `promised_with_tax`), `rows` and `named_rows` (what a sum or a count is made of), `left` (time
until the customer would find out; none once that has passed), `said_by`, `said_at` and `other_evidence` (who promised
the other value, where promises disagree among themselves), `about`, `topic_name` and `severity` (the row, the topic and
how much it hurts, in the owner's words), `medium` (the channel as people call it), `customer` and the
lists `held`, `samples`, `steps` and `replies`, and `rescue` (what a rule offers when it goes wrong).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from notifier.model.alerts import (
    MOST_TO_SAY,
    SAMPLES,
    Alert,
    ChannelAlert,
    ContradictionAlert,
    CopyAlert,
    NoticesAlert,
    OurFaultAlert,
    PublishedAlert,
    RepliesAlert,
    SetAsideAlert,
    StoppedNotice,
    UnclearAlert,
)
from notifier.model.contradictions import Summand
from notifier.model.listening_alerts import HoldoutStoppedAlert, UnusualDayAlert
from notifier.model.notices import Claims, ClaimValue, Recipient
from notifier.model.rescues import Rescue, in_language
from notifier.model.settling_alerts import CauseAgainAlert, FloodAlert, SettlingAlert
from notifier.model.types import TopicType
from notifier.model.values import seconds
from notifier.model.weekly import ActionBackAlert, WeeklyAlert
from notifier.rendering.case_sheets import case_names
from notifier.rendering.catalogue import Wording
from notifier.rendering.context import Names, PrintableClaim, Voice, clean, printable
from notifier.rendering.labels import labels_of
from notifier.rendering.reasons import reason_in
from notifier.rendering.said import said, spoken
from notifier.rendering.settling_sheets import cause_names, flood_names, settling_names
from notifier.rendering.sheets import Sheet, voice_of
from notifier.rendering.spoken_names import row_name, severity_name, source_name, topic_name
from notifier.rendering.weekly_sheets import back_names, weekly_names
from notifier.rendering.words import ENGLISH, Words

QUOTED, QUOTED_IN_SMS = 300, 100
"""Letters of a reply that its owner is told; all of it is in `contact`."""
_TO_THE_HOUR = 86_400
"""Seconds left above which `left` is rounded down to the hour: with more than a day left, minutes only distract."""


def template_of(alert: Alert) -> str:
    """The folder of the alert's built-in templates."""
    match alert:
        case ContradictionAlert():
            return "contradiction"
        case FloodAlert():
            return "flood"
        case SettlingAlert():
            return "settling"
        case CauseAgainAlert():
            return "cause_again"
        case WeeklyAlert():
            return "weekly"
        case ActionBackAlert():
            return "action_back"
        case NoticesAlert():
            return "notices"
        case ChannelAlert():
            return "channel"
        case UnclearAlert():
            return "unclear"
        case OurFaultAlert():
            return "our_fault"
        case CopyAlert():
            return "copy"
        case RepliesAlert():
            return "replies"
        case SetAsideAlert():
            return "set_aside"
        case PublishedAlert():
            return "published"
        case UnusualDayAlert():
            return "unusual_day"
        case HoldoutStoppedAlert():
            return "holdout_stopped"


def alert_sheet(
    alert: Alert, recipient: Recipient, wording: Wording, reference: str, company: str, now: datetime
) -> Sheet:
    """The sheet of an alert to an owner. Raises RenderingError for an unknown zone or a text that cannot be printed."""
    voice = voice_of(recipient, wording)
    words = wording.words or ENGLISH
    claims = spoken(alert.facts, words)
    known = printable(claims, voice)
    names: dict[str, object] = {
        **known,
        "kind": alert.kind.value,
        "owner": Names("owner", {"name": clean(recipient.name)}),
        "reference": reference,
        "company": company,
    }
    match alert:
        case ContradictionAlert():
            brief = None if alert.brief is None else case_names(alert.brief, voice, words)
            names |= {**_contradiction(alert, voice, words, now), "brief": brief, "row": clean(alert.row or "")}
        case FloodAlert():
            names |= flood_names(alert, voice, words)
        case SettlingAlert():
            names |= settling_names(alert, voice, words)
        case CauseAgainAlert():
            names |= cause_names(alert)
        case WeeklyAlert():
            names |= weekly_names(alert, voice, words)
        case ActionBackAlert():
            names |= back_names(alert)
        case NoticesAlert():
            names |= _notices(alert, voice, words)
        case ChannelAlert():
            names |= {"medium": words.media[alert.channel], "waiting": known.get("waiting")}
        case UnclearAlert():
            names |= {"medium": words.media[alert.channel], "customer": alert.customer_id}
        case OurFaultAlert():
            names |= {"channel": alert.channel.value}
        case CopyAlert():
            title = None if alert.title is None else clean(alert.title)
            names |= {"title": title, "lines": [clean(line) for line in alert.lines]}
        case RepliesAlert():
            names |= _replies(alert, words)
        case SetAsideAlert():
            names |= _set_aside(alert)
        case PublishedAlert():
            names |= _published(alert)
        case UnusualDayAlert():
            names |= _unusual_day(alert)
        case HoldoutStoppedAlert():
            names |= {"decided_by": clean(alert.holdout.decided_by), "last_day": f"{alert.holdout.until}"}
    return Sheet(names=names, voice=voice, reference=reference)


def _contradiction(alert: ContradictionAlert, voice: Voice, words: Words, now: datetime) -> dict[str, object]:
    found, difference = alert.contradiction, alert.difference
    taxes = (found.tax_included, found.actual_tax_included)
    left = None if found.surfaces_at is None else seconds(found.surfaces_at - now)
    if left is not None and left > _TO_THE_HOUR:
        left -= left % 3_600
    extra: Claims = {
        "promised_at": ClaimValue(type=TopicType.TIMESTAMP, value=found.promised_at),
        "promised_by": ClaimValue(type=TopicType.TEXT, value=_by(found.promised_by, found.source, words)),
        "evidence": ClaimValue(type=TopicType.TEXT, value=found.evidence),
        "customer": ClaimValue(type=TopicType.TEXT, value=found.customer_id),
        "reason": ClaimValue(type=TopicType.TEXT, value=found.reason or None),
        "rows": ClaimValue(type=TopicType.NUMBER, value=Decimal(len(alert.rows)) if alert.rows else None),
        "named_rows": ClaimValue(type=TopicType.TEXT, value=_named(alert.rows) or None),
        "difference": ClaimValue(type=TopicType.NUMBER, value=difference),
        "left": ClaimValue(type=TopicType.DURATION, value=None if left is None or left <= 0 else left - left % 60),
        "actual": ClaimValue(type=found.topic_type, value=None),
        **_other_word(alert, words),
        "surfaces_at": ClaimValue(type=TopicType.TIMESTAMP, value=None),
    }
    return {
        **{name: claim for name, claim in printable(extra, voice).items() if name not in alert.facts},
        "taxes_differ": None not in taxes and taxes[0] != taxes[1],
        "promised_with_tax": taxes[0],
        "higher": difference is not None and difference > 0,
        "about": clean(row_name(f"{found.subject_type}:{found.subject_id}", words.language)),
        "topic_name": clean(topic_name(found.topic, words.language)),
        "severity": severity_name(found.severity, words.language),
        "held": [*alert.holds_rules, *(topic_name(each, words.language) for each in alert.holds_topics)],
    }


def _by(name: str, source: str | None, words: Words) -> str:
    """`agent 7 (sales)`; the source alone where nobody is named."""
    if source is None:
        return name
    known = source_name(source, words.language)
    return known if source == name else f"{name} ({known})"


def _other_word(alert: ContradictionAlert, words: Words) -> Claims:
    """Who says the other value, where promises disagree among themselves."""
    said = alert.said
    return {
        "said_by": ClaimValue(
            type=TopicType.TEXT, value=None if said is None else _by(said.by or said.source, said.source, words)
        ),
        "said_at": ClaimValue(type=TopicType.TIMESTAMP, value=None if said is None else said.at),
        "other_evidence": ClaimValue(type=TopicType.TEXT, value=None if said is None else said.evidence),
    }


def _named(rows: Sequence[Summand]) -> str:
    """`X-1: 79900 COP, X-2: 79900 COP`; of many rows the first few."""
    named = [
        f"{row.id}: {row.amount} {row.currency}" if row.currency and row.amount else row.id for row in rows[:SAMPLES]
    ]
    return ", ".join(named) + (", …" if len(rows) > SAMPLES else "")


def _notices(alert: NoticesAlert, voice: Voice, words: Words) -> dict[str, object]:
    names = {fact.name for sample in alert.samples for fact in sample.facts}
    labels = labels_of(names, alert.labels, str(voice.locale).replace("_", "-"), words)
    samples = [
        Names(
            "sample",
            {
                "reference": sample.reference,
                "subject": sample.subject,
                "customer": sample.customer_id,
                "reason": clean(reason_in(sample.reason, words.language)),
                "follow_up": sample.follow_up,
                "by": None if sample.by is None else said("by", _until(sample), voice, words),
                "facts": [
                    Names(
                        "fact",
                        {
                            "name": labels[fact.name],
                            "told": said(fact.name, fact.told, voice, words),
                            "now": None if fact.now is None else said(fact.name, fact.now, voice, words),
                            "changed": fact.now is not None,
                        },
                    )
                    for fact in sample.facts
                ],
                "holders": ", ".join(sample.holders),
            },
        )
        for sample in alert.samples
    ]
    steps = [
        Names("step", {"do": clean(step.do), "owner": step.owner, "within": _within(step.within, voice)})
        for step in alert.plan
    ]
    rescue = _rescue(alert.rescue, voice, words)
    return {"samples": samples, "steps": steps, "rescue": rescue, "rest": alert.count > len(samples)}


def _rescue(rescue: Rescue | None, voice: Voice, words: Words) -> Names | None:
    """What is offered, in the owner's language; None where nothing is."""
    if rescue is None or not rescue.is_offered:
        return None
    return Names(
        "rescue",
        {
            "admission": clean(in_language(rescue.admission, words.language)),
            "remedy": clean(in_language(rescue.remedy, words.language)),
            "decides": rescue.decides,
            "within": _within(rescue.by, voice),
        },
    )


def _replies(alert: RepliesAlert, words: Words) -> dict[str, object]:
    said = [
        Names(
            "reply",
            {
                "reference": each.reference,
                "subject": each.subject,
                "customer": each.customer_id,
                "address": clean(each.address),
                "text": _quoted(each.text, QUOTED),
                "short": _quoted(each.text, QUOTED_IN_SMS),
                "note": clean(reason_in(each.note, words.language)) if each.note else None,
            },
        )
        for each in alert.replies[:MOST_TO_SAY]
    ]
    return {"replies": said, "foremost": said[:1], "rest": len(alert.replies) > MOST_TO_SAY}


def _quoted(text: str | None, most: int) -> str | None:
    """What was written, on one line, as much of it as shows what it is about."""
    said = " ".join(clean(text or "").split())
    return said if len(said) <= most else f"{said[: most - 3].rstrip()}..."


def _set_aside(alert: SetAsideAlert) -> dict[str, object]:
    others = [clean(item.sentence) for item in alert.items[1:SAMPLES]]
    return {"others": others, "rest": len(alert.items) > SAMPLES, "kept": all(item.kept for item in alert.items)}


def _published(alert: PublishedAlert) -> dict[str, object]:
    differences = [
        Names(
            "difference",
            {
                "place": clean(each.place),
                "name": clean(each.name),
                "said": clean(each.said),
                "actual": clean(each.actual),
                "better": each.better,
            },
        )
        for each in alert.differences[:MOST_TO_SAY]
    ]
    return {"differences": differences, "rest": len(alert.differences) > MOST_TO_SAY}


def _unusual_day(alert: UnusualDayAlert) -> dict[str, object]:
    known = [Names("incident", {"id": clean(each.id), "kind": each.kind}) for each in alert.incidents[:SAMPLES]]
    return {
        **({} if alert.reason is not None else {"about": None}),
        "reason": alert.reason,
        "since": f"{alert.day}",
        "by": None if alert.by is None else f"{alert.by:%H:%M}",
        "monthly": alert.monthly,
        "samples": ", ".join(clean(each) for each in alert.samples),
        "incidents": known,
    }


def _until(sample: StoppedNotice) -> ClaimValue:
    """Until when it helps, in the zone of what was told."""
    zone = next((fact.told.timezone for fact in sample.facts), None)
    return ClaimValue(type=TopicType.TIMESTAMP, value=sample.by, timezone=zone)


def _within(value: timedelta | None, voice: Voice) -> PrintableClaim | None:
    if value is None:
        return None
    return PrintableClaim("within", ClaimValue(type=TopicType.DURATION, value=seconds(value)), voice)
