"""`notifier simulate --drill`: a foreseen day, played on a copy of today's database."""

from pathlib import Path

import typer

from notifier.cli.console import out, print_json, print_text
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened


def run_drill(context: typer.Context, path: Path, html: Path | None, *, json: bool) -> None:
    """Plays the day without its plan and with it, and shows both."""
    from notifier.answers.documents.drills import drill_document
    from notifier.cli.output_files import is_simulation_page, refuse_to_overwrite, write_page
    from notifier.cli.shown.drill import drill_parts
    from notifier.rules.drill_files import read_drill
    from notifier.rules.plan_files import planned_rules
    from notifier.simulation.drill import play_drill, report_of

    with opened(context, whole=True, reads=True, by_rules=True) as house:
        if html is not None:
            refuse_to_overwrite(house, html, "--html", made_by_us=is_simulation_page, reads=(path,))
        drill = read_drill(path, house.project)
        rules, planned_ruleset = house.ruleset, None
        added: tuple[str, ...] = ()
        if drill.changes_rules:
            plan = planned_rules(house.project, house.files, drill.without, drill.added)
            planned_ruleset, added = house.rulesets.of(plan.project), tuple(plan.added)
        now, live, planned = house.clock(), house.settings.live, None
        played = play_drill(drill, house.database, rules, house.imports, now=now, live=live)
        if planned_ruleset is not None:
            planned = play_drill(drill, house.database, planned_ruleset, house.imports, now=now, live=live)
        report = report_of(drill, played, planned, rules, planned_ruleset, added)
        if html is not None:
            from notifier.cli.pages.drill_page import drill_page

            settings = house.settings
            page = drill_page(report, company=settings.company, locale=settings.default_locale)
            write_page(html, page)
        if json:
            print_json(drill_document(report))
        elif html is not None:
            print_text(f"{html} has the drill")
        else:
            console = out()
            for part in drill_parts(report):
                console.print(part)
    if report.is_short:
        raise typer.Exit(FOUND_PROBLEMS)
