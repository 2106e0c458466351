"""`contact_law`, `contact_limits`, `safety_after_stop` and `merge` of `rules/policy.yaml` -> the terms of contact."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from notifier.calendars.opening_hours import check_opening_hours, parse_opening_hours
from notifier.calendars.public_holidays import has_calendar
from notifier.model.formats import country_code
from notifier.model.problems import did_you_mean, one_of
from notifier.model.types import CUSTOMER_CHANNELS, ChannelName, NoticeClass
from notifier.rules import shapes
from notifier.rules.contact_law import BY_COUNTRY, WEEK, between, law_countries, law_regions, law_terms, regional
from notifier.rules.contact_terms import EVERYWHERE, ContactCap, ContactRules, ContactTerms, TermHours, TermsKey
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.merge_policy import read_merging
from notifier.rules.yaml_nodes import Node, ScalarNode

Made = TypeVar("Made")

MOST_DAYS = 31
"""The most days between two messages: what was told is counted back so far."""
EXAMPLE = "Mo-Fr 09:00-18:00; Sa 09:00-14:00; PH off"
_LIMITS = ("hours", "per_day", "per_week", "days_between", "channels_per_week", "consent")


def read_contact_rules(policy: Fields, decreed: Mapping[str, tuple[date, ...]], findings: Findings) -> ContactRules:
    """What the file says of it. `decreed` are the countries for which the project has holidays of its own."""
    codes = _codes(policy.scalars("contact_law"), findings)
    terms = law_terms(codes) if codes else {}
    split = regional(codes) if codes else ()
    for item in policy.items("contact_limits"):
        entry = _entry(item, codes, decreed, findings)
        if entry is None:
            continue
        for key in _everywhere_in(entry.keys, split):
            terms[key] = _joined(terms.get(key, ContactTerms()), entry)
    return ContactRules(
        terms={key: terms[key] for key in sorted(terms) if terms[key]},
        law=tuple(sorted(codes)),
        regional=split,
        safety_after_stop=policy.text("safety_after_stop") == "tell",
        merging=read_merging(policy, findings),
    )


def _codes(nodes: Sequence[ScalarNode], findings: Findings) -> Collection[str]:
    known = (BY_COUNTRY, *law_countries(), *law_regions()) if nodes else ()
    codes: dict[str, ScalarNode] = {}
    for node in nodes:
        code = node.text
        if code in codes:
            findings.add(node.place, f"'{code}' is named twice")
        elif code not in known:
            findings.add(node.place, _unknown(code, known))
        codes.setdefault(code, node)
    if BY_COUNTRY in codes and len(codes) > 1:
        findings.add(codes[BY_COUNTRY].place, f"'{BY_COUNTRY}' takes in every country that is known; remove the others")
    return [code for code in codes if code in known]


def _unknown(code: str, known: Collection[str]) -> str:
    country, _, region = code.partition("-")
    if region and country in known:
        return (
            f"nothing is known of the contact law of {code}; write {country}, and the strictest of its regions holds "
            "in each"
        )
    close = did_you_mean(code, known)
    return f"no contact law is known for '{code}'{close or f'; there are {BY_COUNTRY}, {one_of(law_countries())}'}"


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """One entry of `contact_limits`."""

    keys: tuple[TermsKey, ...]
    terms: ContactTerms
    consent: str
    replaced: frozenset[str]
    """The keys of the entry that hold in place of the law's."""


