"""Answers -> the file of a new rule, and what stands in its way: names that are taken, owners that are not there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from notifier.model.problems import Place, Problem, did_you_mean, one_of
from notifier.model.types import USUAL_CHANNELS
from notifier.rendering.labels import BUILT_IN
from notifier.rules import catalogue, shapes
from notifier.rules.catalogue_files import IDENTIFIER, NAME
from notifier.rules.checked import Project
from notifier.rules.file_set import RULE_SUFFIX, RULES, SCENARIO_SUFFIX, TEMPLATES
from notifier.starter.subjects import SUBJECTS, Subject
from notifier.starter.yaml_texts import flow_text, line_text

FOLDER = "own"
"""The folder below rules/ and the one that new rules are written to."""


@dataclass(kw_only=True)
class NewRule:
    """What was answered. Texts are as they were typed."""

    name: str
    about: str
    owner: str
    exit: str
    kind: str | None = None
    conditions: Sequence[str] = ()
    at: str | None = None
    """The moment; empty to speak as soon as it is true, None for what is usual."""
    until: str | None = None
    notice_class: str = "service"
    claims: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    """What it tells, in one sentence, by language."""

    @property
    def subject(self) -> Subject:
        """What it is about."""
        return SUBJECTS[self.about]

    @property
    def file(self) -> str:
        """Where the rule is written."""
        return f"{RULES}/{FOLDER}/{self.name.replace('-', '_')}{RULE_SUFFIX}"

    @property
    def scenario_file(self) -> str:
        """Where its stories are written."""
        return f"{self.file.removesuffix(RULE_SUFFIX)}{SCENARIO_SUFFIX}"

    @property
    def template(self) -> str:
        """The folder of its texts."""
        return re.sub(r"\W", "_", self.name)

    @property
    def taken_back_template(self) -> str | None:
        """The folder of what takes it back; None where that needs no word."""
        return f"{self.template}_off" if self.subject.taken_back is not None else None

    @property
    def moment(self) -> str:
        """When it speaks; empty for as soon as it is true."""
        return self.subject.at if self.at is None else self.at.strip()

    @property
    def stated(self) -> Mapping[str, str]:
        """Its claims, by name."""
        return self.claims or self.subject.claims


def problems_of_answers(new: NewRule, project: Project, files: Sequence[str]) -> list[Problem]:
    """Everything that keeps it from being written, each with the option that says otherwise.

    `files` are the paths that the project has.
    """
    problems: list[Problem] = []

    def add(option: str, what: str) -> None:
        problems.append(Problem(Place(option), what))

    def known(option: str, name: str, names: Sequence[str], what: str, where: str) -> None:
        if name not in names:
            close = did_you_mean(name, names) or f"; there are {one_of(sorted(names))}, in {where}"
            add(option, f"there is no {what} '{name}'{close}")

    known("--about", new.about, list(SUBJECTS), "kind of row that this command writes rules about", "its help")
    known("--owner", new.owner, list(project.owners), "owner", catalogue.OWNERS)
    known("--exit", new.exit, list(project.contact_points), "way out", catalogue.CONTACT_POINTS)
    known("--class", new.notice_class, shapes.CLASSES, "class", "the help")
    if not NAME.fullmatch(new.name):
        add("NAME", f"'{new.name}' is not a name; use letters, digits, '-', '_' and '.'")
    for name in new.stated if new.about in SUBJECTS else ():
        if not IDENTIFIER.fullmatch(name):
            add("--claim", f"'{name}' is not an identifier; use lower-case letters, digits and '_'")
    if problems:
        return problems
    if new.kind is not None:
        known("--kind", new.kind, new.subject.kinds, f"kind of {new.about}", "its columns")
    named = {rule.name: rule.place for rule in project.rules.values()}
    named |= {check.name: check.place for check in project.checks.values()}
    if new.name in named:
        add("NAME", f"'{new.name}' is at {named[new.name]} already; choose another name")
    for broken in project.broken:
        if broken.name == new.name:
            add("NAME", f"'{new.name}' is at {broken.problems[0].place} already, with problems; choose another name")
    for path in files:
        if path in (new.file, new.scenario_file) or path.startswith(
            tuple(f"{TEMPLATES}/{folder}/" for folder in (new.template, new.taken_back_template) if folder)
        ):
            add("NAME", f"{path} is there already; choose another name")
    return problems


def rule_text(new: NewRule) -> str:
    """The file of the rule."""
    subject = new.subject
    conditions = [*([f"{new.about}.kind == '{new.kind}'"] if new.kind else []), *subject.when, *new.conditions]
    lines = ["rules:", f"  - rule: {line_text(new.name)}", f"    about: {new.about}"]
    if subject.each is not None:
        lines.append(f"    each: {{ {subject.each[0]}: {flow_text(subject.each[1])} }}")
    if subject.to is not None:
        lines.append(f"    to: {subject.to}")
    lines += [f"    owner: {line_text(new.owner)}", f"    class: {new.notice_class}", "    when:"]
    lines += [f"      - {line_text(condition)}" for condition in conditions]
    if new.moment:
        lines.append(f"    at: {line_text(new.moment)}")
        until = new.until or (subject.until if new.at is None else None)
        lines += [f"    until: {line_text(until)}"] if until else []
        lines.append("    born_late: tell                          # also what comes in, or moves, after that moment")
    lines.append("    claims:                                  # every figure of its texts is one of these")
    lines += [f"      {name}: {_claim(name, expression)}" for name, expression in new.stated.items()]
    channels = ", ".join(channel.value for channel in USUAL_CHANNELS)
    lines += [f"    template: {new.template}", f"    channels: [{channels}]", f"    exit: {line_text(new.exit)}"]
    lines.append("    follow_up:                               # what those who were told hear if it comes to nothing")
    if subject.taken_back is not None:
        taken_back = flow_text({"when": subject.taken_back, "template": new.taken_back_template})
        lines.append(f"      - {taken_back}")
    lines.append("      - { on: ended, tell: nobody }")
    lines.append("    rescue:                                  # what you offer when it goes wrong: change the words")
    for key, words in (("admission", "admits"), ("remedy", "makes_good")):
        said = {language: getattr(one, words) for language, one in sorted(subject.said.items())}
        lines.append(f"      {key}: {flow_text(said)}")
    lines += [f"      decides: {line_text(new.owner)}", "      by: 24h"]
    return "\n".join(lines) + "\n"


def _claim(name: str, expression: str) -> str:
    """The claim, with a label where there is no usual one."""
    if all(name in labels for labels in BUILT_IN.values()):
        return line_text(expression)
    label = name.replace("_", " ")
    return flow_text({"value": expression, "label": dict.fromkeys(sorted(BUILT_IN), label)})
