"""The shipped contact law, country by country and class by class, as the gates keep it. No database is needed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.model.address_reading import Contacted
from notifier.model.consent import Source, Standing, Word
from notifier.model.notices import NoticeKind, NoticeState, ReasonCode, Recipient, Verdict
from notifier.model.types import CUSTOMER_CHANNELS, Address, ChannelName, NoticeClass
from notifier.planning.addressing import Access
from notifier.planning.case import Circumstances, case_of
from notifier.planning.contacts import Contacts, allowed_from, free_from, room
from notifier.planning.gates import verdict_on
from notifier.planning.quiet_hours import AllowedIn, first_common, next_allowed, opens
from notifier.planning.sharing import Sharing
from notifier.planning.situation import Action, Intent
from notifier.rules.checked import AllowedHours, AllowedWeek, Policy
from notifier.rules.contact_law import (
    FILE,
    LawEntry,
    law_countries,
    law_entries,
    law_regions,
    law_terms,
    regional,
    unknown_hours,
)
from notifier.rules.contact_terms import ContactCap, ContactRules, ContactTerms, TermHours
from tests.planning.builders import RULE, match
from tests.support.people import ANA

ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "BR": "America/Sao_Paulo",
    "CL": "America/Santiago",
    "CO": "America/Bogota",
    "CR": "America/Costa_Rica",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "GB": "Europe/London",
    "MX": "America/Mexico_City",
    "PA": "America/Panama",
    "PE": "America/Lima",
    "PR": "America/Puerto_Rico",
    "US": "America/New_York",
    "UY": "America/Montevideo",
}
LAW = law_terms(["by_country"])
ANY_TIME = {("*", each, "*"): AllowedHours(start=time(0), end=time(0)) for each in NoticeClass}
"""No quiet hours of our own, so that the law alone is seen."""
HOUR = timedelta(hours=1)


class Told:
    """A reader that knows these contacts."""

    def __init__(self, *contacts: Contacted) -> None:
        self.contacts = contacts

    def contacted(
        self, notice_class: NoticeClass, recipients: object, addresses: object, since: datetime
    ) -> Sequence[Contacted]:
        return self.contacts


def person(country: str) -> Recipient:
    return replace(ANA, country=country, timezone=ZONES[country])


def decide(
    country: str,
    notice_class: NoticeClass,
    now: datetime,
    *,
    until: datetime | None = None,
    told: Sequence[Contacted] = (),
    terms: ContactRules | None = None,
    channels: tuple[ChannelName, ...] = CUSTOMER_CHANNELS,
    kind: NoticeKind = NoticeKind.NOTICE,
    access: Access | None = None,
) -> Verdict:
    """What becomes of a notice of this class to somebody there, who said yes to everything."""
    recipient = person(country)
    policy = Policy(hours=ANY_TIME, contact=terms or ContactRules(terms=LAW, law=("by_country",)))
    contacts = Contacts(policy.contact, Told(*told), now)  # type: ignore[arg-type] # the one question that it asks
    contacts.read(notice_class, {recipient.id: recipient})
    rule = replace(RULE, notice_class=notice_class, channels=channels)
    intent = Intent(action=Action.PLAN, kind=kind, occurrence="o", match=match(), template="reminder", until=until)
    yes = {(recipient.id, channel, each): True for channel in CUSTOMER_CHANNELS for each in NoticeClass}
    circumstances = Circumstances(
        now=now,
        policy=policy,
        access=access or Access(consents=yes),
        over_limit=None,
        sharing=Sharing(rule, (), (), {}, now),
        contacts=contacts,
    )
    return verdict_on(case_of(rule, intent, recipient, (), circumstances))


def contact(at: datetime, channel: ChannelName = ChannelName.SMS, occurrence: str = "before") -> Contacted:
    address: Address = (channel, (ANA.phone if channel is ChannelName.SMS else ANA.email) or "")
    return Contacted(occurrence=occurrence, recipient_id=ANA.id, address=address, at=at, waits_since=at)


def local(country: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONES[country])).astimezone(UTC)


def hours_of_a_month(zone: str) -> Iterator[datetime]:
    """Every second hour from Monday 18 May 2026 on: public holidays of most countries are in it, and a Sunday each."""
    start = datetime(2026, 5, 18, 0, 30, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    yield from (start + n * 2 * HOUR for n in range(12 * 17))


# The data


def test_every_entry_has_a_source_a_date_and_how_sure_it_is_or_says_that_nothing_was_found() -> None:
    for entry in law_entries():
        assert entry.confidence in ("high", "medium", "low", "none"), entry.id
        assert (entry.url is not None and entry.title is not None) or entry.is_unknown, entry.id
    assert len({entry.id for entry in law_entries()}) == len(law_entries())
    assert json.loads(FILE.read_text(encoding="utf-8"))["meta"]["disclaimer"] == "not legal advice; verify"


def test_all_hours_can_be_read_and_every_country_has_its_zone_here() -> None:
    assert set(law_countries()) == set(ZONES)
    assert {"US-FL", "BR-SP"} <= set(law_regions())
    for terms in LAW.values():
        for hours in terms.hours:
            next_allowed(AllowedIn(week=AllowedWeek(hours=hours.hours), country="CO"), "UTC", datetime.now(UTC))


HOURS_IN_FORCE = [
    entry
    for entry in law_entries()
    if entry.kind == "hours"
    and entry.status == "in_force"
    and (entry.value.get("allowed") or entry.value.get("strict"))
]


@pytest.mark.parametrize("entry", HOURS_IN_FORCE, ids=lambda entry: entry.id)
def test_what_the_gates_allow_is_never_looser_than_an_entry_in_force(entry: LawEntry) -> None:
    zone = ZONES[entry.country]
    policy = Policy(contact=ContactRules(terms=law_terms([entry.region or entry.country])))
    said = AllowedIn(week=AllowedWeek(hours=entry.value.get("strict") or entry.value["allowed"]), country=entry.country)
    named = set(entry.channels) or {"sms", "email"}
    channels = [each for each in CUSTOMER_CHANNELS if each in named or named == {"call"}]
    assert channels
    for now in hours_of_a_month(zone):
        if next_allowed(said, zone, now) > now:
            for channel in channels:
                for notice_class in entry.classes:
                    assert opens(policy, entry.country, notice_class, channel, zone, now) > now


# One scenario for each country and class


@pytest.mark.parametrize("country", ZONES)
@pytest.mark.parametrize("notice_class", NoticeClass)
def test_a_notice_waits_for_the_hours_of_its_country_and_class_or_they_are_unknown(
    country: str, notice_class: NoticeClass
) -> None:
    zone = ZONES[country]
    policy = Policy(contact=ContactRules(terms=LAW))
    night = local(country, "2026-05-24T03:00")  # a Sunday
    opening = max(opens(policy, country, notice_class, channel, zone, night) for channel in CUSTOMER_CHANNELS)
    verdict = decide(country, notice_class, night)
    if opening == night:
        assert verdict.state is NoticeState.READY
        assert country in unknown_hours(["by_country"], notice_class)
        return
    assert (verdict.state, verdict.reason.code, verdict.send_at) == (
        NoticeState.DEFERRED,
        ReasonCode.CONTACT_LAW,
        opening,
    )
    assert verdict.gate == "contact_law"
    assert decide(country, notice_class, opening).state is NoticeState.READY
    assert decide(country, notice_class, opening - timedelta(minutes=1)).state is NoticeState.DEFERRED
    late = decide(country, notice_class, night, until=opening, channels=(ChannelName.SMS,))
    closed = opens(policy, country, notice_class, ChannelName.SMS, zone, night) >= opening
    assert late.reason.code is (ReasonCode.CONTACT_LAW_PAST_UNTIL if closed else ReasonCode.CONTACT_LAW)


@pytest.mark.parametrize("country", ZONES)
@pytest.mark.parametrize("notice_class", NoticeClass)
def test_a_person_is_written_to_as_often_as_country_and_class_allow(country: str, notice_class: NoticeClass) -> None:
    terms = LAW.get((country, notice_class, ChannelName.SMS), ContactTerms())
    noon = local(country, "2026-05-20T12:00")  # a Wednesday
    told: list[Contacted] = []
    most = min((cap.most for cap in terms.caps), default=5)
    for number in range(most):
        assert decide(country, notice_class, noon, told=told, channels=(ChannelName.SMS,)).state is NoticeState.READY
        told.append(contact(noon, occurrence=f"n{number}"))
    verdict = decide(country, notice_class, noon, told=told, channels=(ChannelName.SMS,))
    if not terms.caps:
        assert verdict.state is NoticeState.READY
        return
    assert (verdict.state, verdict.reason.code, verdict.gate) == (
        NoticeState.DEFERRED,
        ReasonCode.CONTACT_LIMIT,
        "contact_limits",
    )
    assert verdict.send_at is not None
    assert decide(country, notice_class, verdict.send_at, told=told).state is NoticeState.READY
    sms = (ChannelName.SMS,)
    too_late = decide(country, notice_class, noon, told=told, until=verdict.send_at, channels=sms)
    assert (too_late.state, too_late.reason.code) == (NoticeState.SUPPRESSED, ReasonCode.CONTACT_LIMIT_PAST_UNTIL)


# What the numbers mean


def test_in_colombia_a_second_collection_of_a_day_waits_and_the_channel_of_the_week_stays() -> None:
    wednesday = local("CO", "2026-05-20T12:00")
    first = decide("CO", NoticeClass.COLLECTIONS, wednesday)
    assert first.channels == (ChannelName.SMS,)
    assert first.reason.text.endswith("; no contact left on email")
    told = [contact(wednesday, ChannelName.EMAIL)]
    second = decide("CO", NoticeClass.COLLECTIONS, wednesday + HOUR, told=told)
    assert (second.state, second.send_at) == (NoticeState.DEFERRED, local("CO", "2026-05-21T08:00"))
    assert decide("CO", NoticeClass.COLLECTIONS, local("CO", "2026-05-21T08:00"), told=told).channels == (
        ChannelName.EMAIL,
    )
    only_sms = decide("CO", NoticeClass.COLLECTIONS, wednesday + HOUR, told=told, channels=(ChannelName.SMS,))
    assert only_sms.send_at == local("CO", "2026-05-27T08:00")


def test_in_chile_two_whole_days_lie_between_two_collections() -> None:
    monday = local("CL", "2026-05-18T12:00")
    again = decide("CL", NoticeClass.COLLECTIONS, monday + HOUR, told=[contact(monday)])
    assert again.send_at == local("CL", "2026-05-22T08:00")  # the Thursday is a public holiday


def test_service_is_not_counted_where_only_collections_are() -> None:
    now = local("CO", "2026-05-20T12:00")
    assert decide("CO", NoticeClass.SERVICE, now, told=[contact(now)]).state is NoticeState.READY


def test_a_class_that_needs_a_yes_by_law_is_told_to_nobody_who_did_not_say_it() -> None:
    noon = local("CO", "2026-05-20T12:00")
    place = (ChannelName.SMS, ANA.phone or "")
    silent = decide("CO", NoticeClass.COLLECTIONS, noon, access=Access())
    assert (silent.state, silent.reason.code, silent.gate) == (
        NoticeState.SUPPRESSED,
        ReasonCode.NO_CONSENT,
        "consented",
    )
    assert "collections needs a yes in CO, and there is none" in silent.reason.text
    said = Standing(word=Word.IN, source=Source.PERSON, register=None, since=noon)
    told = decide("CO", NoticeClass.COLLECTIONS, noon, access=Access(ledger={(place, NoticeClass.COLLECTIONS): said}))
    assert (told.state, told.channels) == (NoticeState.READY, (ChannelName.SMS,))
    assert decide("CO", NoticeClass.SERVICE, noon, access=Access()).state is NoticeState.READY


def test_of_a_dispute_the_stricter_reading_holds_and_what_is_claimed_too() -> None:
    saturday = local("MX", "2026-05-23T12:00")  # the law names no weekday, one paper says Monday to Friday
    assert decide("MX", NoticeClass.COLLECTIONS, saturday).reason.code is ReasonCode.CONTACT_LAW
    early = local("AR", "2026-05-20T08:00")  # one site claims 09:00-19:00, and cites no article
    assert decide("AR", NoticeClass.COLLECTIONS, early).send_at == local("AR", "2026-05-20T09:00")


def test_a_correction_that_the_law_closes_is_not_sent_and_its_owner_hears() -> None:
    sunday = local("CO", "2026-05-24T12:00")
    late = decide("CO", NoticeClass.COLLECTIONS, sunday, until=sunday + HOUR, kind=NoticeKind.CORRECTION)
    assert (late.state, late.reason.code) == (NoticeState.SUPPRESSED, ReasonCode.CONTACT_LAW_PAST_UNTIL)


def test_the_other_channel_speaks_where_the_law_closes_one_too_long() -> None:
    saturday = local("EC", "2026-05-23T12:00")
    verdict = decide("EC", NoticeClass.SERVICE, saturday, until=saturday + HOUR)
    assert verdict.channels == (ChannelName.EMAIL,)
    assert verdict.reason.text.endswith("; contact law closes sms")


def test_what_waits_longer_goes_first_where_two_wait_for_one_contact() -> None:
    now = local("CO", "2026-05-20T12:00")
    going = replace(contact(now), at=None, waits_since=now - HOUR)
    assert decide("CO", NoticeClass.COLLECTIONS, now, told=[going]).state is NoticeState.DEFERRED


@pytest.mark.parametrize(
    ("codes", "state", "allowed"),
    [
        (["US"], "FL", "08:10 19:50"),  # Florida's law: 08:00-20:00
        (["by_country"], "FL", "08:10 19:50"),
        (["US"], "CA", "08:10 19:50 20:50"),  # no law of its own is known: that of the whole country, 08:00-21:00
        (["US"], None, "10:10 17:50"),  # nobody knows the state: the strictest of all
        (["US"], "RI", "09:10 10:10 17:50"),
        (["US-FL"], None, "08:10 19:50"),  # all of them live there
        (["US-FL"], "RI", "08:10 19:50"),
        (["US-FL", "US-RI"], None, "09:10 10:10 17:50"),
    ],
)
def test_the_law_of_a_state_is_that_of_the_customer_s_subdivision_and_without_one_the_strictest_holds(
    codes: list[str], state: str | None, allowed: str
) -> None:
    policy = Policy(contact=ContactRules(terms=law_terms(codes), regional=regional(codes)))
    found = []
    for clock in ("07:50", "08:10", "09:10", "10:10", "17:50", "19:50", "20:50"):
        at = local("US", f"2026-05-20T{clock}")
        if opens(policy, "US", NoticeClass.MARKETING, ChannelName.SMS, ZONES["US"], at, state) == at:
            found.append(clock)
    assert found[0] == allowed.split()[0]
    assert found[-1] == allowed.split()[-1]


def test_where_the_law_is_disputed_about_the_clock_both_hold() -> None:
    policy = Policy(contact=ContactRules(terms=law_terms(["US-TX"])))
    in_el_paso = datetime(2026, 5, 20, 20, 30, tzinfo=ZoneInfo("America/Denver")).astimezone(UTC)  # 21:30 in Dallas
    found = opens(policy, "US", NoticeClass.MARKETING, ChannelName.SMS, "America/Denver", in_el_paso)
    assert found > in_el_paso


# Properties: the change of the clocks, midnight, the date line, and who moves

SOME_ZONES = st.sampled_from(
    [
        "America/Bogota",
        "America/New_York",
        "America/Santiago",
        "Europe/Madrid",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Pacific/Honolulu",
        "Asia/Kolkata",
    ]
)
INSTANTS = st.datetimes(min_value=datetime(2026, 3, 1), max_value=datetime(2026, 11, 15)).map(  # noqa: DTZ001 - a zone follows
    lambda naive: naive.replace(tzinfo=UTC, microsecond=0)
)
CAPS = st.builds(
    ContactCap,
    key=st.just("per_day"),
    most=st.integers(1, 3),
    days=st.integers(1, 8),
    rolling=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(
    caps=st.lists(CAPS, min_size=1, max_size=3),
    start=INSTANTS,
    steps=st.lists(st.integers(0, 60 * 30), min_size=1, max_size=25),
    zones=st.lists(SOME_ZONES, min_size=1, max_size=3),
)
def test_no_cap_is_ever_exceeded_and_what_waits_goes_as_soon_as_it_may(
    caps: list[ContactCap], start: datetime, steps: list[int], zones: list[str]
) -> None:
    """Whoever moves is counted by the clock of where they live when they are written to."""
    told: list[datetime] = []
    now = start
    for number, minutes in enumerate(steps):
        now += timedelta(minutes=minutes)
        zone = ZoneInfo(zones[number * len(zones) // len(steps)])
        free = max(allowed_from(cap, told, zone, now) for cap in caps)
        assert (free == now) == all(room(cap, told, zone, now) > 0 for cap in caps)
        if free > now:
            assert max(allowed_from(cap, told, zone, free) for cap in caps) == free
            assert any(room(cap, told, zone, free - timedelta(seconds=1)) == 0 for cap in caps)
            continue
        told.append(now)
        for cap in caps:
            if cap.rolling:
                counted = [each for each in told if each > now - timedelta(days=cap.days)]
            else:
                first = now.astimezone(zone).date() - timedelta(days=cap.days - 1)
                counted = [each for each in told if each.astimezone(zone).date() >= first]
            assert len(counted) <= cap.most


@settings(max_examples=60, deadline=None)
@given(zone=SOME_ZONES, contact_at=INSTANTS, days=st.integers(1, 8))
def test_a_calendar_cap_ends_with_the_first_second_of_a_day_there(zone: str, contact_at: datetime, days: int) -> None:
    there = ZoneInfo(zone)
    end = free_from(ContactCap(key="per_day", most=1, days=days), contact_at, there)
    told_on = contact_at.astimezone(there).date()
    assert end.astimezone(there).date() >= told_on + timedelta(days=days)
    assert (end - timedelta(seconds=1)).astimezone(there).date() < told_on + timedelta(days=days)


@settings(max_examples=40, deadline=None)
@given(
    zone=SOME_ZONES,
    now=INSTANTS,
    hours=st.lists(
        st.sampled_from(
            ["Mo-Fr 07:00-19:00; Sa 08:00-15:00; Su,PH off", "Mo-Su 08:00-20:00", "Mo-Su 22:00-06:00", "Sa 12:00-23:59"]
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_several_hours_together_open_first_where_all_of_them_do(zone: str, now: datetime, hours: list[str]) -> None:
    rules = ContactRules(
        terms={
            ("*", NoticeClass.SERVICE, ChannelName.SMS): ContactTerms(hours=tuple(TermHours(hours=h) for h in hours))
        }
    )
    opening = opens(Policy(contact=rules), "CO", NoticeClass.SERVICE, ChannelName.SMS, zone, now)
    each = [AllowedIn(week=AllowedWeek(hours=text), country="CO") for text in hours]

    def is_open(at: datetime) -> bool:
        return all(next_allowed(one, zone, at) == at for one in each)

    if opening < now + timedelta(days=300):
        assert is_open(opening)
    assert opening == now or not is_open(now)
    between = [now + (opening - now) * n / 7 for n in range(7)]
    assert not any(is_open(at) for at in between if at < opening)


def test_where_nothing_is_ever_allowed_the_search_ends() -> None:
    now = datetime(2026, 5, 20, tzinfo=UTC)
    assert first_common([lambda at: at + timedelta(days=1)], now) == now + timedelta(days=400)


def test_a_day_that_a_project_decrees_is_a_holiday_for_the_law_too() -> None:
    policy = Policy(contact=ContactRules(terms=LAW), decreed={"CO": (date(2026, 5, 20),)})
    noon = local("CO", "2026-05-20T12:00")
    assert opens(policy, "CO", NoticeClass.COLLECTIONS, ChannelName.SMS, ZONES["CO"], noon) > noon
