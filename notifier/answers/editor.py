"""What an editor needs to know of a project's YAML files: a JSON Schema of each kind, and which file is of which kind.

An editor with the YAML language server (VS Code, Neovim, Helix, Emacs, IntelliJ) offers the keys, says what each means,
and marks one that does not exist, while a file is written. It finds the schema by the first line of a file (its
modeline), or by its settings for all files at once.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from notifier.intake.map_shapes import MAP_FILE
from notifier.intake.outcomes import with_outcomes
from notifier.intake.parsing import ImportContext, RowParser, importable
from notifier.rules.checked import Project
from notifier.rules.drill_files import DRILL_FILE
from notifier.rules.json_schemas import Known, Part, json_schema
from notifier.rules.kinds import KINDS, FileKind, kind_of_file
from notifier.rules.modelines import MODELINE
from notifier.rules.shapes import Named

MAP_FILES = FileKind(name="map", path="*", shape=MAP_FILE)
"""Maps of imports stand wherever a person keeps them."""
DRILL_FILES = FileKind(name="drill", path="*", shape=DRILL_FILE)
"""So do days that are foreseen."""
EDITOR_KINDS: tuple[FileKind, ...] = (*KINDS, MAP_FILES, DRILL_FILES)
"""Every kind of file that people write."""
SUFFIX = ".schema.json"


def known_in(project: Project) -> Known:
    """The names that the project's files give to things."""
    folders = {path.split("/", 1)[0] for path in project.templates if "/" in path}
    return Known(
        schema=project.schema,
        names={
            Named.OWNER: sorted(project.owners),
            Named.CONTACT_POINT: sorted(project.contact_points),
            Named.TEMPLATE: sorted(folders),
            Named.TOPIC: sorted(project.topics),
            Named.RULE: sorted(project.rules),
            Named.CHECK: sorted(project.checks),
        },
    )


def editor_schema(kind: FileKind, known: Known) -> Part:
    """The JSON Schema of a kind of file."""
    schema = json_schema(kind.shape, f"notifier: {kind.name}", known)
    mapped = with_outcomes(ImportContext(schema=known.schema))
    for part in (schema, *schema["$defs"].values()) if kind is MAP_FILES else ():
        if {"entity", "columns"} <= part["properties"].keys():
            part["properties"]["entity"]["oneOf"] = [{"const": name} for name in importable(mapped.schema)]
            part["allOf"] = _columns_by_entity(mapped)
    return schema


def editor_schema_text(kind: FileKind, known: Known) -> str:
    """The file with the JSON Schema of a kind of file."""
    return json.dumps(editor_schema(kind, known), ensure_ascii=False, indent=1) + "\n"


def schema_file(kind: FileKind) -> str:
    """The name of the file with the schema of a kind: `topics.schema.json`."""
    return f"{kind.name}{SUFFIX}"


def schema_files(project: Project) -> Mapping[str, str]:
    """The files with the schemas of all kinds, by their names."""
    known = known_in(project)
    return {schema_file(kind): editor_schema_text(kind, known) for kind in EDITOR_KINDS}


def kind_named(name: str) -> FileKind:
    """The kind that people call so. Raises KeyError for a name that is none."""
    return {kind.name: kind for kind in EDITOR_KINDS}[name]


def kind_in(project: Path, file: Path) -> FileKind:
    """The kind of a file: by its place in the project folder, and a map where it is not below `rules/`."""
    root, full = project.resolve(), file.resolve()
    inside = full.relative_to(root).as_posix() if full.is_relative_to(root) else ""
    return kind_of_file(inside) or MAP_FILES


def modeline(file: Path, schemas: Path, kind: FileKind) -> str:
    """The line before all content of `file` by which editors find its schema in the folder `schemas`.

    The language server takes the path as one seen from the file, and ends it at the first space.
    """
    path = PurePosixPath(os.path.relpath(schemas / schema_file(kind), file.parent).replace(os.sep, "/"))
    return f"{MODELINE}{quote(str(path))}"


def settings_of_editors(schemas: str) -> Mapping[str, Sequence[str]]:
    """`yaml.schemas` of the settings: each schema in the folder `schemas`, and the files that it is for.

    A rule file is one that is of no other kind: what a pattern with `!` names is left out.
    """
    others = [f"!{kind.path}" for kind in KINDS if kind.is_one_file]
    found = {}
    for kind in KINDS:
        files = [kind.path]
        if kind.name == "rules":
            files += [*others, *(f"!{each.path}" for each in KINDS if each.name == "scenarios")]
        found[f"{schemas}/{schema_file(kind)}"] = files
    return found


def _columns_by_entity(context: ImportContext) -> list[Part]:
    """The columns of ours that a map may name; which they are depends on its entity. They are offered, not enforced."""
    return [
        {
            "if": {"properties": {"entity": {"const": name}}, "required": ["entity"]},
            "then": {"properties": {"columns": {"properties": {column: {"description": name} for column in columns}}}},
        }
        for name in importable(context.schema)
        if (columns := RowParser(context.schema.entities[name], context).columns)
    ]
