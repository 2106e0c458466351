"""How an expected item and a seen one differ, and one-line descriptions of both."""

import re
from collections.abc import Sequence

from notifier.model.instants import minute_text
from notifier.model.types import ChannelName, TopicType
from notifier.model.values import canonical, parse_value
from notifier.rules.scenarios import ExpectedAlert, ExpectedContradiction, ExpectedNotice
from notifier.rules.yaml_nodes import ScalarValue
from notifier.store.outbox.news import SeenAlert, SeenContradiction, SeenNotice

Expected = ExpectedNotice | ExpectedContradiction | ExpectedAlert
SeenItem = SeenNotice | SeenContradiction | SeenAlert

LONGEST_QUOTE = 240
"""The most characters of a message that a difference quotes."""


AROUND = 40
"""The characters before and behind a text that should not be there."""


def of_notices(expected: ExpectedNotice, seen: SeenNotice) -> list[str]:
    """Each way in which the notice is not the expected one; empty when it is."""
    found = []
    if expected.rule != seen.rule:
        found.append(f"it is of rule {seen.rule}, not {expected.rule}")
    if expected.customer != seen.customer:
        found.append(f"it is for {seen.customer}, not {expected.customer}")
    if expected.state is not None and expected.state != seen.state:
        found.append(f"it is {seen.state}, not {expected.state}: {seen.reason}")
    if expected.channels and set(expected.channels) != set(seen.channels):
        found.append(f"its channels are {_listed(seen.channels)}, not {_listed(expected.channels)}")
    found += _texts_missing(expected.sms_contains, seen, ChannelName.SMS, "SMS")
    found += _texts_missing(expected.email_contains, seen, ChannelName.EMAIL, "e-mail")
    found += _texts_missing(expected.whatsapp_contains, seen, ChannelName.WHATSAPP, "WhatsApp message")
    found += _texts_there(expected.whatsapp_lacks, seen, ChannelName.WHATSAPP, "WhatsApp message")
    found += _texts_there(expected.sms_lacks, seen, ChannelName.SMS, "SMS")
    found += _texts_there(expected.email_lacks, seen, ChannelName.EMAIL, "e-mail")
    if expected.calendar_contains and not seen.calendar:
        found.append("its e-mail carries no entry for a calendar")
    elif missing := [text for text in expected.calendar_contains if text not in seen.calendar]:
        found += [f"its calendar entry does not contain '{text}'; it reads: {seen.calendar}" for text in missing]
    if expected.reason is not None and not _gives(expected.reason, seen.reason_code, seen.reason):
        found.append(f"its reason is {seen.reason_code} ({seen.reason}), not '{expected.reason}'")
    return found


def of_contradictions(expected: ExpectedContradiction, seen: SeenContradiction) -> list[str]:
    """Each way in which the contradiction is not the expected one; empty when it is."""
    pairs = (
        ("check", expected.check, seen.check),
        ("subject", expected.subject, seen.subject),
        ("promised value", _canonical(expected.promised, seen, seen.currency), seen.promised),
        ("actual value", _canonical(expected.actual, seen, seen.actual_currency or seen.currency), seen.actual),
        ("owner", expected.owner, seen.owner),
        ("state", expected.state, seen.state),
    )
    return [f"its {name} is {got}, not {want}" for name, want, got in pairs if want is not None and want != got]


def of_alerts(expected: ExpectedAlert, seen: SeenAlert) -> list[str]:
    """Each way in which the alert is not the expected one; empty when it is."""
    found = []
    if expected.owner != seen.owner:
        found.append(f"it went to {seen.owner}, not {expected.owner}")
    source = expected.check or expected.rule
    if source is not None and source != seen.source:
        found.append(f"it is about {seen.source}, not {source}")
    if expected.reason is not None and not _gives(expected.reason, seen.reason_code, f"{seen.reason}\n{seen.text}"):
        found.append(f"it says '{seen.reason}', not '{expected.reason}'")
    return found


def counts(seen: SeenAlert, expected: Sequence[ExpectedAlert]) -> bool:
    """Whether a scenario has to name the alert: each but the weekly letter, which counts where its reason is given."""
    return not seen.is_digest or any(each.reason is not None and not of_alerts(each, seen) for each in expected)


