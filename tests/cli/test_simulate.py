"""`notifier simulate`: history is played again, with a plan and without it, and shown in three forms."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.cli.pages.charts import whole_steps
from notifier.cli.pages.simulation_page import _days_chart
from notifier.cli.pages.simulation_words import WORDS
from notifier.model.contradictions import ContradictionState
from notifier.model.simulated import DayTold
from tests.cli.conftest import STATE, Ran, Run

VISIT = {**STATE[0]["set"]["appointment"][0], "id": "A-9"}  # type: ignore[index]  # a literal above
CALLED_OFF = {"at": "2026-03-03T20:00:00-05:00", "set": {"appointment": [{"id": "A-1", "status": "cancelled"}]}}
DAY = ("--every", "1d")


@pytest.fixture
def events(project: Path) -> Path:
    """Three visits and a bill that is not what was promised; the day after, one visit is called off."""
    file = project / "history.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in (*STATE, CALLED_OFF)), encoding="utf-8")
    return file


def ticks_of(page: str) -> list[str]:
    """What stands at the axes."""
    return re.findall(r'class="tick">.*?>([^<]+)</text>', page)


def rules_of(document: Any) -> dict[str, Any]:
    return {each["rule"]: each for each in document["rules"]}


def test_it_says_who_would_have_been_told_and_writes_nothing(run: Run, project: Path, events: Path) -> None:
    done = run("simulate", events, "--to", "2026-03-06T00:00:00-05:00", "--every", "0", "--json")
    assert done.code == 0, done.err
    replay = done.json["replay"]
    reminder = rules_of(replay)["installation-reminder"]
    assert (reminder["told"], reminder["customers"]) == (3, 2)  # one of them is a follow-up
    assert reminder["verdicts"] == {"told": 3, "suppressed": 1}
    assert (replay["total"]["cost"][0]["currency"], replay["total"]["sms"]) == ("COP", 3)
    assert {day["day"]: day["told"] for day in replay["days"]}["2026-03-03"] >= 2
    assert sum(replay["hours"]) == replay["total"]["sms"] + replay["total"]["emails"]
    assert replay["customers"][0]["told"] == 2
    (check,) = [each for each in replay["checks"] if each["check"] == "promised-price-vs-billing"]
    assert (check["before"]["part"], check["before"]["whole"]) == (1, 1)
    assert check["lead"]["median_seconds"] > 86_400
    assert not (project / "notifier.db").exists()
    assert not (project / "outbox").exists()


def test_a_replay_that_ends_too_early_says_which_end_plays_on(run: Run, project: Path) -> None:
    """Rows of today alone: all that they cause falls due after the last of them."""
    today = project / "today.jsonl"
    today.write_text(json.dumps(STATE[0]) + "\n", encoding="utf-8")
    page = project / "replay.html"
    document = run("simulate", today, "--json").json["replay"]
    assert (document["total"]["told"], document["falls_due_at"] > document["until"]) == (0, True)
    words = " ".join(run("simulate", today).out.split())
    assert "Nadie fue avisado hasta el final. Algo vence después" in words
    (end,) = re.findall(r"con --to (\S+) sigue", words)
    on = run("simulate", today, "--to", end, "--json").json["replay"]
    assert (on["total"]["told"] > 0, on["falls_due_at"]) == (True, None)
    assert run("simulate", today, "--html", page).code == 0
    assert "Nadie fue avisado hasta el final" in page.read_text(encoding="utf-8")


def test_a_plan_is_shown_rule_by_rule_and_in_total(run: Run, project: Path, events: Path) -> None:
    plan = project / "plan.yaml"
    text = (project / "rules" / "installation.yaml").read_text(encoding="utf-8")
    plan.write_text(text.replace("installation-reminder", "early-reminder").replace("at: 48h", "at: 60h"), "utf-8")
    done = run(
        "simulate", events, "--without", "installation-reminder", "--with", plan, *DAY, "--json",
        "--to", "2026-03-06T00:00:00-05:00",
    )  # fmt: skip
    assert done.code == 0, done.err
    changed = {each["rule"]: each["told"] for each in done.json["plan"]["differences"]}
    before = rules_of(done.json["replay"])["installation-reminder"]["told"]
    after = rules_of(done.json["plan"]["replay"])["early-reminder"]["told"]
    assert changed == {"early-reminder": after, "installation-reminder": -before, "total": after - before}
    assert after > 0
    assert done.json["plan"]["without"] == ["installation-reminder"]
    shown = run("simulate", events, "--without", "installation-reminder", *DAY)
    assert "Qué cambia el plan: sin installation-reminder" in shown.out
    assert "nada de: " not in shown.out


def test_a_plan_that_only_moves_what_is_told_says_how_many_and_how_far(run: Run, project: Path, events: Path) -> None:
    plan = project / "plan.yaml"
    text = (project / "rules" / "installation.yaml").read_text(encoding="utf-8")
    plan.write_text(text.replace("at: 48h", "at: 24h"), "utf-8")
    asked = ("simulate", events, "--with", plan, "--every", "1h", "--to", "2026-03-06T00:00:00-05:00")
    events.write_text(json.dumps(STATE[0]) + "\n", encoding="utf-8")
    reminder, total = run(*asked, "--json").json["plan"]["differences"]
    assert (reminder["rule"], reminder["told"], reminder["customers"]) == ("installation-reminder", 0, 0)
    assert (reminder["later"]["count"], reminder["later"]["median_seconds"], reminder["earlier"]["count"]) == (
        2,
        86_400,
        0,
    )
    assert (total["rule"], total["later"]) == ("total", reminder["later"])
    assert "2 más tarde (mediana 1 día)" in " ".join(run(*asked).out.split())
    page = project / "replay.html"
    assert run(*asked, "--html", page).code == 0
    assert "<td>2 más tarde (mediana 1 d)</td>" in page.read_text(encoding="utf-8")


def test_nobody_is_named_as_told_often_who_was_told_once(run: Run, project: Path, events: Path) -> None:
    page = project / "replay.html"
    events.write_text(json.dumps(STATE[0]) + "\n", encoding="utf-8")
    once = ("simulate", events, "--to", "2026-03-06T00:00:00-05:00", "--without", "bill-is-ready")
    assert "nadie fue avisado más de una vez" in run(*once).out
    assert run(*once, "--html", page).code == 0
    text = page.read_text(encoding="utf-8")
    assert ("Nadie fue avisado más de una vez." in text, "Quién fue avisado más veces" in text) == (True, False)
    events.write_text("".join(json.dumps(one) + "\n" for one in (*STATE, CALLED_OFF)), encoding="utf-8")
    twice = run("simulate", events, "--to", "2026-03-06T00:00:00-05:00").out
    assert "quién fue avisado más veces: C-1 2\n" in twice


def test_the_project_has_no_database_and_nobody_misses_it(run: Run, events: Path) -> None:
    assert run("simulate", events, *DAY).err == ""


def test_what_became_of_the_rows_says_how_right_it_was(run: Run, project: Path, events: Path) -> None:
    outcome = project / "outcome.csv"
    outcome.write_text(
        "subject,late,score,contact_at\n"
        "appointment:A-1,true,1,2026-03-05T12:00:00-05:00\n"
        "appointment:A-2,false,5,2026-03-05T12:00:00-05:00\n"
        "appointment:A-3,true,1,2026-03-05T12:00:00-05:00\n",
        encoding="utf-8",
    )
    done = run("simulate", events, "--outcome", outcome, *DAY, "--json", "--to", "2026-03-06T00:00:00-05:00")
    assert done.code == 0, done.err
    found = done.json["replay"]["outcome"]
    assert (found["late"]["part"], found["late"]["whole"]) == (2, 3)
    (reminder,) = [each for each in found["rules"] if each["rule"] == "installation-reminder"]
    assert (reminder["precision"]["part"], reminder["precision"]["whole"]) == (1, 2)
    assert (reminder["recall"]["part"], reminder["recall"]["whole"]) == (1, 2)
    assert (found["complaints"], reminder["before_contact"]["part"]) == (2, 1)
    assert (found["score_late"]["mean"], found["score_on_time"]["count"]) == (1, 1)


def test_the_terminal_speaks_the_language_of_the_project(run: Run, project: Path, events: Path) -> None:
    outcome = project / "outcome.csv"
    outcome.write_text("subject,late,score\nappointment:A-1,true,1\nappointment:A-2,false,5\n", encoding="utf-8")
    asked = ("simulate", events, "--outcome", outcome, "--without", "bill-is-ready", *DAY)
    spanish = run(*asked)
    settings = project / ".env"
    texts = settings.read_text(encoding="utf-8").replace("NOTIFIER_DEFAULT_LOCALE=es-CO", "NOTIFIER_DEFAULT_LOCALE=en")
    settings.write_text(texts, encoding="utf-8")
    english = run(*asked)
    assert (spanish.code, english.code) == (0, 0), spanish.err + english.err
    for said, other in (
        ("Replay from ", "Repetición de "),
        (" rows written, ", " filas escritas, "),
        ("Held against what became of 2 rows", "Frente a lo que pasó al final con 2 filas"),
        ("late: cannot be said (1 of 2, fewer than 20)", "tarde: no se puede decir (1 de 2, menos de 20)"),
        ("What the plan changes: without bill-is-ready", "Qué cambia el plan: sin bill-is-ready"),
        ("late rows that heard of it in time: ", "tardes que lo supieron a tiempo: "),
    ):
        assert (said in english.out, other in spanish.out) == (True, True), english.out + spanish.out


def test_the_page_has_charts_and_loads_nothing(run: Run, project: Path, events: Path) -> None:
    page = project / "replay.html"
    assert run("simulate", events, *DAY, "--html", page, "--without", "bill-is-ready").code == 0
    text = page.read_text(encoding="utf-8")
    assert [tick for tick in ticks_of(text) if re.search(r"[.,]\d", tick)] == [], "nobody gets a quarter of a notice"
    assert text.count('<svg viewBox="0 0 860 ') >= 2, "charts are as wide as the page"
    assert re.findall(r"""(?:src|href)=["'](?!#)[^"']*["']""", text) == []
    assert "default-src 'none'" in text
    assert 'lang="es"' in text
    assert run("simulate", events, *DAY, "--html", page, "--without", "bill-is-ready").code == 0
    assert page.read_text(encoding="utf-8") == text  # the same history gives the same bytes, over its own page
    refused = run("simulate", events, "--html", events)
    assert (refused.code, "what this command reads" in refused.usage) == (2, True)


@pytest.mark.parametrize(
    ("locale", "days", "named"),
    [
        ("es-CO", 3, ["28 de feb", "1 de mar", "2 de mar"]),
        ("en", 30, ["Feb 28", "Mar 4", "Mar 8", "Mar 12", "Mar 16", "Mar 20", "Mar 24", "Mar 28"]),
    ],
)
def test_the_days_of_a_chart_have_their_month(locale: str, days: int, named: list[str]) -> None:
    first = date(2026, 2, 28)
    rows = [DayTold(day=str(first + timedelta(days=number)), told=number, verdicts={}) for number in range(days)]
    chart = _days_chart(rows, locale)
    assert chart is not None
    assert [tick for tick in ticks_of(chart) if not tick.isdigit()] == named


@pytest.mark.parametrize(
    ("highest", "steps"),
    [(5, [0, 1, 2, 3, 4, 5]), (8, [0, 2, 4, 6, 8]), (20, [0, 5, 10, 15, 20]), (300, [0, 100, 200, 300])],
)
def test_an_axis_of_figures_has_few_and_whole_steps(highest: float, steps: list[int]) -> None:
    assert whole_steps(highest) == steps


def test_the_database_is_kept_for_questions(run: Run, project: Path, events: Path) -> None:
    kept = project / "replay.db"
    assert run("simulate", events, *DAY, "--keep", kept).code == 0
    assert kept.read_bytes().startswith(b"SQLite format 3")
    assert run("simulate", events, *DAY, "--keep", kept).code == 2


def test_lines_that_cannot_be_read_are_left_out_and_listed(run: Run, project: Path) -> None:
    file = project / "bad.jsonl"
    lines = [
        json.dumps(STATE[0]),
        '{"at": "2026-03-03T08:00:00-05:00", "set": {"appointment": [{"id": "A-1", "starts_at": "soon"}]}}',
        '{"at": "2026-03-03T08:00:00-05:00", "set": {"apointment": [{"id": "A-1"}]}}',
        '{"at": "2026-03-03T09:00:00-05:00", "set": {"appointment": [{"id": "A-7", "kind": "installation"}]}}',
        "no json",
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    done: Ran = run("simulate", file, *DAY, "--json")
    assert done.code == 1
    assert "bad.jsonl:2" in done.err
    assert "starts_at: 'soon' is not an instant" in done.err
    assert "unknown entity 'apointment'; did you mean 'appointment'?" in done.err
    assert "bad.jsonl:5" in done.err
    assert done.json["replay"]["left_out"] == {"appointment": 1}
    assert done.json["replay"]["rows"] > 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "there is nothing to play"),
        (("--table", "orders.csv"), "names no map and file"),
        (("{events}", "--every", "soon"), "soon"),
        (("{events}", "--from", "2030-01-01T00:00:00Z"), "no row of the history lies between"),
        (("{events}", "--drill", "day.yaml"), "a drill takes --html and --json alone"),
    ],
)
def test_what_cannot_be_played_is_refused(run: Run, events: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run("simulate", *(one.format(events=events) for one in arguments))
    assert (done.code, says in done.usage) == (2, True), done.usage


def test_a_plan_with_errors_is_refused_with_its_places(run: Run, project: Path, events: Path) -> None:
    plan = project / "plan.yaml"
    plan.write_text("rules:\n  - { rule: x, about: appointment, ownr: field }\n", encoding="utf-8")
    done = run("simulate", events, "--with", plan)
    assert done.code == 1
    assert "plan.yaml:2" in done.err
    assert "did you mean 'owner'?" in done.err
    unknown = run("simulate", events, "--without", "installation-remindr")
    assert "did you mean 'installation-reminder'?" in unknown.err


@pytest.mark.parametrize("language", WORDS)
def test_every_state_of_a_contradiction_has_a_word_on_the_page(language: str) -> None:
    assert {f"state_{state}" for state in ContradictionState} <= WORDS[language].keys()
