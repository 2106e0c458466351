"""What an author should know of the contact law that a policy puts in force: `rules check` says it as notes."""

from collections.abc import Iterator, Sequence

from notifier.model.problems import Place, Problem
from notifier.model.types import ChannelName, NoticeClass
from notifier.rules.catalogue import POLICY
from notifier.rules.checked import Project
from notifier.rules.contact_law import LawEntry, content_demands, entries_for, unknown_hours
from notifier.rules.contact_terms import ContactRules

ENFORCED = ("hours", "max_per_day", "max_per_week", "channels_per_week", "consent")
"""Kinds of entries that the gates keep; the others are for a person to see to."""


def contact_notes(project: Project) -> Iterator[Problem]:
    """Notes on what is unknown, disputed, or for a person to see to; none where no contact law is in force."""
    law = project.policy.contact.law
    if not law:
        return
    classes = sorted({rule.notice_class for rule in project.rules.values()})
    channels = sorted({channel for rule in project.rules.values() for channel in rule.channels})
    entries = [entry for entry in entries_for(law) if set(entry.classes) & set(classes)]
    yield _note(
        "contact_law is no legal advice; notifier rules law shows each entry with its source, date and how sure"
    )
    for notice_class in classes:
        if unknown := unknown_hours(law, notice_class):
            yield _note(
                f"the hours of {notice_class} notices are unknown in {', '.join(unknown)}: that is no permission, "
                "and only quiet_hours hold there"
            )
        if needing := _needing_a_yes(project.policy.contact, notice_class, channels):
            yield _note(
                f"{notice_class} notices need a recorded yes in {'; '.join(needing)}: "
                "whoever gave none is not told there"
            )
    disputed = sorted(entry.id for entry in entries if entry.disputed and entry.binds and entry.kind in ENFORCED)
    if disputed:
        yield _note(f"sources disagree on {', '.join(disputed)}: the stricter reading holds")
    yield from _registers(entries)
    yield from _contents(entries, classes, channels)


def _needing_a_yes(rules: ContactRules, notice_class: NoticeClass, channels: Sequence[ChannelName]) -> Sequence[str]:
    """`CO by sms and email`, for each country where the class needs a yes. Marketing needs one everywhere."""
    if notice_class is NoticeClass.MARKETING:
        return ()
    countries = sorted({where for where, of, _ in rules.terms if of is notice_class and "-" not in where})
    by_country = {
        country: [each for each in channels if any(terms.needs_yes for terms in rules.of(country, notice_class, each))]
        for country in countries
    }
    return [f"{country} by {' and '.join(needing)}" for country, needing in by_country.items() if needing]


def _registers(entries: Sequence[LawEntry]) -> Iterator[Problem]:
    names = {
        f"{entry.value['name']} ({entry.country})": None
        for entry in entries
        if entry.kind == "register" and entry.binds and entry.value.get("name")
    }
    if names:
        yield _note(
            f"registers of those who want no advertising: {'; '.join(names)}; bring their lists in with "
            "notifier consent import"
        )


def _contents(
    entries: Sequence[LawEntry], classes: Sequence[NoticeClass], channels: Sequence[ChannelName]
) -> Iterator[Problem]:
    for notice_class in classes:
        of_class = [entry for entry in entries if notice_class in entry.classes]
        demands = {
            f"{entry.country}: {demand} ({entry.id})": None
            for channel in channels
            for entry, demand in content_demands(of_class, channel)
        }
        if demands:
            yield _note(f"what {notice_class} texts must hold, for a person to see to: {'; '.join(demands)}")


def _note(what: str) -> Problem:
    return Problem(Place(POLICY), what, severity="note")
