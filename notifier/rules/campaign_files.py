"""`rules/campaigns.yaml` -> what each campaign promises to the contracts and orders with its code."""

import re
from collections.abc import Mapping

from notifier.model.types import TopicType
from notifier.model.values import StoredValue, parse_value, stored
from notifier.rules import shapes
from notifier.rules.catalogue import Catalogue
from notifier.rules.catalogue_files import check_name
from notifier.rules.checked import CalendarSpan, Campaign, CampaignPromise
from notifier.rules.checked_checks import Topic
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.yaml_nodes import Node, ScalarNode

_SPAN = re.compile(r"(\d{1,4})\s+(day|week|month|year)s?")
_MONEY = re.compile(r"(\S+)\s+([A-Za-z]{3})")


def read_campaigns(node: Node | None, known: Catalogue, findings: Findings) -> Mapping[str, Campaign]:
    """The campaigns by their codes; skips promises with a problem."""
    campaigns: dict[str, Campaign] = {}
    if node is None:
        return campaigns
    for entry in Fields(node, shapes.CAMPAIGNS_FILE, findings).named("campaigns"):
        check_name(entry.key, findings)
        fields = Fields(entry.value, shapes.CAMPAIGN, findings)
        promises = [_promise(item, known, findings) for item in fields.items("promises")]
        good = tuple(each for each in promises if each is not None)
        _refuse_repeats(good, findings)
        campaigns[entry.key.text] = Campaign(code=entry.key.text, promises=good, place=entry.key.place)
    return campaigns


def _promise(item: Node, known: Catalogue, findings: Findings) -> CampaignPromise | None:
    fields = Fields(item, shapes.CAMPAIGN_PROMISE, findings)
    named, written = fields.scalar("topic"), fields.scalar("value")
    topic = None if named is None else known.topic(named, findings)
    valid = fields.converted("valid", calendar_span)
    if topic is None or written is None:
        return None
    try:
        value, currency = _value(topic, written)
    except ValueError as error:
        findings.add(written.place, str(error))
        return None
    if "tax_included" in fields and topic.type is not TopicType.MONEY:
        findings.add(fields.key_place("tax_included"), f"'tax_included' means nothing for a {topic.type}; remove it")
    return CampaignPromise(
        topic=topic.name,
        value=value,
        currency=currency,
        tax_included=fields.truth("tax_included") if "tax_included" in fields else None,
        valid=valid,
        place=item.place,
    )


def calendar_span(text: str) -> CalendarSpan:
    """`6 months`. Raises ValueError with a sentence for anything else."""
    written = _SPAN.fullmatch(text.strip())
    if written is None or int(written[1]) == 0:
        raise ValueError(f"'{text}' is no length of validity; write it like 6 months, 30 days or 1 year")
    return CalendarSpan(number=int(written[1]), unit=written[2])


def _value(topic: Topic, written: ScalarNode) -> tuple[StoredValue, str | None]:
    """The value by the topic's type, and its currency. Raises ValueError with a sentence."""
    if topic.type is not TopicType.MONEY:
        raw = written.text if isinstance(written.value, str) else written.value
        return stored(topic.type, parse_value(topic.type, raw, unit=topic.unit)), None
    money = _MONEY.fullmatch(written.text.strip())
    if money is None:
        raise ValueError(f"'{written.text}' is an amount without its currency; write it like 79900 COP")
    currency = money[2].upper()
    return stored(topic.type, parse_value(topic.type, money[1], currency)), currency


def _refuse_repeats(promises: tuple[CampaignPromise, ...], findings: Findings) -> None:
    first: dict[str, CampaignPromise] = {}
    for each in promises:
        if each.topic in first:
            line = first[each.topic].place.line
            findings.add(each.place, f"the campaign promises {each.topic} on line {line} already; leave one of them")
        first.setdefault(each.topic, each)
