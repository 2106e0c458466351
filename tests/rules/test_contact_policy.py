"""`rules/policy.yaml` puts the law of countries in force, and says what else limits how people are told."""

from pathlib import Path

import pytest

from notifier.consent.required_content import missing_content
from notifier.model.types import USUAL_CHANNELS, NoticeClass
from notifier.planning.swallowed import swallowed_moments
from notifier.rules.checked import Project
from notifier.rules.contact_law import law_terms
from notifier.rules.contact_notes import contact_notes
from notifier.rules.contact_terms import ContactCap, ContactRules, ContactTerms, TermHours
from notifier.rules.loader import load_project
from tests.rules.projects import folder, write

__all__ = ["folder"]
SMS, EMAIL = USUAL_CHANNELS
COLLECTIONS = ("CO", NoticeClass.COLLECTIONS, SMS)


def loaded(folder: Path, policy: str) -> Project:
    write(folder, "rules/policy.yaml", policy)
    project = load_project(folder)
    assert list(project.errors) == []
    return project


def contact(folder: Path, policy: str) -> ContactRules:
    return loaded(folder, policy).policy.contact


def test_without_a_word_of_it_no_law_is_in_force(folder: Path) -> None:
    assert load_project(folder).policy.contact == ContactRules()
    assert list(contact_notes(load_project(folder))) == []


@pytest.mark.parametrize("written", ["CO", "[CO]", "[CO, US-FL]", "by_country"])
def test_countries_regions_or_all_of_them_are_put_in_force(folder: Path, written: str) -> None:
    rules = contact(folder, f"contact_law: {written}\n")
    codes = [written] if "[" not in written else written.strip("[]").split(", ")
    assert rules.law == tuple(sorted(codes))
    assert rules.terms == law_terms(codes)
    assert rules.terms[COLLECTIONS].channels_per_week == 1


def test_our_own_limits_bind_besides_the_law(folder: Path) -> None:
    rules = contact(
        folder,
        "contact_law: CO\n"
        "contact_limits:\n"
        "  - { country: CO, class: collections, per_week: 2, hours: 'Mo-Fr 09:00-17:00' }\n"
        "  - { class: [service, billing], channel: sms, per_day: 3, days_between: 2, channels_per_week: 1 }\n",
    )
    law = law_terms(["CO"])[COLLECTIONS]
    assert rules.terms[COLLECTIONS].hours == (*law.hours, TermHours(hours="Mo-Fr 09:00-17:00"))
    assert rules.terms[COLLECTIONS].caps == (*law.caps, ContactCap(key="per_week", most=2, days=7))
    assert rules.terms["*", NoticeClass.BILLING, SMS] == ContactTerms(
        caps=(ContactCap(key="per_day", most=3, days=1), ContactCap(key="days_between", most=1, days=3)),
        channels_per_week=1,
    )
    assert ("*", NoticeClass.BILLING, EMAIL) not in rules.terms
    assert rules.counts(NoticeClass.BILLING) == 7


def test_what_holds_instead_of_the_law_says_why_and_replaces_that_alone(folder: Path) -> None:
    rules = contact(
        folder,
        "contact_law: by_country\n"
        "contact_limits: { country: CO, class: collections, channel: sms, per_day: 2, consent: not_needed,"
        " instead_of_law: 'counsel, 2026-10-01' }\n",
    )
    law = law_terms(["CO"])[COLLECTIONS]
    mine = rules.terms[COLLECTIONS]
    assert (mine.hours, mine.channels_per_week) == (law.hours, law.channels_per_week)
    assert mine.caps == (ContactCap(key="per_day", most=2, days=1),)
    assert (law.needs_yes, mine.needs_yes) == (True, False)


def test_our_own_limits_bind_in_every_state_too(folder: Path) -> None:
    rules = contact(
        folder, "contact_law: US\ncontact_limits: { country: US, class: service, channel: sms, per_day: 2 }\n"
    )
    mine = ContactCap(key="per_day", most=2, days=1)
    for state in ("FL", "CA", None):
        (terms,) = rules.of("US", NoticeClass.SERVICE, SMS, state)
        assert mine in terms.caps


def test_safety_after_a_stop_is_only_by_explicit_policy(folder: Path) -> None:
    assert not contact(folder, "contact_law: CO\n").safety_after_stop
    assert contact(folder, "safety_after_stop: tell\n").safety_after_stop


def test_a_new_policy_or_a_new_law_gives_every_rule_a_new_digest(folder: Path) -> None:
    (before,) = load_project(folder).rules.values()
    (after,) = loaded(folder, "contact_law: CO\n").rules.values()
    assert before.digest != after.digest


def test_the_notes_say_what_is_unknown_disputed_and_for_a_person(folder: Path) -> None:
    rule = (folder / "rules/good.yaml").read_text()
    write(folder, "rules/good.yaml", rule.replace("class: service", "class: marketing"))
    notes = [note.what for note in contact_notes(loaded(folder, "contact_law: [CO, PE]\n"))]
    assert all(note.severity == "note" for note in contact_notes(load_project(folder)))
    text = "\n".join(notes)
    assert "no legal advice" in text
    assert "the hours of marketing notices are unknown in PE: that is no permission" in text
    assert "sources disagree on co-hours-carrier" in text
    assert "RNE" in text
    assert "CO: name or legal name of the sender in the SMS (co-content)" in text


