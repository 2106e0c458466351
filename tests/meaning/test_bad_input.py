"""The issue's list of bad input, typed as commands: each ends in a clear sentence and its exit code, with nothing lost.

The rooms test every refusal of their own; here each kind of the list has one test of what a person sees, and of what
must not have happened: the tables are as they were, and nothing left the house.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.cli.conftest import STATE, TICK, Ran, load, logs_as_before, rows_of, run_command
from tests.cli.conftest import project as a_project

__all__ = ["a_project", "logs_as_before"]

Run = Callable[..., Ran]
RULES = "rules/installation.yaml"
SMS = "templates/installation_reminder/sms.en.txt.j2"
SUBJECT = "templates/installation_reminder/email.en.subject.j2"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped telco rules in force, and three installations, a price and a charge that a tick has not seen yet."""
    folder = tmp_path_factory.mktemp("made")
    project: Path = a_project.__wrapped__(folder)  # type: ignore[attr-defined]  # pytest keeps the function there
    assert run_command("tick", "--at", "2026-03-02T07:00:00-05:00", project=project).code == 0
    load(project, lambda *arguments: run_command(*arguments, project=project), STATE)
    return project


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "project"))


@pytest.fixture
def unharmed(folder: Path) -> Iterator[Run]:
    """Runs commands in the project; in the end the tables are as they were, and nothing was sent."""
    before = rows_of(folder)
    yield lambda *arguments: run_command(*arguments, project=folder)
    assert rows_of(folder) == before
    assert not (folder / "outbox").exists()


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


BOMB = "\n".join(
    ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    + [f"{name}: &{name} [{', '.join([f'*{of}'] * 10)}]" for of, name in zip("abcdef", "bcdefg", strict=True)]
)
LONG = " or ".join(["appointment.party_size > 1"] * 400)[:10_000]
RULE_FILES: dict[str, tuple[str, str, str]] = {
    "malformed YAML": ("about: appointment", "about: [appointment", "rules/installation.yaml:5:"),
    "an alias bomb": ("rules:", f"{BOMB}\nrules:", "stand for more than 10,000 values; write them out"),
    "an unknown key": ("owner:", "ownr:", "unknown key 'ownr' in a rule; did you mean 'owner'?"),
    "an unknown field": ("appointment.kind", "appointment.knd", "has no field 'knd'; did you mean 'kind'?"),
    "an unknown owner": ("owner: field-operations", "owner: field-op", "unknown owner 'field-op'; did you mean"),
    "an unknown template": ("template: installation_reminder", "template: reminder", "unknown template 'reminder'"),
    "an unknown topic": (
        "starts_at: appointment.starts_at",
        "starts_at: { value: appointment.starts_at, topic: monthly_prise }",
        "unknown topic 'monthly_prise'; did you mean 'monthly_price'?",
    ),
    "a condition of the wrong type": (
        "appointment.kind == 'installation'",
        "appointment.kind == 5",
        "cannot compare appointment.kind (string) with 5 (int)",
    ),
    "a condition 10,000 characters long": (
        "appointment.kind == 'installation'",
        LONG,
        "the condition has 10000 characters, 4000 are allowed",
    ),
    "a naive time": (
        "appointment.kind == 'installation'",
        "appointment.starts_at > timestamp('2026-03-05T10:00:00')",
        "'2026-03-05T10:00:00' is not an instant; write it with its zone",
    ),
}


NO_YAML = ("malformed YAML", "an alias bomb")
"""Nobody knows which rules such a file holds, so there is no preview of the others."""


@pytest.mark.parametrize("what", RULE_FILES)
def test_a_bad_rule_file_is_refused_with_its_place_and_the_good_rules_stay_in_force(
    folder: Path, unharmed: Run, what: str
) -> None:
    old, new, sentence = RULE_FILES[what]
    edit(folder, RULES, old, new)

    checked = unharmed("rules", "check")
    assert checked.code == 1
    (line,) = [line for line in checked.err.splitlines() if sentence in line]
    assert line.startswith(f"{RULES}:")

    shown = unharmed("preview", "--at", TICK, "--json")
    if what in NO_YAML:
        assert (shown.code, shown.out, sentence in shown.err) == (1, "", True)
        return
    assert (shown.code, sentence in shown.err) == (0, True)
    assert {draft["rule"] for draft in shown.json} == {"bill-is-ready"}


