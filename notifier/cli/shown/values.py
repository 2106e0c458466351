"""Amounts, instants and lengths of time as an operator reads them: exact, in English, in the zone of the row.

What customers read is formatted per locale by rendering; a terminal shows one neutral form for all.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from notifier.model.notices import ClaimValue
from notifier.model.quantities import Quantity
from notifier.model.texts import one_line
from notifier.model.types import TopicType
from notifier.model.windows import Window

DAY = timedelta(days=1)
_DATE = len("Thu 2026-03-05 ")
_KEPT = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d) UTC\b")


def instant_text(value: datetime, timezone: str | None = None) -> str:
    """`Thu 2026-03-05 10:00` in the IANA zone; without one, in UTC and with `UTC` behind it."""
    if timezone is None:
        return f"{value.astimezone(UTC):%a %Y-%m-%d %H:%M} UTC"
    return f"{value.astimezone(ZoneInfo(timezone)):%a %Y-%m-%d %H:%M}"


def in_zone(text: str, timezone: str | None) -> str:
    """A sentence that was kept with its instants in UTC (`2026-03-05 15:00 UTC`), with them in the IANA zone."""
    if timezone is None:
        return text
    return _KEPT.sub(lambda kept: instant_text(datetime.fromisoformat(kept[1]).replace(tzinfo=UTC), timezone), text)


def placed_text(value: datetime, timezone: str) -> str:
    """`Thu 2026-03-05 10:00 (America/Bogota)`; in UTC `Thu 2026-03-05 15:00 UTC`."""
    return instant_text(value) if timezone == "UTC" else f"{instant_text(value, timezone)} ({timezone})"


def day_text(value: datetime, timezone: str) -> str:
    """`Thursday 5 March 2026`: the local day of an instant."""
    local = value.astimezone(ZoneInfo(timezone))
    return f"{local:%A} {local.day} {local:%B %Y}"


def span_text(value: timedelta) -> str:
    """A length of time in its two largest units: `5 days 14 h`, `17 h 20 min`, `45 min`, `no time`."""
    total = int(abs(value).total_seconds()) // 60
    days, hours, minutes = total // 1440, total % 1440 // 60, total % 60
    if days:
        named = f"{days} day{'s' if days > 1 else ''}"
        return f"{named} {hours} h" if hours else named
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else "no time"


def left_text(deadline: datetime | None, now: datetime) -> str:
    """How long until a deadline, or how long ago it was."""
    if deadline is None:
        return "no deadline"
    if deadline <= now:
        return f"over since {span_text(now - deadline)}"
    return f"{span_text(deadline - now)} left"


def number_text(value: Decimal) -> str:
    """`111,860`, `79,900.5`: exact, without trailing zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money_text(amount: Decimal, currency: str | None) -> str:
    """`COP 111,860`; decimals only where there are any, and then at least two."""
    text = number_text(amount)
    if "." in text:
        whole, _, decimals = text.partition(".")
        text = f"{whole}.{decimals:0<2}"
    return f"{currency} {text}" if currency else text


def value_text(topic_type: TopicType, value: object, currency: str | None = None, timezone: str | None = None) -> str:
    """A typed value of a topic or claim; `unknown` for None."""
    match topic_type, value:
        case _, None:
            return "unknown"
        case TopicType.MONEY, Decimal():
            return money_text(value, currency)
        case TopicType.DURATION, Decimal():
            return span_text(timedelta(seconds=float(value)))
        case TopicType.PERCENT, Decimal():
            return f"{number_text(value)} %"
        case _, Quantity():
            return f"{number_text(value.amount)} {value.unit}"
        case _, Window():
            return _window_text(value, timezone)
        case _, Decimal():
            return number_text(value)
        case _, bool():
            return "yes" if value else "no"
        case _, datetime():
            return instant_text(value, timezone)
    return one_line(str(value))


def _window_text(value: Window, timezone: str | None) -> str:
    """`Thu 2026-03-05 08:00 to 12:00`; the date twice where it is not the same."""
    first, last = instant_text(value.starts_at, timezone), instant_text(value.ends_at, timezone)
    if first == last:
        return first
    return f"{first.removesuffix(' UTC')} to {last[_DATE:] if first[:_DATE] == last[:_DATE] else last}"


def claim_text(claim: ClaimValue, timezone: str | None = None) -> str:
    """A claim in one line, in its own zone where it has one."""
    return value_text(claim.type, claim.value, claim.currency, claim.timezone or timezone)


def canonical_text(topic_type: TopicType, text: str | None, currency: str | None, timezone: str | None = None) -> str:
    """The canonical text of a promise or a fact, as a person reads it; `nothing yet` where there is no fact."""
    from notifier.model.values import parse_canonical

    if text is None:
        return "nothing yet"
    return value_text(topic_type, parse_canonical(topic_type, text), currency, timezone)


def difference_text(topic_type: TopicType, promised: str, actual: str | None) -> str:
    """How far the fact lies from the promise: `+40 %` for amounts, `2 days later` for instants, else nothing."""
    from notifier.model.values import parse_canonical

    if actual is None:
        return ""
    before, after = parse_canonical(topic_type, promised), parse_canonical(topic_type, actual)
    if isinstance(before, Quantity) and isinstance(after, Quantity):
        before, after = before.amount, after.amount
    if isinstance(before, Window) and isinstance(after, Window):
        before, after = before.starts_at, after.starts_at
    if topic_type is TopicType.PERCENT or before == after:
        return ""
    if isinstance(before, Decimal) and isinstance(after, Decimal):
        if not before:
            return ""
        share = (after - before) / abs(before) * 100
        return f"{share.quantize(Decimal('0.1') if abs(share) < 10 else Decimal(1)):+f} %"
    if isinstance(before, datetime) and isinstance(after, datetime):
        return f"{span_text(after - before)} {'later' if after > before else 'earlier'}"
    return ""


def cost_text(costs: dict[str, Decimal]) -> str:
    """`COP 1,250 + USD 0.80`, or `no cost known`."""
    return " + ".join(money_text(costs[currency], currency) for currency in sorted(costs)) or "no cost known"


def count_text(number: int, one: str, many: str | None = None) -> str:
    """`1 recipient`, `3 recipients`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def page_text(which: str, shown: int, of: int, *, counted: int | None = None) -> str:
    """Of how many a list shows a page. More than `counted` were not counted."""
    total = f"{of:,}" if counted is None or of <= counted else f"more than {counted:,}"
    return f"The {which} {shown:,} of {total}; --limit shows more."
