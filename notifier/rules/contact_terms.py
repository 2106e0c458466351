"""How often and when people of a country may be written to with a class of notices: the law of the place, and our own.

Values only. `contact_law` makes them of the shipped law, `contact_policy` of what a project says.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from notifier.model.types import ChannelName, NoticeClass

EVERYWHERE = "*"


@dataclass(frozen=True, kw_only=True)
class TermHours:
    """Hours outside of which nothing goes out; several of them hold together."""

    hours: str
    """OSM syntax; every hour of it is known: `Mo-Fr 07:00-19:00; Sa 08:00-15:00; Su,PH off`."""
    said_by: str = ""
    """The entry of the law, `co-hours-collections`; empty for the project's own."""
    also_in: str | None = None
    """A second zone (IANA) in which they must hold: where the law is disputed about whose clock counts."""


@dataclass(frozen=True, kw_only=True)
class ContactCap:
    """The most messages of a class to one person within some days."""

    key: str
    """How `contact_limits` calls it: `per_day`, `per_week`, `days_between`."""
    most: int
    days: int
    """Calendar days where the person lives, the present one among them; of `rolling`, so many times 24 hours."""
    rolling: bool = False
    said_by: str = ""


SENDER, WAY_TO_STOP = "sender", "way_to_stop"
"""What of the content that laws want a program can look for."""


@dataclass(frozen=True, kw_only=True)
class MustSay:
    """Something that every message has to say."""

    what: str
    """`sender` or `way_to_stop`."""
    said_by: str
    """The entry of the law, `us-content-collections`."""


@dataclass(frozen=True, kw_only=True)
class ContactTerms:
    """What binds one class on one channel in one country. Several terms hold together: the strictest of each counts."""

    hours: tuple[TermHours, ...] = ()
    caps: tuple[ContactCap, ...] = ()
    channels_per_week: int | None = None
    needs_yes: bool = False
    """Only who said yes to this class on this channel is written to."""
    must_say: tuple[MustSay, ...] = ()

    def __bool__(self) -> bool:
        return self != ContactTerms()


@dataclass(frozen=True, kw_only=True)
class Merging:
    """Within how long what falls due for one person goes in one message, and where. A class is merged by itself."""

    within: timedelta
    channels: tuple[ChannelName, ...]
    classes: tuple[NoticeClass, ...]
    """Never safety: it waits for nothing."""


TermsKey = tuple[str, NoticeClass, ChannelName]
"""Where, class, channel. Where: a country, `US-FL`, `US-*` for its other regions, or `*` for everywhere."""


@dataclass(frozen=True, kw_only=True)
class ContactRules:
    """All terms of a project."""

    terms: Mapping[TermsKey, ContactTerms] = field(default_factory=dict)
    law: tuple[str, ...] = ()
    """The countries and regions whose law is in force, sorted; `by_country` for all that are known."""
    safety_after_stop: bool = False
    """Whether safety notices go to those who asked for no more, where the provider lets them through."""
    merging: Merging | None = None
    """None where each notice goes in a message of its own."""
    regional: tuple[str, ...] = ()
    """The countries whose regions are told apart; sorted. Of who lives there nobody knows where, all regions bind."""

    def of(
        self, country: str, notice_class: NoticeClass, channel: ChannelName, subdivision: str | None = None
    ) -> tuple[ContactTerms, ...]:
        """The terms that bind there, those of every country among them."""
        if not self.terms:
            return ()
        where = country
        if subdivision is not None and country in self.regional:
            where = f"{country}-{subdivision}"
            if (where, notice_class, channel) not in self.terms:
                where = f"{country}-{EVERYWHERE}"
        keys = ((where, notice_class, channel), (EVERYWHERE, notice_class, channel))
        return tuple(self.terms[key] for key in keys if key in self.terms)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all but what is said of WhatsApp: every rule's digest holds it, of hundreds of terms."""
        usual = sorted(item for item in self.terms.items() if item[0][2] is not ChannelName.WHATSAPP)
        said = (usual, self.safety_after_stop, *([self.merging] if self.merging else []))
        return hashlib.sha256(repr(said).encode()).hexdigest()

    @cached_property
    def whatsapp_digest(self) -> str:
        """SHA-256 over what is said of WhatsApp: for the digests of rules that speak there."""
        said = sorted(item for item in self.terms.items() if item[0][2] is ChannelName.WHATSAPP)
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def counts(self, notice_class: NoticeClass) -> int:
        """How many days back the contacts of the class count anywhere; 0 where they do not."""
        days = [0]
        for (_, of, _), terms in self.terms.items():
            if of is notice_class:
                days += [cap.days for cap in terms.caps]
                days += [7] if terms.channels_per_week is not None else []
        return max(days)

    def wants_content(self, notice_class: NoticeClass) -> bool:
        """Whether messages of the class have to say anything anywhere."""
        return notice_class in self._with_content

    @cached_property
    def _with_content(self) -> frozenset[NoticeClass]:
        return frozenset(of for (_, of, _), terms in self.terms.items() if terms.must_say)

    def asks_for_yes(self, notice_class: NoticeClass) -> bool:
        """Whether the class needs a yes anywhere."""
        return any(terms.needs_yes for (_, of, _), terms in self.terms.items() if of is notice_class)
