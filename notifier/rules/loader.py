"""A project folder -> checked rules and checks, and all problems of all files.

No content of a file raises: a rule, check or entry with a problem is set aside, and the others are in force. Where it
cannot be told what the files say as a whole, the project has gaps, and nobody is told anything by it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.schema import Schema, entities
from notifier.model.setting_aside import Part
from notifier.rules import (
    calendar_files,
    campaign_files,
    catalogue,
    catalogue_files,
    journey_files,
    promise_policy,
    reason_files,
    settling_files,
    shapes,
    unusual_days_file,
    yaml_reader,
)
from notifier.rules.approved_texts import read_approved_texts
from notifier.rules.attributes_file import with_attributes
from notifier.rules.catalogue import Catalogue
from notifier.rules.check_reader import read_check
from notifier.rules.checked import Broken, HoursException, Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Rule
from notifier.rules.digests import with_digest, with_digests
from notifier.rules.fields import Fields
from notifier.rules.file_set import RULES, TEMPLATES, FileSet, read_file_set
from notifier.rules.findings import Findings
from notifier.rules.kinds import NAMED_FILES
from notifier.rules.modelines import misplaced_modelines
from notifier.rules.published_file import read_published
from notifier.rules.rule_reader import read_rule
from notifier.rules.yaml_nodes import MappingNode, Node, ScalarNode

T = TypeVar("T")

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, kw_only=True)
class _Item:
    """One rule or check as written."""

    name: str
    node: Node


@dataclass(frozen=True)
class _Files:
    """A set of files while it is read into a project."""

    files: FileSet
    findings: Findings
    gaps: Findings
    """Errors because of which nobody knows what the files say as a whole."""

    def node(self, file: str) -> Node | None:
        """The content of a YAML file; None where it is not there, empty, or cannot be read."""
        if file not in self.files.files:
            return None
        try:
            return yaml_reader.read_yaml(self.files.files[file], file)
        except ProblemsError as error:
            self.gaps.take(error)
            return None


def no_rules(folder: Path) -> Problem:
    """That a folder has no rules; another one is probably meant."""
    return Problem(Place("rules"), f"there is no folder 'rules' in {folder}; --project names the project folder")


def load_project(folder: Path, files: FileSet | None = None) -> Project:
    """The project in the folder, or what a set of its files says, which is read from the folder where none is given.

    `Project.problems` is sorted by place, with files relative to the folder.
    """
    files = read_file_set(folder) if files is None else files
    findings, gaps = Findings(), Findings()
    gaps.extend(files.problems)
    findings.extend(files.misnamed)
    findings.extend(tuple(misplaced_modelines(files)))
    if not files.folder_exists:
        missing = no_rules(folder)
        gaps.add(missing.place, missing.what)
    read = _Files(files, findings, gaps)
    schema = _schema(read)
    hours = calendar_files.read_hours(read.node(catalogue.HOURS), gaps)
    rule_items, check_items = _written(read)
    known = _catalogue(read, schema, hours, rule_items, check_items, map_findings := Findings())
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
        campaigns=campaign_files.read_campaigns(read.node(catalogue.CAMPAIGNS), known, gaps),
        supersedes=known.supersedes,
        costs=known.costs,
        templates=known.templates,
        causes=settling_files.read_causes(read.node(catalogue.CAUSES), known.owners, findings),
        cause_needed_by=settling_files.read_cause_needed_by(read.node(catalogue.CAUSES)),
        authority=settling_files.read_authority(read.node(catalogue.AUTHORITY), findings),
        reasons=known.reasons,
        journey=known.journey,
        map_problems=tuple(sorted(set(map_findings.problems))),
        unusual_days=unusual_days_file.read_unusual_days(read.node(catalogue.REASONS), known.owners, findings),
        published=read_published(read.node(catalogue.PUBLISHED), known, findings),
        approved_texts=known.approved_texts,
        problems=tuple(sorted({*findings.problems, *gaps.problems})),
        broken=(*bad_rules, *bad_checks),
        gaps=tuple(sorted(set(gaps.problems))),
    )


def _templates(read: _Files) -> Mapping[str, str]:
    """The sources of texts by their path below `templates/`."""
    sources = {}
    for file, content in read.files.files.items():
        if file.startswith(f"{TEMPLATES}/"):
            try:
                sources[file.removeprefix(f"{TEMPLATES}/")] = "\n".join(_LINE_END.split(content.decode("utf-8")))
            except UnicodeDecodeError:
                read.gaps.add(Place(file), "the file is not UTF-8; save it as UTF-8")
    return sources


def _schema(read: _Files) -> Schema:
    return with_attributes(Schema(entities=entities()), read.node(catalogue.ATTRIBUTES), read.gaps)


def _catalogue(
    read: _Files,
    schema: Schema,
    hours: tuple[HoursException, ...],
    rule_items: Sequence[_Item],
    check_items: Sequence[_Item],
    map_findings: Findings,
) -> Catalogue:
    findings = read.findings
    topics, unusable = catalogue_files.read_topics(read.node(catalogue.TOPICS), findings)
    owners = catalogue_files.read_owners(read.node(catalogue.OWNERS), findings)
    policy, rule_names = read.node(catalogue.POLICY), {item.name for item in rule_items}
    named = journey_files.Named(
        owners=owners,
        topics=topics,
        rules=rule_names,
        checks={item.name for item in check_items},
        reasons=reason_files.written_reasons(read.node(catalogue.REASONS)),
    )
    templates = _templates(read)
    folders = {path.partition("/")[0] for path in templates if "/" in path}
    return Catalogue(
        schema=schema,
        topics=topics,
        unusable_topics=unusable,
        owners=owners,
        reasons=reason_files.read_reasons(read.node(catalogue.REASONS), owners, findings),
        contact_points=catalogue_files.read_contact_points(read.node(catalogue.CONTACT_POINTS), findings),
        policy=calendar_files.read_policy(policy, hours, read.gaps),
        supersedes=promise_policy.read_supersedes(policy, read.gaps),
        costs=promise_policy.read_costs(policy, read.gaps),
        hours=hours,
        templates=templates,
        approved_texts=read_approved_texts(read.node(catalogue.WHATSAPP), folders, findings),
        journey=journey_files.read_journey(read.node(catalogue.JOURNEY), named, map_findings),
        rule_names=rule_names,
    )


def _written(read: _Files) -> tuple[Sequence[_Item], Sequence[_Item]]:
    """Every rule and every check as written, in the order of files and lines."""
    rules: list[_Item] = []
    checks: list[_Item] = []
    for file in sorted(read.files.files):
        if not file.startswith(f"{RULES}/") or file in NAMED_FILES or (node := read.node(file)) is None:
            continue
        fields = Fields(node, shapes.RULE_FILE, read.findings)
        rules.extend(_Item(name=_text_in(item, "rule"), node=item) for item in fields.items("rules"))
        checks.extend(_Item(name=_text_in(item, "check"), node=item) for item in fields.items("checks"))
    return rules, checks


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