def test_duplicate_rule_ids_are_refused_with_both_places(folder: Path, unharmed: Run) -> None:
    shutil.copy(folder / RULES, folder / "rules/second.yaml")
    checked = unharmed("rules", "check")
    assert checked.code == 1
    assert checked.err == (
        "rules/second.yaml:3:5: the rule 'installation-reminder' is at rules/installation.yaml:3:5 already; "
        "rename one of them\n"
    )


TEMPLATES: dict[str, tuple[str, str, str]] = {
    "CR/LF in a subject": (SUBJECT, "Hello\n\nBcc: everybody@example.com\n", "the subject has a line break"),
    "loops": (SMS, "{% for i in range(1000000000) %}x{% endfor %}", "range over more than 1,000 numbers"),
    "loops within loops": (
        SMS,
        "{% for i in range(999) %}{% for j in range(999) %}x{% endfor %}{% endfor %}",
        "rounds",
    ),
    "prints a gigabyte": (SMS, "{{ 'a' * 1000000000 }}", "templates do not compute, but this one uses '*'"),
    "reads attributes it must not": (SMS, "{{ customer.__class__.__mro__ }}", "'__class__' must not be read"),
    "reads a claim's own": (
        SMS,
        "{{ starts_at.value }}",
        "'value' cannot be read here: only groups have names in them",
    ),
}


@pytest.mark.parametrize("what", TEMPLATES)
def test_a_template_that_does_what_it_must_not_is_refused_with_its_place(
    folder: Path, unharmed: Run, what: str
) -> None:
    file, text, sentence = TEMPLATES[what]
    (folder / file).write_text(text, encoding="utf-8")
    checked = unharmed("rules", "check")
    assert checked.code == 1
    assert any(line.startswith(f"{file}:") and sentence in line for line in checked.err.splitlines()), checked.err


def test_what_such_a_template_would_say_is_set_aside_and_its_owner_is_told(folder: Path) -> None:
    for locale in ("en", "es"):
        path = folder / SMS.replace(".en.", f".{locale}.")
        path.write_text("{% for i in range(1000000000) %}x{% endfor %}", encoding="utf-8")
    ticked = run_command("tick", "--at", TICK, project=folder)
    notices = run_command("notices", "list", "--rule", "installation-reminder", "--json", project=folder).json
    assert ticked.code == 1
    assert f"{SMS}:1:1: range over more than 1,000 numbers" in ticked.err
    assert "rule installation-reminder is set aside since" in ticked.err
    assert notices == []
    alerts = run_command("notices", "list", "--alerts", "--json", project=folder).json
    assert "installation-reminder" in {alert["rule"] for alert in alerts}


PERSON = "id,name,locale,timezone,phone,email"
ROWS: dict[str, tuple[str, str, str, str]] = {
    "a naive time": (
        *("appointment", "id,starts_at", "A-1,2026-03-05T10:00:00"),
        "starts_at: '2026-03-05T10:00:00' has no time zone; write it like 2026-03-05T10:00:00-05:00",
    ),
    "an impossible date": (
        *("appointment", "id,starts_at", "A-1,2026-02-30T10:00:00-05:00"),
        "starts_at: '2026-02-30T10:00:00-05:00' is not an instant (day is out of range for month)",
    ),
    "a wrong currency": (
        *("charge", "id,amount,currency", "X-1,100,PESOS"),
        "currency: 'PESOS' is not a currency; use its ISO 4217 code, for example COP or USD",
    ),
    "an unknown zone": (
        *("customer", PERSON, "C-1,Ana,es-CO,America/Bogta,,"),
        "timezone: unknown zone 'America/Bogta'; did you mean 'America/Bogota'?",
    ),
    "an unknown locale": (
        *("customer", PERSON, "C-1,Ana,xx-YY,America/Bogota,,"),
        "locale: unknown locale 'xx-YY'; write it like es-CO",
    ),
    "an invalid phone": (
        *("customer", PERSON, "C-1,Ana,es-CO,America/Bogota,12,"),
        "phone: '12' is not a valid phone number; write it like +573001234567",
    ),
    "two phones in one": (
        *("customer", PERSON, "C-1,Ana,es-CO,America/Bogota,+573001234567 / +573001234568,"),
        "phone: two phone numbers in one: '+573001234567 / +573001234568'; give exactly one",
    ),
    "two addresses in one": (
        *("customer", PERSON, "C-1,Ana,es-CO,America/Bogota,,a@example.com; b@example.com"),
        "email: two e-mail addresses in one: 'a@example.com; b@example.com'; give exactly one",
    ),
    "CR/LF in what a subject may print": (
        *("appointment", "id,place", '"A-1","Calle 1\r\nBcc: everybody@example.com"'),
        "place: 'Calle 1…' holds a line break; write it on one line",
    ),
}


