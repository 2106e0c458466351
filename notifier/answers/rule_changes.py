"""What changed between two versions of a project: compiled rules are compared by digest, never files by text.

A comment, a quote or the order of a file is no change; a price in the policy, a phone number of a way out or a word of
a text is one of each rule that reads it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from notifier.answers.said_by_check import said_by_check
from notifier.model.durations import duration_text
from notifier.model.rescues import Rescue
from notifier.model.rule_changes import Changed, ChangedPart, ChangeKind
from notifier.rules.checked import Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Condition, Limits, PlannedAction, Rule
from notifier.rules.digests import data_of, owners_of

_MAPPINGS = ("owners", "contact_points", "topics")


def changes_of(before: Project, after: Project) -> Sequence[Changed]:
    """What all rules read first, then the rules and the checks that differ, each kind by name."""
    return [
        *_of_project(before, after),
        *_named("rule", before.rules, after.rules, lambda one, other: list(_rule_parts(one, other, before, after))),
        *_named("check", before.checks, after.checks, lambda one, other: list(_check_parts(one, other))),
    ]


def reads_differently(before: Project, after: Project) -> bool:
    """Whether something differs that no digest of a rule stands for: hours of sites, campaigns, checks.

    Then also what rules tell that are the same may differ.
    """
    return (
        data_of(before.hours) != data_of(after.hours)
        or data_of(before.campaigns) != data_of(after.campaigns)
        or {name: check.digest for name, check in before.checks.items()}
        != {name: check.digest for name, check in after.checks.items()}
    )


def _of_project(before: Project, after: Project) -> Iterator[Changed]:
    parts = []
    for name, one, other in (
        ("policy", before.policy, after.policy),
        ("hours", before.hours, after.hours),
        ("campaigns", before.campaigns, after.campaigns),
        ("attributes", before.schema.attributes, after.schema.attributes),
        ("supersedes", before.supersedes, after.supersedes),
    ):
        if data_of(one) != data_of(other):
            parts.append(ChangedPart(name=name))
    for part in _MAPPINGS:
        one, other = getattr(before, part), getattr(after, part)
        parts += [
            ChangedPart(name=f"{part} {name}", before=_there(name in one), after=_there(name in other))
            for name in sorted(one.keys() | other.keys())
            if (data_of(one.get(name)), name in one) != (data_of(other.get(name)), name in other)
        ]
    if parts:
        yield Changed(what="project", name="what rules read", kind=ChangeKind.EDITED, parts=tuple(parts))


def _there(is_there: bool) -> str:
    return "there" if is_there else ""


def _named(
    what: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    parts_of: Callable[[Any, Any], Sequence[ChangedPart]],
) -> Iterator[Changed]:
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield Changed(what=what, name=name, kind=ChangeKind.NEW)
        elif name not in after:
            yield Changed(what=what, name=name, kind=ChangeKind.GONE)
        elif before[name].digest != after[name].digest:
            parts = tuple(parts_of(before[name], after[name]))
            yield Changed(what=what, name=name, kind=ChangeKind.EDITED, parts=parts)


def _rule_parts(one: Rule, other: Rule, before: Project, after: Project) -> Iterator[ChangedPart]:
    yield from _differing(_said_by(one), _said_by(other))
    yield from _differing({"plan": _steps_not_in(other, one)}, {"plan": _steps_not_in(one, other)})
    for name in dict.fromkeys((*one.templates, *other.templates)):
        if one.template_digests.get(name) != other.template_digests.get(name):
            yield from _text_files(name, before.templates, after.templates)
    owners = sorted(owners_of(one) | owners_of(other))
    topics = dict.fromkeys(claim.topic for claim in (*one.claims, *other.claims))
    referred: list[tuple[str, str, Mapping[str, Any], Mapping[str, Any]]] = [
        *(("owner", name, before.owners, after.owners) for name in owners),
        *(
            ("exit", name, before.contact_points, after.contact_points)
            for name in dict.fromkeys([one.exit, other.exit])
        ),
        *(("topic", name, before.topics, after.topics) for name in topics),
    ]
    for what, name, first, second in referred:
        if name in first and name in second and data_of(first[name]) != data_of(second[name]):
            yield ChangedPart(name=f"{what} {name}")
    if data_of(before.policy) != data_of(after.policy):
        yield ChangedPart(name="policy")


def _text_files(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[ChangedPart]:
    """The files of a template that differ."""
    for path in sorted(before.keys() | after.keys()):
        is_its = path.startswith(f"{name}/") or "/" not in path
        if is_its and before.get(path) != after.get(path):
            yield ChangedPart(name=f"text templates/{path}", before=_there(path in before), after=_there(path in after))


def _check_parts(one: Check, other: Check) -> Iterator[ChangedPart]:
    first, second = data_of(one), data_of(other)
    before, after = said_by_check(one), said_by_check(other)
    for key in first:
        if key != "digest" and first[key] != second[key]:
            yield ChangedPart(name=key, before=before.get(key, ""), after=after.get(key, ""))


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[ChangedPart]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name, "") != after.get(name, ""):
            yield ChangedPart(name=name, before=before.get(name, ""), after=after.get(name, ""))


def _said_by(rule: Rule) -> Mapping[str, str]:
    """What the rule says, key by key, on one line each."""
    said = {
        "about": rule.about,
        "each": "" if rule.each is None else f"{rule.each_name}: {rule.each.text}",
        "to": rule.to.text,
        "touchpoint": rule.touchpoint or "",
        "owner": rule.owner,
        "class": rule.notice_class.value,
        "when": _all(rule.when),
        "unless": _all(rule.unless),
        "at": ", ".join(moment.text for moment in rule.at),
        "until": "" if rule.until is None else rule.until.text,
        "earlier": "never" if rule.never_earlier else "",
        "repeat": "" if rule.repeat is None else duration_text(rule.repeat),
        "lead": "" if rule.lead is None else duration_text(rule.lead),
        "born_late": rule.born_late or "",
        "backlog": "tell" if rule.tell_backlog else "",
        "template": rule.template,
        "template by": _by_value(rule),
        "group": rule.group or "",
        "channels": ", ".join(rule.channels),
        "exit": rule.exit,
        "on_change": rule.on_change,
        "fallback_after": "" if rule.fallback_after is None else duration_text(rule.fallback_after),
        "merge": "" if rule.merges else "never",
        "replies": rule.confirm or "",
        "came_true": _all(rule.came_true),
        "limits": _limits(rule.limits),
        "approval": str(rule.approvals or ""),
        "duty": rule.duty or "",
        "holdout": _holdout(rule),
        "mode": "shadow" if rule.shadow else "live",
        "copy": ", ".join(rule.copies),
        "rescue": _rescue(rule.rescue),
        "follow_up": "; ".join(
            f"{_all(each.when) or f'on {each.on}'}: {each.template or ('owner' if each.tell_owner else 'nobody')}"
            for each in rule.follow_up
        ),
    }
    claims = {
        f"texts_see {claim.name}"
        if claim.seen
        else f"claim {claim.name}": f"{claim.text} ({claim.topic or claim.type})"
        for claim in rule.claims
    }
    return {**said, **claims}


def _steps_not_in(other: Rule, rule: Rule) -> str:
    """The steps of the rule's plan that the other one does not have."""
    theirs = {_step(step) for step in other.plan}
    return "; ".join(step for step in map(_step, rule.plan) if step not in theirs)


