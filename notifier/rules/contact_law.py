"""The shipped contact law: entries by country, region and class, each with its source, and the terms that they make.

It is no legal advice. Of a dispute the stricter reading holds, and what is only claimed holds, too. What is not known
is unknown: that nothing was found allows nothing.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from notifier.model.types import CUSTOMER_CHANNELS, ChannelName, NoticeClass
from notifier.rules.contact_terms import EVERYWHERE, ContactCap, ContactTerms, MustSay, TermHours, TermsKey

FILE = Path(__file__).with_name("contact_law.json")
BY_COUNTRY = "by_country"
PROVIDERS = "INT"
"""Instead of a country: what a provider does everywhere. It binds no project."""
WEEK = 7


@dataclass(frozen=True, kw_only=True)
class LawEntry:
    """One fact about the law, or that none was found."""

    id: str
    country: str
    region: str | None
    classes: tuple[NoticeClass, ...]
    kind: str
    """`hours`, `max_per_day`, `consent`, …"""
    value: Mapping[str, Any]
    channels: tuple[str, ...]
    """As the law names them, `call` among them; empty where it names none."""
    basis: str
    status: str
    since: str | None
    title: str | None
    url: str | None
    source_date: str | None
    confidence: str
    """`high`, `medium`, `low` or `none`."""
    disputed: bool
    note: str | None

    @property
    def binds(self) -> bool:
        """Whether it is in force, or claimed to be where sources contradict each other."""
        return self.status == "in_force" or (self.disputed and "claimed" in self.value)

    @property
    def is_unknown(self) -> bool:
        """Whether nothing reliable was found: that is no permission."""
        return self.status == "not_found"

    def concerns(self, channel: ChannelName, *, calls_count: bool = False) -> bool:
        """Whether it is about messages on this channel. With `calls_count`, what names only calls is, too."""
        named = {*self.channels, *self.value.get("channel", ())}
        if not named or channel.value in named:
            return True
        if channel is ChannelName.WHATSAPP and named & {"sms", "app"}:
            return True  # laws older than it name the text to a telephone, or messages of apps: the stricter reading
        return calls_count and named <= {"call", "visit"}


@cache
def law_entries() -> tuple[LawEntry, ...]:
    """All entries, in the order of the file."""
    return tuple(_entry(item) for item in json.loads(FILE.read_text(encoding="utf-8"))["entries"])


@cache
def law_countries() -> tuple[str, ...]:
    """The countries of which something is known, or was looked for; sorted."""
    return tuple(sorted({entry.country for entry in law_entries()} - {PROVIDERS}))


@cache
def law_regions() -> tuple[str, ...]:
    """The regions (ISO 3166-2) with law of their own; sorted."""
    return tuple(sorted({entry.region for entry in law_entries() if entry.region is not None}))


def entries_for(codes: Collection[str]) -> Iterator[LawEntry]:
    """The entries for people of these countries and regions.

    A country alone means that nobody knows in which region they live: the entries of all its regions count.
    """
    wanted = set(law_countries()) if BY_COUNTRY in codes else set(codes)
    for entry in law_entries():
        named = {code for code in wanted if code.split("-")[0] == entry.country}
        if named and (entry.region is None or entry.country in named or entry.region in named):
            yield entry


def law_terms(codes: Collection[str]) -> dict[TermsKey, ContactTerms]:
    """What the law of these countries and regions makes of each class and channel.

    Of a country that is named as a whole, also for each of its regions alone, and for those without law of their own.
    """
    found: dict[TermsKey, list[LawEntry]] = {}
    split = regional(codes)
    for entry in entries_for(codes):
        for where in (entry.country, *(_regions_of(entry) if entry.country in split else ())):
            for notice_class in entry.classes:
                for channel in CUSTOMER_CHANNELS:
                    found.setdefault((where, notice_class, channel), []).append(entry)
    terms = {key: terms_of(entries, key[2]) for key, entries in found.items()}
    return {key: each for key, each in terms.items() if each}


def regional(codes: Collection[str]) -> tuple[str, ...]:
    """The countries that are named as a whole and have regions with law of their own; sorted."""
    named = law_countries() if BY_COUNTRY in codes else codes
    return tuple(sorted({region.split("-")[0] for region in law_regions()} & set(named)))


def _regions_of(entry: LawEntry) -> list[str]:
    """Whose terms the entry is a part of: its own region's, or all of its country's."""
    if entry.region is not None:
        return [entry.region]
    regions = [region for region in law_regions() if region.startswith(f"{entry.country}-")]
    return [*regions, f"{entry.country}-{EVERYWHERE}"]


def terms_of(entries: Sequence[LawEntry], channel: ChannelName) -> ContactTerms:
    """What these entries say about messages on the channel."""
    binding = [entry for entry in entries if entry.binds]
    # Hours for calls hold for messages, too: a text wakes as a call does. Numbers of calls say nothing of messages.
    hours = [each for entry in binding if entry.concerns(channel, calls_count=True) for each in _hours(entry)]
    direct = [entry for entry in binding if entry.concerns(channel)]
    channels = [most for entry in direct if (most := _channels_per_week(entry)) is not None]
    return ContactTerms(
        hours=tuple(dict.fromkeys(hours)),
        caps=tuple(dict.fromkeys(cap for entry in direct for cap in _caps(entry))),
        channels_per_week=min(channels, default=None),
        needs_yes=any(entry.kind == "consent" and entry.value.get("needed") is True for entry in direct),
        must_say=tuple(MustSay(what=check, said_by=entry.id) for entry, check in content_checks(entries, channel)),
    )


def _hours(entry: LawEntry) -> Iterator[TermHours]:
    if entry.kind != "hours":
        return
    claimed = entry.value.get("claimed", ())
    written = entry.value.get("strict") or entry.value.get("allowed")
    texts = [written] if written else [claimed] if isinstance(claimed, str) else claimed
    for text in texts:
        yield TermHours(hours=text, said_by=entry.id, also_in=entry.value.get("also_in"))


def _caps(entry: LawEntry) -> Iterator[ContactCap]:
    count = entry.value.get("count")
    if entry.kind == "max_per_day" and count is not None:
        yield ContactCap(
            key="per_day", most=count, days=1, rolling=entry.value.get("window") == "24h", said_by=entry.id
        )
    if entry.kind == "max_per_week" and count is not None:
        yield ContactCap(key="per_week", most=count, days=WEEK, said_by=entry.id)
    gap = entry.value.get("min_gap_days")
    if gap is not None:
        yield between(gap, entry.id)


def between(whole_days: int, said_by: str = "") -> ContactCap:
    """At most one contact, then so many whole days without any."""
    return ContactCap(key="days_between", most=1, days=whole_days + 1, said_by=said_by)


def _channels_per_week(entry: LawEntry) -> int | None:
    most = entry.value.get("count") if entry.kind == "channels_per_week" else entry.value.get("channels_per_week")
    return most if isinstance(most, int) else None


def unknown_hours(codes: Collection[str], notice_class: NoticeClass) -> list[str]:
    """The countries among these where no hours of the class are known."""
    entries = [entry for entry in entries_for(codes) if entry.kind == "hours" and notice_class in entry.classes]
    known = {entry.country for entry in entries if entry.binds and any(_hours(entry))}
    wanted = law_countries() if BY_COUNTRY in codes else {code.split("-")[0] for code in codes}
    return sorted(set(wanted) - known)


def content_checks(entries: Iterable[LawEntry], channel: ChannelName) -> Iterator[tuple[LawEntry, str]]:
    """What of it a program can look for in a text: `sender` and `way_to_stop`."""
    for entry in entries:
        if entry.kind == "content" and entry.binds and entry.concerns(channel):
            for check in entry.value.get("checks", ()):
                yield entry, check


def content_demands(entries: Iterable[LawEntry], channel: ChannelName) -> Iterator[tuple[LawEntry, str]]:
    """What messages on the channel must hold, in words: nobody but a person can see whether they do."""
    for entry in entries:
        if entry.kind == "content" and entry.binds and entry.concerns(channel):
            for demand in entry.value.get("must", ()):
                yield entry, demand


def _entry(item: Mapping[str, Any]) -> LawEntry:
    source = item.get("source") or {}
    return LawEntry(
        id=item["id"],
        country=item["country"],
        region=item.get("region"),
        classes=tuple(NoticeClass(name) for name in item["class"]),
        kind=item["kind"],
        value=item.get("value") or {},
        channels=tuple(item.get("channels", ())),
        basis=item["basis"],
        status=item["status"],
        since=item.get("since"),
        title=source.get("title"),
        url=source.get("url"),
        source_date=item.get("source_date"),
        confidence=item["confidence"],
        disputed=item.get("disputed", False),
        note=item.get("note"),
    )