def _entry(
    item: Node, codes: Collection[str], decreed: Mapping[str, tuple[date, ...]], findings: Findings
) -> _Entry | None:
    before = len(findings.problems)
    fields = Fields(item, shapes.CONTACT_LIMIT, findings)
    country = EVERYWHERE if fields.text("country") in ("", EVERYWHERE) else fields.converted("country", country_code)
    given = frozenset(name for name in _LIMITS if name in fields)
    if not given and len(findings.problems) == before:
        findings.add(fields.place, f"an entry of contact_limits needs one of {one_of(_LIMITS)}")
    hours = fields.converted("hours", _week)
    if hours is not None and country not in (None, EVERYWHERE, *decreed) and _lacks_holidays(hours, country or ""):
        findings.add(
            fields.key_place("hours"),
            f"the public holidays of {country} are not known here, so 'PH' would never hold; write them into "
            f"rules/hours.yaml with country: {country}",
        )
    caps = [
        _number(fields, "per_day", 1, 100, findings, lambda most: ContactCap(key="per_day", most=most, days=1)),
        _number(fields, "per_week", 1, 100, findings, lambda most: ContactCap(key="per_week", most=most, days=WEEK)),
        _number(fields, "days_between", 1, MOST_DAYS, findings, between),
    ]
    channels_per_week = _number(fields, "channels_per_week", 1, len(CUSTOMER_CHANNELS), findings, int)
    consent = fields.text("consent")
    instead = "instead_of_law" in fields
    if instead and (country in (None, EVERYWHERE) or not _is_in_force(country or "", codes)):
        findings.add(
            fields.key_place("instead_of_law"),
            "'instead_of_law' needs 'country': one whose law 'contact_law' puts in force",
        )
    if consent == "not_needed" and not instead:
        findings.add(
            fields.key_place("consent"),
            "'not_needed' takes away what a law may ask for; say why with instead_of_law: who decided it, and when",
        )
    if len(findings.problems) > before or country is None:
        return None
    channels = [ChannelName(name) for name in fields.texts("channel")] or list(CUSTOMER_CHANNELS)
    classes = [NoticeClass(name) for name in fields.texts("class")]
    return _Entry(
        keys=tuple((country, of, channel) for of in classes for channel in channels),
        terms=ContactTerms(
            hours=() if hours is None else (TermHours(hours=hours),),
            caps=tuple(cap for cap in caps if cap is not None),
            channels_per_week=channels_per_week,
            needs_yes=consent == "needed",
        ),
        consent=consent,
        replaced=given if instead else frozenset(),
    )


def _everywhere_in(keys: Iterable[TermsKey], split: Collection[str]) -> Iterator[TermsKey]:
    """The same keys, and those of all regions of a country whose regions are told apart."""
    for country, notice_class, channel in keys:
        yield country, notice_class, channel
        if country in split:
            regions = [region for region in law_regions() if region.startswith(f"{country}-")]
            for where in (*regions, f"{country}-{EVERYWHERE}"):
                yield where, notice_class, channel


def _number(
    fields: Fields, key: str, least: int, most: int, findings: Findings, made: Callable[[int], Made]
) -> Made | None:
    number = fields.whole(key)
    if number is None:
        return None
    if not least <= number <= most:
        findings.add(fields.key_place(key), f"'{key}' is a number from {least} to {most}, not {number}")
        return None
    return made(number)


def _is_in_force(country: str, codes: Collection[str]) -> bool:
    return country in law_countries() and (BY_COUNTRY in codes or any(code.split("-")[0] == country for code in codes))


def _joined(law: ContactTerms, entry: _Entry) -> ContactTerms:
    """Both together, apart from what the entry says in place of the law."""
    own, replaced = entry.terms, entry.replaced
    kept = [cap for cap in law.caps if cap.key not in replaced]
    channels = None if "channels_per_week" in replaced else law.channels_per_week
    numbers = [most for most in (channels, own.channels_per_week) if most is not None]
    return replace(
        law,
        hours=(*(() if "hours" in replaced else law.hours), *own.hours),
        caps=(*kept, *own.caps),
        channels_per_week=min(numbers, default=None),
        needs_yes=own.needs_yes or (law.needs_yes and "consent" not in replaced),
    )


def _week(text: str) -> str:
    """Hours by weekday, all of them certain."""
    rules = parse_opening_hours(check_opening_hours(text))
    if any(rule.unknown or any(span.open_end for span in rule.times or ()) for rule in rules.rules):
        raise ValueError(f"'{text[:60]}' leaves hours unknown; write hours that are certain, like {EXAMPLE}")
    week = [rules.hours(date(2026, 3, 2) + timedelta(days=n), is_holiday=False) for n in range(7)]
    if not any(day.spans for day in week):
        raise ValueError(f"'{text[:60]}' allows no hour of an ordinary week; write it like {EXAMPLE}")
    return text


def _lacks_holidays(hours: str, country: str) -> bool:
    return parse_opening_hours(hours).know_holidays and not has_calendar(country)
