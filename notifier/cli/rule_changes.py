"""`notifier rules diff` and `rules show`: what a change of rules means before it is made; what was in force when."""

from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli import rules
from notifier.cli.console import out, print_json, print_text
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.options import At, Json

if TYPE_CHECKING:
    from datetime import datetime

    from notifier.drafting.ruleset import Ruleset
    from notifier.model.rule_versions import RuleVersion
    from notifier.wiring import House

app = rules.app
"""The group `rules`, with the commands of both files."""
IN_FORCE = "what is in force"
THE_FOLDER = "the folder"


@app.command()
def diff(
    context: typer.Context,
    old: Annotated[
        str | None,
        typer.Argument(metavar="[OLD]", help="A folder or a revision of git. Default: what is in force."),
    ] = None,
    new: Annotated[
        str | None, typer.Argument(metavar="[NEW]", help="The same. Default: the files of the project folder.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=0, max=366, help="How many days are played. 0: only now.")] = 7,
    max_added: Annotated[
        int | None,
        typer.Option("--max-added", min=0, metavar="N", help="Exit code 1 where more customers would be told more."),
    ] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """What a change of rules means: what they say differently, and who would be told more, less or something else.

    Both versions are played on copies of one snapshot of the state, by the daemon's own tick, until so many days from
    now. Rules are compared by all that decides what they tell, never as files. Nothing is sent, nothing is written.

    [dim]notifier rules diff main --days 14 --max-added 200[/dim]
    """
    from notifier.answers.documents.rule_changes import rules_diff_document
    from notifier.cli.pages.terminal_words import replay_words
    from notifier.cli.shown.rule_change_words import SPANISH
    from notifier.cli.shown.rule_changes import rules_diff_parts
    from notifier.model.rule_changes import Effect
    from notifier.simulation.rule_effects import rules_diff

    with opened(context, warn=False, reads=True) as house:
        now = at or house.clock()
        before = (old or IN_FORCE, _version(house, old) if old else _in_force(house))
        after = (new or THE_FOLDER, _version(house, new) if new else house.rulesets.without_errors(house.files))
        found = rules_diff(house.database, before, after, now, days=days, live=house.settings.live)
        timezone, words = house.settings.display_timezone, replay_words(house.settings, SPANISH)
    if json:
        print_json(rules_diff_document(found))
    else:
        console = out()
        for part in rules_diff_parts(found, timezone, words):
            console.print(part)
    added = len(found.customers(Effect.ADDED))
    if max_added is not None and added > max_added:
        if not json:
            print_text(words("{} customers would be told more, and --max-added allows {}.", added, max_added))
        raise typer.Exit(FOUND_PROBLEMS)


@app.command()
def show(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="The rule's name.")],
    at: At = None,
    json: Json = False,
) -> None:
    """One rule as it was in force at a time, with its plan and its texts: what a notice of that day was told by.

    Without --at what is in force now, or the files of the folder where nothing is. The files of the newest twenty sets
    are kept.

    [dim]notifier rules show installation-reminder --at 2026-03-05T10:00:00-05:00[/dim]
    """
    from notifier.answers.documents.rule_versions import rule_version_document
    from notifier.cli.shown.rule_versions import rule_version_parts

    with opened(context, warn=False, reads=True) as house:
        version = _version_in_force(house, rule, at)
        timezone = house.settings.display_timezone
    if json:
        print_json(rule_version_document(version))
    else:
        console = out()
        for part in rule_version_parts(version, timezone):
            console.print(part)


def _version(house: "House", name: str) -> "Ruleset":
    from notifier.drivers.revisions import files_of

    return house.rulesets.without_errors(files_of(name, house.folder))


def _in_force(house: "House") -> "Ruleset":
    """What is in force; where nothing is yet, nothing: then all rules are new."""
    from notifier.rules.file_set import FileSet

    newest = house.published.newest()
    return house.rulesets.without_errors(FileSet(files={}) if newest is None else house.published.files(newest))


def _version_in_force(house: "House", rule: str, at: "datetime | None") -> "RuleVersion":
    from notifier.answers.rule_versions import version_of
    from notifier.cli.naming import meant
    from notifier.cli.shown.values import placed_text
    from notifier.store.interventions import RefusedError

    instant = at or house.clock()
    published = house.published.in_force_at(instant)
    if published is None and at is not None:
        then = placed_text(at, house.settings.display_timezone)
        raise RefusedError(f"nothing was in force then, {then}: no set of files had been published")
    files = house.files if published is None else house.published.kept_files(published)
    if files is None and published is not None:
        raise RefusedError(
            f"the files that were in force then ({published.place}, since {published.at.isoformat()}) are not kept any "
            "longer: only those of the newest twenty sets are; look in the repository of the files"
        )
    assert files is not None, "those of the folder are there"
    project = house.rulesets.read(files)
    meant(rule, project.rules, "rule in force then" if at else "rule")
    following = None if published is None else house.published.next_after(published)
    return version_of(project.rules[rule], project, files, instant, published, following)