def same_thing(expected: Expected, seen: SeenItem) -> bool:
    """Whether this is the item that was meant, although it differs."""
    match expected, seen:
        case ExpectedNotice(), SeenNotice():
            return expected.rule == seen.rule and expected.customer == seen.customer
        case ExpectedContradiction(), SeenContradiction():
            return expected.check == seen.check and expected.subject == seen.subject
        case ExpectedAlert(), SeenAlert():
            return expected.owner == seen.owner
    return False


_TEXTS = (
    *("sms_contains", "email_contains", "whatsapp_contains"),
    *("sms_lacks", "email_lacks", "whatsapp_lacks", "calendar_contains"),
)


def described(item: Expected | SeenItem) -> str:
    """The item in one line, with all its details."""
    match item:
        case SeenNotice():
            channels = f" on {_listed(item.channels)}" if item.channels else ""
            about = f"{item.rule} for {item.customer} about {item.subject}"
            return f"{about}: {item.state}{channels} at {minute_text(item.at)}"
        case SeenContradiction():
            values = f"promised {item.promised}, actual {item.actual}, owner {item.owner}"
            return f"{item.check} on {item.subject}: {item.state}, {values} at {minute_text(item.at)}"
        case SeenAlert():
            return f"alert to {item.owner} about {item.source}: {item.reason} at {minute_text(item.at)}"
        case ExpectedNotice():
            wishes = _wishes(item, "state", "channels", *_TEXTS, "reason")
            return f"{item.rule} for {item.customer}{wishes}"
        case ExpectedContradiction():
            return f"{item.check} on {item.subject}{_wishes(item, 'state', 'promised', 'actual', 'owner')}"
        case ExpectedAlert():
            return f"alert to {item.owner}{_wishes(item, 'check', 'rule', 'reason')}"


def flat(text: str) -> str:
    """The text with every run of white space (also narrow and no-break spaces) replaced by one space."""
    return re.sub(r"\s+", " ", text)


def _canonical(value: ScalarValue, seen: SeenContradiction, currency: str | None) -> str | None:
    """What the author wrote, in canonical form; unchanged where it is not a value of the topic."""
    if value is None:
        return None
    try:
        return canonical(seen.topic_type, parse_value(seen.topic_type, value, currency, _unit_of(seen)))
    except ValueError:
        return str(value)


def _unit_of(seen: SeenContradiction) -> str | None:
    """What a quantity is counted in, which the promised value says."""
    if seen.topic_type is not TopicType.QUANTITY:
        return None
    return seen.promised.partition(" ")[2] or None


def _texts_missing(wanted: Sequence[str], seen: SeenNotice, channel: ChannelName, name: str) -> list[str]:
    text = seen.texts.get(channel)
    if text is None:
        return [f"it has no {name} yet: it is {seen.state} ({seen.reason})"] if wanted else []
    body = flat(text)
    quoted = body if len(body) <= LONGEST_QUOTE else f"{body[:LONGEST_QUOTE]}…"
    return [f"its {name} does not contain '{want}'; it reads: {quoted}" for want in wanted if flat(want) not in body]


def _texts_there(unwanted: Sequence[str], seen: SeenNotice, channel: ChannelName, name: str) -> list[str]:
    body = flat(seen.texts.get(channel, ""))
    if unwanted and not body:
        return [f"it has no {name} yet: it is {seen.state} ({seen.reason})"]
    return [f"its {name} contains '{text}': {_around(body, flat(text))}" for text in unwanted if flat(text) in body]


def _around(body: str, text: str) -> str:
    """The text with some of the words about it."""
    start = max(body.index(text) - AROUND, 0)
    end = body.index(text) + len(text) + AROUND
    return f"{'…' if start else ''}{body[start:end]}{'…' if end < len(body) else ''}"


def _gives(wanted: str, code: str, sentence: str) -> bool:
    return wanted == code or flat(wanted) in flat(sentence)


def _wishes(item: Expected, *names: str) -> str:
    wanted = {name: getattr(item, name) for name in names}
    said = [
        f"{name} {_listed(value) if isinstance(value, tuple) else value}"
        for name, value in wanted.items()
        if value is not None and value != ()
    ]
    return f" with {', '.join(said)}" if said else ""


def _listed(items: Sequence[object]) -> str:
    return ", ".join(str(item) for item in items) or "none"
