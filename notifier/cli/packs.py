"""`notifier rules packs`: what came from a pack, who changed it since, and what a newer pack has."""

from typing import Annotated

import typer

from notifier.cli.console import out, print_json, print_text
from notifier.cli.house import project_folder
from notifier.cli.naming import meant
from notifier.cli.options import Json


def packs(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these rules, checks or scenario files.")
    ] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what you changed, and what the newer pack changed.")
    ] = False,
    take: Annotated[
        bool, typer.Option("--take", help="Write the newer version of the named ones, which you did not change.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the named ones as they are, and count the newer version as seen.")
    ] = False,
    json: Json = False,
) -> None:
    """What `notifier init` copied, rule by rule: untouched, changed by you, newer available, or both.

    Nothing is written by itself. With --take a newer version replaces what you did not change; what you changed, you
    merge by hand, with --diff beside it, and then --keep.

    [dim]notifier rules packs --diff[/dim]

    [dim]notifier rules packs late-order --take[/dim]
    """
    from notifier.answers.documents.packs import pack_document
    from notifier.cli.shown.packs import difference_lines, packs_table
    from notifier.starter.taking import keep as kept
    from notifier.starter.taking import take as taken
    from notifier.starter.upgrades import items_of, versions_of

    folder = project_folder(context)
    versions = versions_of(folder)
    items = items_of(versions)
    known = [item.name for item in items]
    chosen = [item for item in items if item.name in {meant(name, known, "rule of a pack") for name in names or known}]
    if take or keep:
        if not names or (take and keep):
            raise typer.BadParameter("name what to --take or to --keep, and give one of both")
        written = (taken if take else kept)(chosen, versions, folder)
        for path in written:
            print_text(f"  {path}")
        done = "Taken; notifier rules check and notifier rules test say whether it fits." if take else "Kept as it is."
        print_text(done)
    elif json:
        print_json([pack_document(item) for item in chosen])
    elif diff:
        for line in difference_lines(chosen):
            print_text(line)
    else:
        out().print(packs_table(chosen))
