"""Which version of a rule was in force at an instant: its source, its plan and its texts."""

from datetime import datetime

from notifier.model.rule_versions import RuleVersion
from notifier.rules.checked import Project
from notifier.rules.checked_rules import Rule
from notifier.rules.file_set import FileSet
from notifier.store.published_rules import Published


def version_of(
    rule: Rule,
    project: Project,
    files: FileSet,
    at: datetime,
    published: Published | None,
    replaced_at: datetime | None = None,
) -> RuleVersion:
    """The rule as these files say it. `published`: the set in force that they are, None where they are the folder's."""
    names = rule.templates
    return RuleVersion(
        rule=rule.name,
        digest=rule.digest,
        at=at,
        since=None if published is None else published.at,
        until=replaced_at,
        how=None if published is None else published.how.value,
        by=None if published is None else published.actor,
        place=f"{rule.place.file}:{rule.place.line}",
        source=source_of(rule, files),
        texts={
            path: text
            for path, text in sorted(project.templates.items())
            if any(path.startswith(f"{name}/") for name in names)
        },
        plan=tuple((step.do, step.owner, step.within) for step in rule.plan),
        rescue=rule.rescue,
        owner=rule.owner,
        mode="shadow" if rule.shadow else "live",
    )


def source_of(rule: Rule, files: FileSet) -> str:
    """The lines of the rule in its file: from its dash to the next line that is not further in."""
    lines = files.files[rule.place.file].decode("utf-8-sig", errors="replace").splitlines()
    first = rule.place.line - 1
    dash = lines[first].find("-")
    inner = len(lines[first]) - len(lines[first].lstrip()) if dash < 0 else dash
    end = first + 1
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > inner):
        end += 1
    found = lines[first:end]
    while found and (not found[-1].strip() or found[-1].lstrip().startswith("#")):
        found.pop()
    return "\n".join(line[inner:] if line[:inner].isspace() or not inner else line for line in found) + "\n"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
