"""`notifier rules schema`: what editors need to offer keys, explain them, and mark one that does not exist."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import print_text
from notifier.cli.house import project_folder
from notifier.cli.options import parse_one

if TYPE_CHECKING:
    from notifier.rules.json_schemas import Known

DEFAULT_FOLDER = ".schemas"


def schema(
    context: typer.Context,
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="rules, scenarios, topics, owners, …; without it, all.")
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FOLDER", help="Write the schemas there, and print the editor's settings."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="Print the first line by which editors find this file's schema."),
    ] = None,
) -> None:
    """JSON Schemas of the project's YAML files, for editors: keys are offered and explained, a wrong one is marked.

    One schema for each kind of file, made from what `rules check` reads. Names of owners, topics, texts and ways out
    are offered as the files have them now; write the schemas again to have new ones offered.

    [dim]notifier rules schema --write .schemas[/dim]
    [dim]notifier rules schema --file rules/telco/billing.yaml[/dim]
    [dim]notifier rules schema topics[/dim]
    """
    from notifier.answers.editor import EDITOR_KINDS, editor_schema_text, kind_in, kind_named, known_in, modeline
    from notifier.rules.loader import load_project

    folder = project_folder(context)
    if kind is not None:
        parse_one(kind, [each.name for each in EDITOR_KINDS], "kind of file")
    wanted = EDITOR_KINDS if kind is None else (kind_named(kind),)
    if file is not None:
        found = wanted[0] if kind is not None else kind_in(folder, folder / file)
        print_text(modeline(folder / file, folder / (write or Path(DEFAULT_FOLDER)), found))
        return
    if write is None and kind is None:
        for each in EDITOR_KINDS:
            print_text(f"{each.name:15} {each.path if each.path != '*' else 'a map, wherever you keep it'}")
        return
    known = known_in(load_project(folder))
    if write is None:
        print_text(editor_schema_text(wanted[0], known).rstrip("\n"))
        return
    _write(folder, write, [each.name for each in wanted], known)


def _write(folder: Path, write: Path, kinds: list[str], known: "Known") -> None:
    """Writes the schemas, and says how an editor finds them."""
    import json

    from notifier.answers.editor import editor_schema_text, kind_named, schema_file, settings_of_editors
    from notifier.cli.shown.values import count_text

    target = folder / write
    target.mkdir(parents=True, exist_ok=True)
    for name in kinds:
        kind = kind_named(name)
        path = target / schema_file(kind)
        if path.exists() and '"title": "notifier: ' not in path.read_text(encoding="utf-8", errors="replace"):
            raise typer.BadParameter(f"{path} is there already, and no such command made it", param_hint="--write")
        path.write_text(editor_schema_text(kind, known), encoding="utf-8")
    print_text(f"{count_text(len(kinds), 'schema')} in {write.as_posix()}/")
    print_text("For all files at once, in the settings of the editor (VS Code: .vscode/settings.json):")
    print_text(json.dumps({"yaml.schemas": settings_of_editors(write.as_posix())}, indent=2))
    print_text("Or for one file, as its first line: notifier rules schema --file rules/NAME.yaml")
