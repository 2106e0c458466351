"""`notifier rules schema`: what editors need to offer keys, explain them, and mark one that does not exist."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from notifier.cli.console import print_text
from notifier.cli.house import project_folder
from notifier.cli.options import parse_one

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
    from notifier.answers.editor import EDITOR_KINDS, kind_in, kind_named, modeline, schema_file, schema_files
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
            place, about = each.path, each.shape.keys[0].about
            if each.path == "*":
                place, about = "wherever you keep maps", "how an import reads a file"
            print_text(f"{each.name:15} {place:27} {about}")
        return
    texts = schema_files(load_project(folder))
    if write is None:
        print_text(texts[schema_file(wanted[0])].rstrip("\n"))
        return
    _write(folder, write, {schema_file(each): texts[schema_file(each)] for each in wanted})


def _write(folder: Path, write: Path, texts: Mapping[str, str]) -> None:
    """Writes the schemas, and says how an editor finds them."""
    import json

    from notifier.answers.editor import settings_of_editors
    from notifier.cli.output_files import is_schema
    from notifier.cli.shown.values import count_text

    target = folder / write
    target.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = target / name
        if path.exists() and not is_schema(path.read_text(encoding="utf-8", errors="replace")):
            raise typer.BadParameter(f"{path} is there already, and no such command made it", param_hint="--write")
        path.write_text(text, encoding="utf-8")
    print_text(f"{count_text(len(texts), 'schema')} in {write.as_posix()}/")
    print_text("For all files at once, in the settings of the editor (VS Code: .vscode/settings.json):")
    rows = [
        f"    {json.dumps(path)}: {json.dumps(files)}" for path, files in settings_of_editors(write.as_posix()).items()
    ]
    print_text("\n".join(["{", '  "yaml.schemas": {', ",\n".join(rows), "  }", "}"]))
    print_text("Or for one file, as its first line: notifier rules schema --file rules/NAME.yaml")
