"""What the errors of a project set aside, and the alert to those who run it: once, when it is new.

A rule or check is set aside where its own text has an error, or where it was in force and cannot be found while files
have errors: its file may be the one that cannot be read. What it would have seen meanwhile is not lost, for its next
pass is a full one. But nobody hears of it until then, so somebody must mend the file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from notifier.drafting.alerts import set_aside_alert
from notifier.drafting.ruleset import Ruleset
from notifier.model.batches import Batch
from notifier.model.problems import Problem
from notifier.model.reading import RuleState, StateReader
from notifier.model.setting_aside import Part, SetAside
from notifier.rules.checked import Project
from notifier.rules.checked_owners import Owner

_ORDER = (Part.CHECK, Part.RULE, Part.FILE)
"""A check that is set aside lets wrong words out; a rule that is, none at all."""


def set_aside(
    ruleset: Ruleset,
    reader: StateReader,
    rules: Mapping[str, RuleState],
    checks: Mapping[str, RuleState],
    now: datetime,
    *,
    live: bool,
) -> Iterator[Batch]:
    """One batch where other things are set aside than at the last tick, with alerts of those that are new."""
    known = {item.problem: item for item in reader.set_aside()}
    found = all_set_aside(ruleset, rules, checks, now)
    items = tuple(replace(item, since=known[item.problem].since) if item.problem in known else item for item in found)
    if {item.problem for item in items} == known.keys():
        return
    new = [item for item in items if item.problem not in known]
    alerts = tuple(
        set_aside_alert(ruleset, reader, items=new, owner=owner, now=now, live=live)
        for owner in (_alerted(ruleset, new, {Part.RULE: rules, Part.CHECK: checks}) if new else ())
    )
    yield Batch(kind=Part.FILE, name="rules", set_aside=items, drafts=alerts)


def all_set_aside(
    ruleset: Ruleset, rules: Mapping[str, RuleState], checks: Mapping[str, RuleState], now: datetime
) -> Sequence[SetAside]:
    """All that the project's errors set aside; while an earlier version is in force, what a newer one would."""
    project, kept = ruleset.edited or ruleset.project, ruleset.edited is not None
    if not project.has_errors:
        return ()
    in_force = {Part.RULE: project.rules, Part.CHECK: project.checks}
    wrong = {
        (broken.kind, broken.name): broken.problems[0]
        for broken in reversed(project.broken)
        if broken.name not in in_force[broken.kind]
    }
    of_files = _of_files(project, {problem for broken in project.broken for problem in broken.problems})
    unread = next(iter(of_files.values()), project.errors[0])
    for kind, states in ((Part.RULE, rules), (Part.CHECK, checks)):
        for name in states.keys() - in_force[kind].keys():
            wrong.setdefault((kind, name), Problem(unread.place, f"it cannot be found: {unread.what}"))
    found = [
        *((kind, name, problem) for (kind, name), problem in wrong.items()),
        *((Part.FILE, file, problem) for file, problem in of_files.items()),
    ]
    return [
        SetAside(kind=kind, name=name, place=str(problem.place), why=problem.what, since=now, kept=kept)
        for kind, name, problem in sorted(found, key=lambda each: (_ORDER.index(each[0]), each[1]))
    ]


def _of_files(project: Project, of_items: set[Problem]) -> Mapping[str, Problem]:
    """The first error of each file that sets no single rule or check aside, among them a name that is there twice."""
    in_force = {Part.RULE: project.rules, Part.CHECK: project.checks}
    twice = {each for broken in project.broken if broken.name in in_force[broken.kind] for each in broken.problems}
    first: dict[str, Problem] = {}
    for problem in project.errors:
        if problem not in of_items or problem in twice:
            first.setdefault(problem.place.file, problem)
    return first


def _alerted(
    ruleset: Ruleset, items: Sequence[SetAside], states: Mapping[Part, Mapping[str, RuleState]]
) -> Sequence[Owner]:
    """Who hears of it: operations, else the owners of what is set aside as far as they are known, else every owner."""
    if ruleset.operations is not None:
        return [ruleset.operations]
    owners = ruleset.project.owners
    aside = {(item.kind, item.name) for item in items}
    broken = (ruleset.edited or ruleset.project).broken
    names = {each.owner for each in broken if (each.kind, each.name) in aside}
    for kind, name in aside:
        if (state := states.get(kind, {}).get(name)) is not None:
            names.add(state.definition.get("owner"))
    found = [owners[name] for name in sorted(owners) if name in names]
    return found or [owners[name] for name in sorted(owners)] or [Owner(id="operations", name="operations")]