def _step(step: PlannedAction) -> str:
    within = "" if step.within is None else f" within {duration_text(step.within)}"
    return f"{step.do} ({step.owner}{within})"


def _rescue(rescue: Rescue | None) -> str:
    if rescue is None:
        return ""
    if not rescue.is_offered:
        return f"none because {rescue.none_because}"
    texts = [*rescue.admission.values(), *rescue.remedy.values()]
    by = "" if rescue.by is None else f" within {duration_text(rescue.by)}"
    return f"{'; '.join(texts)} ({rescue.decides}{by})"


def _by_value(rule: Rule) -> str:
    if rule.texts is None:
        return ""
    chosen = ", ".join(f"{value}: {name}" for value, name in sorted(rule.texts.templates.items()))
    return f"{rule.texts.by.text} ({chosen})"


def _holdout(rule: Rule) -> str:
    if (holdout := rule.holdout) is None:
        return ""
    share = f"{(holdout.share * 100).normalize():f} %"
    contacts = ", ".join(holdout.contacts)
    within = duration_text(holdout.within)
    return f"{holdout.name}: {share} until {holdout.until}, {contacts} within {within} ({holdout.decided_by})"


def _all(conditions: Sequence[Condition]) -> str:
    return "; ".join(" ".join(condition.text.split()) for condition in conditions)


def _limits(limits: Limits) -> str:
    said = []
    if limits.recipients is not None:
        said.append(f"{limits.recipients} recipients")
    if limits.share is not None:
        said.append(f"{(limits.share * 100).normalize():f} %")
    if limits.canary is not None:
        said.append(f"first {limits.canary.first}, then {duration_text(limits.canary.then_wait)}")
    return ", ".join(said)