def test_a_note_says_where_a_class_needs_a_yes_that_it_needs_nowhere_else(folder: Path) -> None:
    notes = [note.what for note in contact_notes(loaded(folder, "contact_law: [US, MX]\n"))]
    said = "service notices need a recorded yes in US by sms: whoever gave none is not told there"
    assert said in notes
    over = "contact_limits: { country: US, class: service, consent: not_needed, instead_of_law: 'counsel, 2026' }\n"
    assert said not in [note.what for note in contact_notes(loaded(folder, "contact_law: [US, MX]\n" + over))]


LATE = "rules:\n  - { rule: late, owner: field, class: %s, template: reminder, exit: desk, born_late: tell,"
LATE += " about: order, when: order.promised_at != null, claims: { starts_at: order.promised_at },"
LATE += " at: '%s', until: '%s' }\n"


@pytest.mark.parametrize(
    ("notice_class", "at", "until", "policy", "warned"),
    [
        ("service", "1d before order.promised_at at 21:00", "1d before order.promised_at at 23:00", "", True),
        ("service", "1d before order.promised_at at 21:00", "0d before order.promised_at at 09:00", "", False),
        ("service", "1d before order.promised_at at 19:00", "1d before order.promised_at at 23:00", "", False),
        # Whatever time the order was promised for, one of them is a time of day.
        ("service", "1d before order.promised_at at 22:00", "20h before order.promised_at", "", True),
        ("service", "1d before order.promised_at at 22:00", "12h before order.promised_at", "", False),
        ("service", "1d before order.promised_at at 22:00", "30h before order.promised_at", "", False),
        ("service", "2h before order.promised_at", "0d before order.promised_at at 07:00", "", True),
        ("service", "12h before order.promised_at", "0d before order.promised_at at 07:00", "", False),
        ("safety", "1d before order.promised_at at 21:00", "1d before order.promised_at at 23:00", "", False),
        (
            "collections",
            "1d before order.promised_at at 19:15",
            "1d before order.promised_at at 19:45",
            "contact_law: CO\n",
            True,
        ),
        (
            "collections",
            "1d before order.promised_at at 17:00",
            "1d before order.promised_at at 19:45",
            "contact_law: CO\n",
            False,
        ),
    ],
)
def test_a_moment_that_is_always_closed_until_it_helps_no_more_is_warned_of(
    folder: Path, notice_class: str, at: str, until: str, policy: str, warned: bool
) -> None:
    write(folder, "rules/late.yaml", LATE % (notice_class, at, until))
    found = swallowed_moments(loaded(folder, policy or "quiet_hours: []\n"))
    assert bool(found) == warned
    if found:
        assert found[0].severity == "warning"
        assert (" in CO: " in found[0].what) == (notice_class == "collections")


DAY_OF_A_SITE = """\
rules:
  - rule: day
    about: site_day
    to: site_day.site.customers
    owner: field
    class: service
    when: site_day.kind == 'closed'
    %s
    template: reminder
    exit: desk
"""


@pytest.mark.parametrize(
    ("moments", "warned"),
    [
        ("at: 2h before site_day.starts_at\n    until: 1h after site_day.starts_at", True),
        ("at: 6h before site_day.starts_at\n    until: 1h after site_day.starts_at", False),
        ("at: 2h before site_day.starts_at", True),
        ("at: 2h before site_day.starts_at\n    until: 2h before site_day.ends_at", False),
        ("at: 1d before site_day.starts_at at 22:00\n    until: 1h after site_day.starts_at", True),
        ("at: 2h after site_day.starts_at", False),
    ],
)
def test_a_moment_around_a_day_of_a_site_is_warned_of_where_it_is_swallowed(
    folder: Path, moments: str, warned: bool
) -> None:
    """The day begins at midnight there, whatever its hours."""
    write(folder, "rules/day.yaml", DAY_OF_A_SITE % moments)
    found = swallowed_moments(loaded(folder, "quiet_hours: []\n"))
    assert [problem.code for problem in found] == ["swallowed"] * warned


@pytest.mark.parametrize(
    ("law", "text", "missing"),
    [
        ("", "We come on {{ starts_at | date }}.", set()),
        ("contact_law: MX\n", "We come on {{ starts_at | date }}.", {"mx-content"}),
        ("contact_law: CL\n", "{{ company }}: we come on {{ starts_at | date }}.", {"way"}),
        ("contact_law: CL\n", "Fibra: we come. Responda BAJA para no recibir más.", set()),
        ("contact_law: CL\n", "{% include 'all.txt.j2' %}", set()),
    ],
)
def test_a_text_that_lacks_what_the_law_wants_is_warned_of(
    folder: Path, law: str, text: str, missing: set[str]
) -> None:
    rule = (folder / "rules/good.yaml").read_text()
    write(folder, "rules/good.yaml", rule.replace("class: service", "class: marketing"))
    (name,) = load_project(folder).rules["good"].templates
    for path in (folder / "templates" / name).glob("*.txt.j2"):
        path.write_text(text)
    found = missing_content(loaded(folder, law or "quiet_hours: []\n"), "Fibra")
    assert bool(found) == bool(missing)
    assert {problem.severity for problem in found} <= {"warning"}
    assert all("how to get no more" in problem.what for problem in found) or "mx-content" in missing