@pytest.mark.parametrize("what", ROWS)
def test_a_bad_row_is_listed_with_its_place_and_changes_nothing(folder: Path, unharmed: Run, what: str) -> None:
    entity, header, row, problem = ROWS[what]
    file = folder / "rows.csv"
    file.write_bytes(f"{header}\n{row}\n".encode())
    done = unharmed("import", entity, file)
    assert (done.code, done.out) == (1, "rows.csv: 1 read, 0 new, 0 changed, 0 unchanged, 1 bad\n")
    assert done.err.startswith(f"rows.csv:2: {problem}")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize("what", ["tick", "preview", "why"])
def test_a_naive_time_on_the_command_line_is_wrong_usage(unharmed: Run, what: str) -> None:
    arguments = {"tick": [], "preview": [], "why": ["C-1"]}[what]
    done = unharmed(what, *arguments, "--at", "2026-03-03T10:00:00")
    assert done.code == 2
    assert "has no time zone; write it like 2026-03-05T10:00:00-05:00" in done.usage


def test_a_wrong_currency_of_a_promise_is_refused(unharmed: Run) -> None:
    done = unharmed(
        *("promise", "add", "--subject", "contract:K-1", "--topic", "monthly_price", "--value", "79900"),
        *("--currency", "PESOS", "--source", "sales", "--by", "marta", "--reason", "from the recording"),
    )
    assert done.code == 1
    assert "'PESOS' is not a currency; use its ISO 4217 code, for example COP or USD" in done.err


def test_a_database_of_a_newer_version_is_left_alone(folder: Path) -> None:
    connection = sqlite3.connect(folder / "notifier.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.execute("UPDATE oldest_program SET revision = '9999'")
    connection.commit()
    connection.close()
    before = rows_of(folder)
    (folder / "rows.csv").write_text("id,starts_at\nA-1,2026-03-06T10:00:00-05:00\n", encoding="utf-8")
    for command in (["preview"], ["tick", "--at", TICK], ["import", "appointment", folder / "rows.csv"]):
        done = run_command(*command, project=folder)
        assert done.code == 1
        assert "the database was made by a newer notifier" in done.err
        assert "upgrade the program, or use another database. Nothing was changed" in done.err
    assert rows_of(folder) == before


def test_a_disk_that_is_full_in_the_middle_of_a_tick_loses_nothing(folder: Path) -> None:
    many = [
        {
            "id": f"A-{number}",
            "customer_id": "C-1",
            "contract_id": "K-2",
            "kind": "installation",
            "status": "confirmed",
            "starts_at": "2026-03-05T10:00:00-05:00",
        }
        for number in range(100, 260)
    ]
    set_ = [{"at": "2026-03-02T09:00:00-05:00", "set": {"appointment": many}}]
    load(folder, lambda *arguments: run_command(*arguments, project=folder), set_)
    connection = sqlite3.connect(folder / "notifier.db")
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.close()
    state = {name: rows for name, rows in rows_of(folder).items() if name in ("appointment", "change", "customer")}

    def limited(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 3}")

    sa.event.listen(sa.Engine, "connect", limited)
    try:
        full = run_command("tick", "--at", TICK, project=folder)
    finally:
        sa.event.remove(sa.Engine, "connect", limited)
    assert full.code == 1
    assert "the disk is full; free some space and run this again. Nothing of this transaction was written" in full.err
    assert len(full.err.splitlines()) == 1
    after = rows_of(folder)
    assert {name: len(rows) for name, rows in after.items() if name in state} == {
        name: len(rows) for name, rows in state.items()
    }

    assert run_command("tick", "--at", TICK, project=folder).code == 0
    notices = run_command("notices", "list", "--limit", 999, "--json", project=folder).json
    assert len(notices) == 164
    assert rows_of(folder)["change"] == []


def test_a_database_that_is_locked_in_the_middle_of_a_tick_loses_nothing(folder: Path) -> None:
    edit(folder, ".env", "sqlite:///notifier.db", "sqlite:///notifier.db?timeout=0.2")
    before = rows_of(folder)
    other = sqlite3.connect(folder / "notifier.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        locked = run_command("tick", "--at", TICK, project=folder)
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert locked.code == 1
    assert "it stayed locked by another process; try again when that one is done" in locked.err
    assert rows_of(folder) == before
    assert run_command("tick", "--at", TICK, project=folder).code == 0
    assert len(run_command("notices", "list", "--json", project=folder).json) == 4
