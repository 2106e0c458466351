"""`rules test` with a story of a year: one rule that speaks each day, one that speaks of a visit each week, and none.

What a year costs is compared with a fifth of it: a pass reads what was told lately, whatever was told before.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.harness import Bench, Case, Job, Result
from notifier.rules.loader import load_project
from notifier.rules.scenarios import load_scenarios
from notifier.simulation.databases import Databases, temporary_databases
from notifier.simulation.scenarios import Player
from tests.support.small_project import write_small_project

NAME = "years"
START = datetime(2026, 1, 5, 12, tzinfo=UTC)
YEAR, FIFTH = 365, 73
WANTED = 2.0
"""Seconds that a year of one rule may take."""
ROW = "locale: en-US, timezone: UTC, country: US, phone: '+12125550123', email: ann@example.com"
TEXT = "{{ at | datetime }} {{ exit.address }} {{ reference }}"
FILES = {
    "rules/delayed.yaml": """
        rules:
          - rule: delayed
            about: order
            owner: field
            class: service
            when: order.status == 'held'
            repeat: 24h
            claims: { at: order.placed_at }
            template: word
            exit: desk
        """,
    "rules/visit.yaml": """
        rules:
          - rule: visit-reminder
            about: appointment
            owner: field
            class: service
            when: appointment.status == 'confirmed'
            at: 48h before appointment.starts_at
            claims: { at: appointment.starts_at }
            template: word
            exit: desk
        """,
    "templates/word/sms.en.txt.j2": TEXT,
    "templates/word/email.en.subject.j2": "A word",
    "templates/word/email.en.txt.j2": TEXT,
}


def run(bench: Bench) -> Iterator[Result]:
    """One ratio for each story; the seconds are in its note."""
    with TemporaryDirectory(prefix="notifier-bench-") as folder, temporary_databases() as databases:
        stories = _Stories(Path(folder), databases)
        for name, rule in (("a reminder each day", "delayed"), ("a visit each week", "visit"), ("nothing", "")):
            year, fifth = (partial(stories.play, rule, days) for days in (YEAR, FIFTH))
            year()  # statements are compiled, as after the first story of a project
            result = bench.compare(
                NAME,
                Case(
                    name=f"a year of {name}",
                    ours=Job(name=f"{YEAR} days", run=year),
                    other=Job(name=f"{FIFTH} days", run=fifth, share=FIFTH / YEAR),
                    at_most=1.2,
                ),
            )
            seconds = sorted(spent.cpu for spent in result.ours)
            bench.note(f"A year of {name}: {seconds[0]:.2f}-{seconds[-1]:.2f} s CPU; wanted is less than {WANTED:g} s.")
            yield result


class _Stories:
    """A project of two rules, and stories about each of them."""

    def __init__(self, folder: Path, databases: Databases) -> None:
        self._folder = folder
        self._project = load_project(write_small_project(folder, FILES))
        self._player = Player(self._project, databases)

    def play(self, rule: str, days: int) -> None:
        """The story of a rule, or of both where nothing happens. Raises ValueError where it cannot be played."""
        path = self._folder / "rules" / "story.test.yaml"
        path.write_text(_story(rule, days), encoding="utf-8")
        (scenario,) = load_scenarios(path, self._project)
        played = self._player.play(scenario)
        if played.problems or played.differences:
            raise ValueError(f"{scenario.name}: {[*played.problems, *played.differences]}")


def _story(rule: str, days: int) -> str:
    rows: Mapping[int, str] = {}
    if rule == "delayed":
        rows = {0: f"order: [{{ id: O-1, customer_id: C-1, status: held, placed_at: '{START.isoformat()}' }}]"}
    elif rule == "visit":
        rows = {day: _visit(day) for day in range(0, days - 6, 7)}
    entries = [f"{{ at: '{_at(day)}', set: {{ {row} }} }}" for day, row in rows.items()] or [f"{{ at: '{_at(0)}' }}"]
    files = f"{rule}.yaml" if rule else "delayed.yaml, visit.yaml"
    return f"""
scenarios:
  - scenario: {days} days of {rule or "nothing"}
    rules: [{files}]
    given: {{ customer: [{{ id: C-1, name: Ann Lee, {ROW} }}] }}
    timeline: [{", ".join([*entries, f"{{ at: '{_at(days)}' }}"])}]
"""


def _visit(day: int) -> str:
    starts_at = _at(day + 5)
    return (
        f"appointment: [{{ id: A-{day}, customer_id: C-1, kind: visit, status: confirmed, starts_at: '{starts_at}' }}]"
    )


def _at(day: int) -> str:
    return (START + timedelta(days=day)).isoformat()
