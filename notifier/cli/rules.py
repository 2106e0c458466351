"""`notifier rules`: what is in force, whether it is right, and whether its scenarios hold."""

from pathlib import Path
from typing import Annotated

import typer

from notifier.cli.console import out, print_json, print_problems, print_text
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.new_rule import new_rule
from notifier.cli.options import Json, group, parse_one
from notifier.cli.packs import packs
from notifier.cli.rule_schemas import schema
from notifier.cli.whatsapp import whatsapp

NO_DEFAULT_ZONE = (
    "no zone is set, so notices to customers without a zone of their own, about rows without a site, are held; "
    "set it, for example to America/Bogota"
)

NOT_MEASURED = "how hard texts are to read is not measured; to have it measured: pip install 'notifier[readability]'"

app = group("rules", "Rules and checks: write one, check their files, test their scenarios, list what is in force.")
app.command("new")(new_rule)
app.command("packs")(packs)
app.command()(schema)
app.command()(whatsapp)


@app.command()
def check(context: typer.Context, json: Json = False) -> None:
    """Every problem of every file at once: syntax, unknown names, types, dead ends, templates that say too little.

    Exit code 1 when there is an error; warnings alone are 0.

    [dim]notifier rules check[/dim]
    """
    from notifier.answers.documents.rules import problem_document
    from notifier.calendars.decreed_days import missing_decreed_days
    from notifier.cli.shown.values import count_text
    from notifier.consent.required_content import missing_content
    from notifier.model.problems import Place, Problem
    from notifier.planning.swallowed import swallowed_moments
    from notifier.rendering.lint import check_templates
    from notifier.rendering.readability import is_measured
    from notifier.rules.canary_notes import canary_notes
    from notifier.rules.contact_notes import contact_notes
    from notifier.rules.holdout_notes import holdout_notes
    from notifier.rules.hushing import without_hushed
    from notifier.rules.joins import join_notes
    from notifier.rules.lint import lint
    from notifier.rules.never_true import never_true
    from notifier.rules.rescue_reader import rescue_problems
    from notifier.rules.same_fact import same_facts
    from notifier.store.state.site_days import DAYS_AHEAD

    with opened(context, warn=False) as house:
        project = house.project
        problems = without_hushed(
            project,
            {
                *project.problems,
                *lint(project),
                *never_true(project),
                *same_facts(project),
                *rescue_problems(project),
                *swallowed_moments(project),
                *missing_content(project, house.settings.rendering.company),
                *check_templates(project, house.settings.rendering),
                *house.wording,
                *house.approvals,
            },
        )
        country = house.settings.default_country
        listed = [day for change in project.hours if change.country in (None, country) for day in change.dates]
        missing = missing_decreed_days(country, house.clock().date(), DAYS_AHEAD, listed)
        if missing:
            problems.append(Problem(Place("rules/hours.yaml"), missing, severity="warning"))
        if project.rules and house.settings.default_timezone is None:
            problems.append(house.settings.warning("default_timezone", NO_DEFAULT_ZONE))
        notes = [*join_notes(project), *contact_notes(project), *holdout_notes(project), *canary_notes(project)]
        if project.rules and not is_measured():
            notes.append(Problem(Place("templates"), NOT_MEASURED, severity="note"))
    errors = sum(problem.is_error for problem in problems)
    if json:
        print_json([problem_document(problem) for problem in (*problems, *notes)])
    else:
        print_problems([*problems, *notes])
        inventory = f"{count_text(len(project.rules), 'rule')}, {count_text(len(project.checks), 'check')}"
        warnings = count_text(len(problems) - errors, "warning")
        print_text(f"{inventory}: {count_text(errors, 'error')}, {warnings}")
    if errors:
        raise typer.Exit(FOUND_PROBLEMS)


@app.command("test")
def play(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Scenario files, or folders that have some. Default: every one."),
    ] = None,
    only: Annotated[
        str | None, typer.Option("--only", "-k", metavar="TEXT", help="Only scenarios whose name contains this.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Plays them again whenever a file below rules/ or templates/ is saved.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Says how everything stood where a scenario differs first.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Writes the results there as JUnit XML, for CI.")
    ] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Says which clauses and branches of texts no scenario shows.")
    ] = False,
    least: Annotated[
        int | None,
        typer.Option(
            "--fail-under",
            min=0,
            max=100,
            metavar="PERCENT",
            help="Exit code 1 where scenarios show less than this of rules and texts. Counts like --coverage.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Plays the scenarios under a simulated clock, and says every difference from what they expect.

    Exit code 1 when one of them differs. With --coverage alone, blanks change nothing of it.

    [dim]notifier rules test --only cancelled[/dim]
    """
    from notifier.cli.playing import Playing, watched

    playing = Playing(
        files=files or None, only=only, debug=debug, junit=junit, coverage=coverage, least=least, json=json
    )
    if watch:
        if json:
            raise typer.BadParameter("--watch is for people; leave --json out")
        watched(context, playing)
        return
    if not playing.play(context):
        raise typer.Exit(FOUND_PROBLEMS)


@app.command()
def publish(
    context: typer.Context,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who puts them in force. Kept for good.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why. Kept for good.")] = None,
) -> None:
    """Puts the files in force as they are, all or none, for every daemon and tick on this database.

    Not needed where files may rest: changed files are taken by themselves after NOTIFIER_RULES_REST_SECONDS. A set with
    an error is refused, and what was in force before stays so.

    [dim]notifier rules publish --by marta --reason 'winter hours'[/dim]
    """
    from notifier.cli.shown.values import count_text

    with opened(context, warn=False) as house:
        found = house.differences()
        project = house.publish(by, reason).project
    for difference in found:
        print_text(f"  {difference}")
    rules, checks = count_text(len(project.rules), "rule"), count_text(len(project.checks), "check")
    print_text(f"In force: {rules}, {checks}")


@app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """The rules and checks that the files say: when they speak, about what, who answers for them.

    [dim]notifier rules list --json[/dim]
    """
    from notifier.answers.documents.rules import rules_document
    from notifier.cli.shown.rules import checks_table, rules_table

    with opened(context, by_rules=True) as house:
        project = house.project
    if json:
        print_json(rules_document(project))
        return
    console = out()
    if project.rules:
        console.print(rules_table(project.rules.values()))
    if project.checks:
        console.print(checks_table(project.checks.values()))
    if not project.rules and not project.checks:
        print_text("No rule and no check is in force.")


@app.command()
def law(
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="A country or region: CO, US-FL; without it, all.")
    ] = None,
    json: Json = False,
) -> None:
    """The contact law that ships with the product, each entry with its source, its date and how sure it is.

    It is no legal advice. `contact_law` in rules/policy.yaml puts it in force.

    [dim]notifier rules law CO[/dim]
    """
    from notifier.answers.documents.rules import law_document
    from notifier.cli.shown.contact_law import DISCLAIMER, law_table
    from notifier.rules.contact_law import entries_for, law_countries, law_entries, law_regions

    if code is not None:
        parse_one(code, [*law_countries(), *law_regions()], "country or region with contact law")
    entries = law_entries() if code is None else tuple(entries_for([code]))
    if json:
        print_json([law_document(entry) for entry in entries])
        return
    print_text(DISCLAIMER)
    out().print(law_table(entries))
