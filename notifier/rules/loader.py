"""A project folder -> checked rules and checks, and all problems of all files.

No content of a file raises: a rule, check or entry with a problem is set aside, and the others are in force.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.schema import Schema, entities
from notifier.model.setting_aside import Part
from notifier.rules import calendar_files, catalogue, catalogue_files, shapes
from notifier.rules.catalogue import Catalogue
from notifier.rules.check_reader import read_check
from notifier.rules.checked import Broken, Check, HoursException, Project, Rule
from notifier.rules.digests import with_digest, with_digests
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.rule_reader import read_rule
from notifier.rules.yaml_nodes import MappingNode, Node, ScalarNode
from notifier.rules.yaml_reader import LARGEST_FILE, read_yaml_file

T = TypeVar("T")

SCENARIO_SUFFIX = ".test.yaml"
_NAMED_FILES = (
    catalogue.TOPICS,
    catalogue.OWNERS,
    catalogue.CONTACT_POINTS,
    catalogue.HOURS,
    catalogue.POLICY,
    catalogue.ATTRIBUTES,
    catalogue.JOURNEY,
)


@dataclass(frozen=True, kw_only=True)
class _Item:
    """One rule or check as written."""

    name: str
    node: Node


def no_rules(folder: Path) -> Problem:
    """That a folder has no rules; another one is probably meant."""
    return Problem(Place("rules"), f"there is no folder 'rules' in {folder}; --project names the project folder")


def load_project(folder: Path) -> Project:
    """The project in the folder. `Project.problems` is sorted by place, with files relative to the folder."""
    findings = Findings()
    if not (folder / "rules").is_dir():
        missing = no_rules(folder)
        findings.add(missing.place, missing.what)
    schema = _schema(folder, findings)
    hours = calendar_files.read_hours(_named_file(folder, catalogue.HOURS, findings), findings)
    rule_items, check_items = _written(folder, findings)
    known = _catalogue(folder, schema, hours, {item.name for item in rule_items}, findings)
    rules, bad_rules = _first_of_each(
        rule_items, Part.RULE, lambda node, found: _checked_rule(node, known, found), findings
    )
    checks, bad_checks = _first_of_each(
        check_items, Part.CHECK, lambda node, found: _checked_check(node, known, found), findings
    )
    return Project(
        folder=folder,
        schema=schema,
        rules=rules,
        checks=checks,
        topics=known.topics,
        owners=known.owners,
        contact_points=known.contact_points,
        policy=known.policy,
        hours=hours,
        templates=known.templates,
        touchpoints=known.touchpoints,
        problems=tuple(sorted(set(findings.problems))),
        broken=(*bad_rules, *bad_checks),
    )


def scenario_files(folder: Path) -> Sequence[Path]:
    """The scenario files of a project, in the order of their paths."""
    return sorted((folder / "rules").rglob(f"*{SCENARIO_SUFFIX}"))


def read_templates(folder: Path) -> tuple[Mapping[str, str], Sequence[Problem]]:
    """The sources under `templates/` by their path there, and the files that could not be read."""
    findings = Findings()
    root = folder / "templates"
    sources = {}
    for path in sorted(root.rglob("*.j2")):
        name = path.relative_to(root).as_posix()
        try:
            if path.stat().st_size > LARGEST_FILE:
                findings.add(Place(f"templates/{name}"), f"the file is larger than {LARGEST_FILE:,} bytes")
            else:
                sources[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            findings.add(Place(f"templates/{name}"), "the file is not UTF-8; save it as UTF-8")
        except OSError as error:
            findings.add(Place(f"templates/{name}"), f"cannot be read: {error.strerror}")
    return sources, findings.problems


def _schema(folder: Path, findings: Findings) -> Schema:
    schema = Schema(entities=entities())
    node = _named_file(folder, catalogue.ATTRIBUTES, findings)
    return replace(schema, attributes=catalogue_files.read_attributes(node, schema, findings))


def _catalogue(
    folder: Path, schema: Schema, hours: tuple[HoursException, ...], rule_names: set[str], findings: Findings
) -> Catalogue:
    templates, problems = read_templates(folder)
    findings.extend(problems)
    topics, unusable = catalogue_files.read_topics(_named_file(folder, catalogue.TOPICS, findings), findings)
    journey = _named_file(folder, catalogue.JOURNEY, findings)
    return Catalogue(
        schema=schema,
        topics=topics,
        unusable_topics=unusable,
        owners=catalogue_files.read_owners(_named_file(folder, catalogue.OWNERS, findings), findings),
        contact_points=catalogue_files.read_contact_points(
            _named_file(folder, catalogue.CONTACT_POINTS, findings), findings
        ),
        policy=calendar_files.read_policy(_named_file(folder, catalogue.POLICY, findings), hours, findings),
        hours=hours,
        templates=templates,
        touchpoints=catalogue_files.read_touchpoints(journey, findings) if journey is not None else None,
        rule_names=rule_names,
    )


def _named_file(folder: Path, file: str, findings: Findings) -> Node | None:
    return _read(folder, file, findings) if (folder / file).exists() else None


def _read(folder: Path, file: str, findings: Findings) -> Node | None:
    try:
        return read_yaml_file(folder / file, file)
    except ProblemsError as error:
        findings.take(error)
        return None


def _written(folder: Path, findings: Findings) -> tuple[Sequence[_Item], Sequence[_Item]]:
    """Every rule and every check as written, in the order of files and lines."""
    rules: list[_Item] = []
    checks: list[_Item] = []
    for file in _rule_files(folder, findings):
        node = _read(folder, file, findings)
        if node is None:
            continue
        fields = Fields(node, shapes.RULE_FILE, findings)
        rules.extend(_Item(name=_text_in(item, "rule"), node=item) for item in fields.items("rules"))
        checks.extend(_Item(name=_text_in(item, "check"), node=item) for item in fields.items("checks"))
    return rules, checks


def _rule_files(folder: Path, findings: Findings) -> Iterator[str]:
    for path in sorted((folder / "rules").rglob("*")):
        file = path.relative_to(folder).as_posix()
        if path.suffix == ".yml":
            findings.add(Place(file), "rule files end in .yaml; rename it, or it is not read")
        elif path.suffix == ".yaml" and not file.endswith(SCENARIO_SUFFIX) and file not in _NAMED_FILES:
            yield file


def _text_in(item: Node, key: str) -> str:
    if isinstance(item, MappingNode):
        for entry in item.entries:
            if entry.key.text == key and isinstance(entry.value, ScalarNode):
                return entry.value.text
    return ""


def _first_of_each(
    items: Sequence[_Item], kind: Part, checked: Callable[[Node, Findings], T | None], findings: Findings
) -> tuple[Mapping[str, T], Sequence[Broken]]:
    """The checked items by name, and the others. Where a name occurs twice, the first in the order of files is kept."""
    first: dict[str, Place] = {}
    good: dict[str, T] = {}
    bad: list[Broken] = []
    for item in items:
        found = Findings()
        value = checked(item.node, found)
        if item.name in first:
            found.add(item.node.place, f"the {kind} '{item.name}' is at {first[item.name]} already; rename one of them")
        elif value is not None:
            good[item.name] = value
        if item.name:
            first.setdefault(item.name, item.node.place)
        if (errors := tuple(problem for problem in found.problems if problem.is_error)) and item.name:
            owner = _text_in(item.node, "owner") or None
            bad.append(Broken(kind=kind, name=item.name, problems=errors, owner=owner))
        findings.extend(found.problems)
    return good, bad


def _checked_rule(node: Node, known: Catalogue, findings: Findings) -> Rule | None:
    rule = read_rule(node, known, findings)
    return None if rule is None else with_digests(rule, node, known)


def _checked_check(node: Node, known: Catalogue, findings: Findings) -> Check | None:
    check = read_check(node, known, findings)
    return None if check is None else with_digest(check, node, known)
