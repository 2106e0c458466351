"""The table of decisions: one for each command by which people decide, and none that no command asks for."""

from typing import Any

import typer.main

from notifier.cli.main import app
from notifier.decisions import (
    actions,
    backlog,
    consent,
    contradictions,
    customers,
    notices,
    promises,
    suppressions,
    unknown_messages,
)
from notifier.decisions.decision import Decision
from notifier.decisions.table import DECISIONS

OTHERWISE = {"rules publish", "promise read"}
"""Of the first, what is decided is what files say: the published set itself is the record, with who and why where they
are given. The second carries out `promise add` for each promise that is confirmed, and only shows without a person."""
GROUPED_BY = "NAMES"
"""What a report groups by, as its help writes it; `NAME` is a person."""


def asks_who(option: Any) -> bool:
    """Whether it is a `--by` that names a person and is kept. The `--by` of a report says what it groups by."""
    return bool(option.name == "by" and option.metavar != GROUPED_BY)


def deciding_commands() -> dict[str, set[str]]:
    """The commands that ask who decides, with the names of their options and arguments that must be given."""
    found = {}
    for group_name, group in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined] # it is a group
        for name, command in getattr(group, "commands", {}).items():
            required = {each.name for each in command.params if each.required}
            if any(asks_who(each) for each in command.params) and f"{group_name} {name}" not in OTHERWISE:
                found[f"{group_name} {name}"] = required
    return found


def concrete(kind: type[Decision[Any]]) -> set[type[Decision[Any]]]:
    """The subclasses that can be made."""
    below = {each for child in kind.__subclasses__() for each in concrete(child)}
    return below if kind.__abstractmethods__ or kind.__subclasses__() else {kind}


def test_every_decision_has_its_command_and_every_command_by_which_people_decide_its_decision() -> None:
    assert {decision.command for decision in DECISIONS} == deciding_commands().keys()


def test_what_a_report_is_grouped_by_decides_nothing_and_every_other_by_is_a_name_that_is_kept() -> None:
    options = {
        f"{group_name} {name}": option
        for group_name, group in typer.main.get_command(app).commands.items()  # type: ignore[attr-defined]
        for name, command in getattr(group, "commands", {}).items()
        for option in command.params
        if option.name == "by"
    }
    grouped = {name for name, option in options.items() if not asks_who(option)}
    assert grouped == {"report promises", "report service"}
    for name in options.keys() - grouped:
        assert (options[name].metavar, "Kept for good." in options[name].help) == ("NAME", True), name


def test_every_command_by_which_people_decide_asks_who_and_why() -> None:
    for name, required in deciding_commands().items():
        assert {"by", "reason"} <= required, name


def test_no_decision_is_left_out_of_the_table() -> None:
    for room in (
        actions,
        backlog,
        consent,
        contradictions,
        customers,
        notices,
        promises,
        suppressions,
        unknown_messages,
    ):
        assert room.__name__ in {decision.__module__ for decision in DECISIONS}
    assert concrete(Decision) == set(DECISIONS)  # type: ignore[type-abstract] # only its subclasses are looked at


def test_the_record_tells_decisions_about_one_kind_of_object_apart() -> None:
    recorded = {(decision.object_type, decision.command, decision.verb) for decision in DECISIONS}
    assert len({(kind, verb) for kind, _, verb in recorded}) == len(recorded)
