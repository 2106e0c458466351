"""Tables of the code -> the generated sections of the documents: keys of rule files and maps, entities,
settings, what a notice costs and the machines that follow from it.

`.venv/bin/python -m tests.docs.reference` writes them anew; `test_reference.py` fails when one is stale.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bench.sizing.keys import keys_table
from bench.sizing.model import Measured, model, unit_costs
from notifier.delivery.simulated import OUTCOMES, REFUSED
from notifier.delivery.twilio_codes import CODES
from notifier.intake.map_shapes import MAP_FILE
from notifier.model.schema import Entity, entities
from notifier.model.types import ValueType
from notifier.rules.kinds import KINDS
from notifier.rules.shapes import Form, Key, Shape
from notifier.settings import Settings
from notifier.settings_variables import PREFIX

DOCS = Path(__file__).parents[2] / "docs"
_SECTION = re.compile(r"(<!-- generated: (?P<name>[a-z]+)[^>]*-->\n).*?(<!-- end of (?P=name) -->)", re.DOTALL)

_FORMS: Mapping[Form, str] = {
    Form.TEXT: "text",
    Form.CHOICE: "text, or mapping from values to texts",
    Form.TEXT_OR_MAPPING: "text, or mapping",
    Form.TEXTS: "text or list of texts",
    Form.EXPRESSION: "expression",
    Form.EXPRESSIONS: "expression or list of expressions",
    Form.SCALAR: "text or number",
    Form.WHOLE: "whole number",
    Form.TRUTH: "true or false",
    Form.LIST: "list",
    Form.ENTRIES: "entry or list",
    Form.MAPPING: "mapping",
    Form.NAMED: "mapping from names",
    Form.SHOWN: "text or list of texts, or mapping from names",
}


def keys_reference() -> str:
    """Every key of every file of a project folder, one table a mapping."""
    parts: list[str] = []
    shown: set[str] = set()
    for kind in KINDS:
        parts.append(f"## `{kind.path}`\n")
        parts.extend(_shape_tables(kind.shape, kind.shape.what, shown, "###"))
    return "\n".join(parts)


def maps_reference() -> str:
    """Every key of a map file."""
    return "\n".join(_shape_tables(MAP_FILE, "A map", {MAP_FILE.what}, "####"))


def _shape_tables(shape: Shape, title: str, shown: set[str], level: str) -> Iterator[str]:
    """The table of a shape, then those of the shapes inside it that were not shown yet."""
    if title != shape.what or not title.endswith((".yaml", "file")):
        yield f"{level} {title}\n"
    yield "| key | value | what it says |\n|---|---|---|\n" + "".join(_key_row(key) for key in shape.keys)
    for key in shape.keys:
        if key.shape is not None and key.shape.what not in shown:
            shown.add(key.shape.what)
            yield from _shape_tables(key.shape, key.shape.what[:1].upper() + key.shape.what[1:], shown, level)


def _key_row(key: Key) -> str:
    name = f"**`{key.name}`**" if key.required else f"`{key.name}`"
    value = " ".join(f"`{text}`" for text in key.values) if key.values else _FORMS[key.form]
    if key.values and key.form is Form.TEXTS:
        value += " (one, or a list)"
    if key.shape is not None:
        value += (
            f": {key.shape.what}" if key.form in (Form.MAPPING, Form.TEXT_OR_MAPPING) else f", each {key.shape.what}"
        )
    return f"| {name} | {value} | {_cell(key.about)} |\n"


def entities_reference() -> str:
    """Every entity of the state with its columns, the texts they allow, and where its paths lead."""
    return "\n".join(_entity_part(entity) for entity in entities().values())


def _entity_part(entity: Entity) -> str:
    columns = []
    for field in entity.fields.values():
        name = f"`{field.name}{'?' if field.nullable else ''}`"
        kind = "" if field.type is ValueType.STRING else f" {_KINDS.get(field.type, field.type.value)}"
        allowed = f" ({', '.join(field.values)})" if field.values else ""
        origin = "" if field.imported else ", decided" if field.decided else ", computed"
        columns.append(name + kind + allowed + origin)
    one = [name for name, relation in sorted(entity.relations.items()) if not relation.many]
    many = [relation for _, relation in sorted(entity.relations.items()) if relation.many]
    lines = [f"**{entity.name}** has {'; '.join(columns)}."]
    if one:
        lines.append(f"Leads to one: {_names(one)}.")
    if many:
        joins = {how: [one.name for one in many if one.joins == how] for how in sorted({one.joins for one in many})}
        lines.append(f"Leads to many: {'; '.join(f'{_names(names)} {how}' for how, names in joins.items())}.")
    return "\n".join(lines) + "\n"


_KINDS: Mapping[ValueType, str] = {ValueType.INT: "whole number", ValueType.BOOL: "true or false"}


def settings_reference() -> str:
    """Every setting: its variable, what it is without one, and what it means."""
    rows = ["| variable | default | what it means |\n|---|---|---|\n"]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        shown = "" if default in (None, {}) else f"`{str(default).lower() if isinstance(default, bool) else default}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {shown} | {_cell(field.description or '')} |\n")
    return "".join(rows)


def simulated_reference() -> str:
    """Every address of the sandbox at which something becomes of a message."""
    rows = ["| mail | numbers | what becomes of a message | as |\n|---|---|---|---|\n"]
    for each in OUTCOMES:
        numbers = "" if each.numbers is None else "`{}` to `{}`".format(*each.numbers)
        said = (f"Twilio {each.code}" if each.code else None, each.answer.said if each.answer else None)
        codes = " / ".join(code for code in said if code)
        rows.append(f"| `{each.mailbox}` | {numbers} | {each.says} | {codes} |\n")
    for number, code in REFUSED.items():
        reason = getattr(CODES[code].outcome, "reason", "")
        rows.append(f"| | `{number}` | it is refused at once, as by Twilio's test credentials | {reason} |\n")
    return "".join(rows)


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


SECTIONS: Mapping[str, tuple[str, Callable[[], str]]] = {
    "keys": ("book/keys.md", keys_reference),
    "entities": ("book/columns.md", entities_reference),
    "settings": ("operations.md", settings_reference),
    "maps": ("operations.md", maps_reference),
    "simulated": ("operations.md", simulated_reference),
    "costs": ("operations.md", lambda: unit_costs(Measured.kept())),
    "machines": ("operations.md", lambda: model(Measured.kept())),
    "spread": ("operations.md", keys_table),
}
"""Each section: the page that holds it, and what makes it."""


def refreshed(page: str) -> str:
    """The page's text with its generated sections as the code has them now. Raises KeyError for an unknown section."""

    def section(match: re.Match[str]) -> str:
        return f"{match[1]}\n{SECTIONS[match['name']][1]()}\n{match[3]}"

    return _SECTION.sub(section, page)


def main() -> None:
    """Writes the pages anew."""
    for page in sorted({page for page, _ in SECTIONS.values()}):
        path = DOCS / page
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
