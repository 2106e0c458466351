"""The map of the journey of a new project: of the shipped map, the failures that its own rules and checks answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from notifier.rules import catalogue
from notifier.rules.shipped import shipped
from notifier.rules.yaml_nodes import plain
from notifier.rules.yaml_reader import read_yaml
from notifier.starter.nodes import data_of
from notifier.starter.packs import PackFile
from notifier.starter.yaml_texts import flow_text, line_text

ENGLISH = Path(__file__).with_name("journey_en.yaml")
ANSWERS = ("rule", "check")
ELSEWHERE = {
    "es": "porque lo que se prevé está en los otros puntos",
    "en": "because what is foreseen stands at the other points",
}
"""What a touchpoint says that a rule names, and whose failures stand at others."""


@dataclass(frozen=True, kw_only=True)
class _Answering:
    """The rules and checks of a project, each with its owner, and the touchpoints that rules name."""

    owners: Mapping[str, str]
    touchpoints: frozenset[str]


def journey_text(files: Sequence[PackFile], topics: Sequence[str], reasons: Sequence[str], language: str) -> str:
    """The map, without the comment above it; empty where no failure of the shipped one is answered.

    `topics` and `reasons` are those that the project has.
    """
    answering = _answering(files)
    document = _document()
    lines: list[str] = []
    stages: set[str] = set()
    for name, touchpoint in document["touchpoints"].items():
        foreseen = list(_foreseen(touchpoint["foreseen"], answering, reasons))
        answered = [failure for failure in foreseen if "accepted" not in failure]
        if answered or name in answering.touchpoints:
            stages.add(touchpoint["stage"])
            lines += _touchpoint(name, touchpoint, foreseen if answered else [], answering, topics, language)
    if not lines:
        return ""
    named = {stage: _said(text, language) for stage, text in document["stages"].items() if stage in stages}
    first = [f"  {stage}: {line_text(text)}" for stage, text in named.items()]
    return "".join(f"{line}\n" for line in ("stages:", *first, "touchpoints:", *lines))


def _touchpoint(
    name: str,
    touchpoint: Mapping[str, Any],
    foreseen: Sequence[Mapping[str, Any]],
    answering: _Answering,
    topics: Sequence[str],
    language: str,
) -> Iterator[str]:
    yield f"  {name}:"
    yield f"    name: {line_text(_said(touchpoint['name'], language))}"
    yield f"    stage: {touchpoint['stage']}"
    yield f"    owner: {_owner(touchpoint['owner'], foreseen, answering)}"
    yield f"    systems: {flow_text([_said(text, language) for text in _list(touchpoint['systems'])])}"
    if own := [topic for topic in _list(touchpoint["topics"]) if topic in topics]:
        yield f"    topics: {flow_text(own)}"
    if not foreseen:
        yield f"    nothing_foreseen: {line_text(ELSEWHERE.get(language, ELSEWHERE['en']))}"
        return
    yield "    foreseen:"
    for failure in foreseen:
        said = {key: _said(text, language) if key in ("failure", "accepted") else text for key, text in failure.items()}
        yield f"      - {flow_text(said)}"


def _foreseen(
    failures: Sequence[Mapping[str, Any]], answering: _Answering, reasons: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    """The failures that the project answers, and those that are accepted; of their reasons those that it has."""
    for failure in failures:
        found: dict[str, Any] = {key: failure[key] for key in ("failure", "severity") if key in failure}
        if known := [name for name in _list(failure.get("reasons", [])) if name in reasons]:
            found["reasons"] = known[0] if len(known) == 1 else known
        found |= {key: failure[key] for key in ("accepted",) if key in failure}
        for key in ANSWERS:
            names = [name for name in _list(failure.get(key, [])) if name in answering.owners]
            if names:
                found[key] = names[0] if len(names) == 1 else names
        if "accepted" in found or any(key in found for key in ANSWERS):
            yield found


def _owner(shipped_owner: str, foreseen: Sequence[Mapping[str, Any]], answering: _Answering) -> str:
    """The shipped owner where the project has it; else the one who answers for what answers the first failure."""
    if shipped_owner in answering.owners.values():
        return shipped_owner
    names = [name for failure in foreseen for key in ANSWERS for name in _list(failure.get(key, []))]
    return next((answering.owners[name] for name in names), next(iter(answering.owners.values())))


def _answering(files: Sequence[PackFile]) -> _Answering:
    owners: dict[str, str] = {}
    touchpoints = set()
    for file in files:
        document = plain(node) if file.is_rules and (node := read_yaml(file.content.encode(), file.path)) else None
        for kind in ANSWERS:
            for one in document.get(f"{kind}s", ()) if isinstance(document, dict) else ():
                owners[one[kind]] = one["owner"]
                touchpoints.add(one.get("touchpoint"))
    return _Answering(owners=owners, touchpoints=frozenset(touchpoints - {None}))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _said(text: str, language: str) -> str:
    """The text in the language of the project."""
    return text if language == "es" else _english().get(text, text)


@cache
def _english() -> Mapping[str, str]:
    node = read_yaml(ENGLISH.read_bytes(), ENGLISH.name)
    assert node is not None, "the texts are shipped"
    found = data_of(node)
    assert isinstance(found, dict)
    return found


@cache
def _document() -> Mapping[str, Any]:
    node = read_yaml((shipped() / catalogue.JOURNEY).read_bytes(), catalogue.JOURNEY)
    assert node is not None, "no shipped file is empty"
    found = data_of(node)
    assert isinstance(found, dict)
    return found
