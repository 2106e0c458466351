"""A list of prices, hours or terms (CSV, YAML) -> what it claims, line by line."""

import csv
import io
from collections.abc import Iterator, Mapping

from notifier.intake.published.claims import Kind, PublishedClaim
from notifier.model.problems import Place, ProblemsError, did_you_mean
from notifier.rules.findings import Findings
from notifier.rules.published_file import LIST_COLUMNS
from notifier.rules.yaml_nodes import ListNode, MappingNode, Node, ScalarNode
from notifier.rules.yaml_reader import read_yaml

_NEEDED = ("name", "value")
_DELIMITERS = (";", ",", "\t", "|")


def claims_of_csv(content: bytes, file: str, columns: Mapping[str, str], findings: Findings) -> list[PublishedClaim]:
    """The claims of a CSV file with a header. `columns`: how the file calls what we call so."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        findings.add(Place(file), "the file is not UTF-8; save it as UTF-8")
        return []
    first = text.split("\n", 1)[0]
    # By the header, since csv.Sniffer takes a file of one column for lines that end in "\r".
    delimiter = max(_DELIMITERS, key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip() for name in rows.fieldnames or ()]
    if not _has_columns(header, columns, Place(file), findings):
        return []
    rows.fieldnames = header
    return [claim for row in rows for claim in _claim(row, Place(file, rows.line_num), columns, findings)]


def claims_of_yaml(content: bytes, file: str, columns: Mapping[str, str], findings: Findings) -> list[PublishedClaim]:
    """The claims of a YAML file: a list of mappings, perhaps under one key."""
    try:
        node = read_yaml(content, file)
    except ProblemsError as error:
        findings.take(error)
        return []
    if isinstance(node, MappingNode) and len(node.entries) == 1:
        node = node.entries[0].value
    if not isinstance(node, ListNode):
        findings.add(node.place if node else Place(file), "write a list of entries, each with a name and a value")
        return []
    found: list[PublishedClaim] = []
    for item in node.items:
        row = _row(item)
        if _has_columns(list(row), columns, item.place, findings):
            place = _place_of(item, columns.get("value", "value"))
            found += _claim(row, place, columns, findings)
    return found


def _has_columns(header: list[str], columns: Mapping[str, str], place: Place, findings: Findings) -> bool:
    missing = [columns.get(name, name) for name in _NEEDED if columns.get(name, name) not in header]
    for name in missing:
        close = did_you_mean(name, header)
        findings.add(
            place, f"there is no column '{name}'{close}; 'columns' in rules/published.yaml says how it is called"
        )
    return not missing


def _claim(
    row: Mapping[str, str | None], place: Place, columns: Mapping[str, str], findings: Findings
) -> Iterator[PublishedClaim]:
    cells = {name: (row.get(columns.get(name, name)) or "").strip() for name in LIST_COLUMNS}
    if not any(cells.values()):
        return
    if not cells["name"] or not cells["value"]:
        empty = "name" if not cells["name"] else "value"
        findings.add(place, f"'{columns.get(empty, empty)}' is empty; the line says nothing")
        return
    yield PublishedClaim(
        place=place,
        names=(cells["name"],),
        kind=Kind.LISTED,
        said=cells["value"],
        value=cells["value"],
        topic=cells["topic"] or None,
        currency=cells["currency"] or None,
    )


def _row(node: Node) -> dict[str, str | None]:
    entries = node.entries if isinstance(node, MappingNode) else ()
    return {
        entry.key.text: entry.value.text
        for entry in entries
        if isinstance(entry.value, ScalarNode) and entry.value.value is not None
    }


def _place_of(node: Node, key: str) -> Place:
    entries = node.entries if isinstance(node, MappingNode) else ()
    return next((entry.value.place for entry in entries if entry.key.text == key), node.place)
