"""`counted_in` of a topic: in which hours a length of time counts, and what is refused."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from notifier.calendars.business_hours import BusinessHours
from notifier.rules.checked import Project
from notifier.rules.loader import load_project

OFFICE = "hours: 'Mo-Fr 08:00-18:00; PH off', timezone: America/Bogota, country: CO"
HOLIDAY = datetime.fromisoformat("2026-03-23T10:00:00-05:00")  # Saint Joseph's: a Monday, a holiday in Colombia alone


def loaded(folder: Path, topic: str) -> Project:
    (folder / "rules").mkdir()
    (folder / "rules" / "topics.yaml").write_text(f"topics:\n  answer: {{ {topic} }}\n", encoding="utf-8")
    return load_project(folder)


def problems(folder: Path, topic: str) -> list[str]:
    return [str(problem) for problem in loaded(folder, topic).problems if problem.is_error]


def counted_in(folder: Path, hours: str) -> BusinessHours:
    found = loaded(folder, f"type: duration, due: value, counted_in: {{ {hours} }}").topics["answer"].counted_in
    assert found is not None
    return found


def test_a_length_of_time_counts_in_its_hours_and_in_every_hour_without_them(tmp_path: Path) -> None:
    assert counted_in(tmp_path, OFFICE) == BusinessHours(
        hours="Mo-Fr 08:00-18:00; PH off", timezone="America/Bogota", country="CO"
    )
    (tmp_path / "plain").mkdir()
    assert loaded(tmp_path / "plain", "type: duration, due: value").topics["answer"].counted_in is None


@pytest.mark.parametrize(("country", "end"), [("CO", "2026-03-24T09:00:00-05:00"), ("DE", "2026-03-23T11:00:00-05:00")])
def test_the_holidays_are_those_of_the_country(tmp_path: Path, country: str, end: str) -> None:
    hours = counted_in(tmp_path, OFFICE.replace("country: CO", f"country: {country}"))
    assert hours.after(HOLIDAY, timedelta(hours=1)) == datetime.fromisoformat(end)


@pytest.mark.parametrize("topic", ["type: duration", "type: timestamp, due: value", "type: money"])
def test_only_a_length_of_time_that_says_when_it_is_due_is_counted_in_hours(tmp_path: Path, topic: str) -> None:
    (found,) = problems(tmp_path, f"{topic}, counted_in: {{ {OFFICE} }}")
    place = f"rules/topics.yaml:2:{len('  answer: { ') + len(topic) + len(', ') + 1}"
    what = "'counted_in' is for lengths of time that say when something is due: type: duration, due: value"
    assert found == f"{place}: {what}"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            "'Mo-Fr 08:00-18:00; PH off'",
            "'Mo-Fr 8 to 6'",
            "'Mo-Fr 8 to 6' is not opening hours in OSM syntax near '8 to 6'",
        ),
        ("America/Bogota", "America/Bogot", "did you mean 'America/Bogota'?"),
        ("country: CO", "country: Colombia", "'Colombia'"),
        (", country: CO", "", "'country'"),
        ("hours:", "hour:", "did you mean 'hours'?"),
    ],
)
def test_what_is_wrong_in_business_hours_is_said_with_its_place(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    hours = OFFICE.replace(right, wrong)
    found = problems(tmp_path, f"type: duration, due: value, counted_in: {{ {hours} }}")
    assert any(said in problem for problem in found), found
    assert all(problem.startswith("rules/topics.yaml:2:") for problem in found), found


def test_every_wrong_entry_is_said_at_once(tmp_path: Path) -> None:
    hours = "hours: 'Mo-Fr 8 to 6', timezone: Bogota, country: Colombia"
    assert len(problems(tmp_path, f"type: duration, due: value, counted_in: {{ {hours} }}")) == 3
