"""The reasons for which customers of a new project get in touch: those of its packs, in its language.

The words by which a text is read stay in both languages: a company in English has customers who write Spanish.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from notifier.rules import catalogue
from notifier.rules.shipped import shipped
from notifier.rules.yaml_reader import read_yaml
from notifier.starter.nodes import data_of
from notifier.starter.packs import packs
from notifier.starter.yaml_texts import flow_text, line_text

ENGLISH = Path(__file__).with_name("reasons_en.yaml")
ANSWERING = "care"
"""Who answers for a reason whose team the project does not have, and for a day that no single reason explains."""


def reasons_of(names: Sequence[str]) -> Sequence[str]:
    """The keys of the reasons that these packs have, in the order of the shipped file."""
    wanted = {reason for name in names for reason in packs()[name].reasons}
    return [key for key in _shipped() if key in wanted]


def reasons_text(keys: Collection[str], owners: Sequence[str], language: str) -> str:
    """The file, without the comment above it. `owners` are those that the project has."""
    lines = [f"unusual_days: {{ owner: {answering(owners)} }}", "reasons:"]
    for key in keys:
        lines += _reason(key, _shipped()[key], owners, language)
    return "".join(f"{line}\n" for line in lines)


def answering(owners: Sequence[str]) -> str:
    """The owner of what is nobody else's."""
    return ANSWERING if ANSWERING in owners else owners[0]


def _reason(key: str, reason: Mapping[str, Any], owners: Sequence[str], language: str) -> Iterator[str]:
    yield f"  {key}:"
    for name in ("object", "step", "failure"):
        yield f"    {name}: {line_text(_said(reason[name], language))}"
    yield f"    owner: {reason['owner'] if reason['owner'] in owners else answering(owners)}"
    for name in ("customer", "company", "minutes", "severity", "imported_as"):
        yield f"    {name}: {flow_text(reason[name])}"
    yield "    words:"
    for saying in sorted(reason["words"], key=lambda saying: bool(saying["language"] != language)):
        yield f"      - language: {saying['language']}"
        yield f"        say: {flow_text(saying['say'])}"
        if "unless" in saying:
            yield f"        unless: {flow_text(saying['unless'])}"
        if "why" in saying:
            yield f"        why: {line_text(_said(saying['why'], language))}"


def _said(text: str, language: str) -> str:
    """The text in the language of the project."""
    return text if language == "es" else english().get(text, text)


@cache
def english() -> Mapping[str, str]:
    """The English of each text of the shipped reasons that people read."""
    return _document(ENGLISH)


@cache
def _shipped() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = _document(shipped() / catalogue.REASONS)["reasons"]
    return found


def _document(path: Path) -> dict[str, Any]:
    node = read_yaml(path.read_bytes(), path.name)
    assert node is not None, "no shipped file is empty"
    found = data_of(node)
    assert isinstance(found, dict), "shipped files are mappings"
    return found
