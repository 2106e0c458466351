"""The steps of a timeline beside its rows: opt-outs, decisions of people, edits of files, instants."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifier.model.durations import parse_duration
from notifier.model.problems import did_you_mean, one_of
from notifier.model.types import ChannelName, TopicType
from notifier.model.values import parse_value
from notifier.rules import catalogue, shapes
from notifier.rules.checked import Project
from notifier.rules.fields import Fields
from notifier.rules.file_set import read_file_set
from notifier.rules.findings import Findings
from notifier.rules.scenario_values import RuleEdit, ScenarioDecision, ScenarioOptOut
from notifier.rules.settling_files import amount
from notifier.rules.yaml_nodes import Node

_TAKES = {
    "waive": ("until",),
    "resolve": ("cause", "action"),
    "honour": ("until", "owner", "cause", "action", "credit"),
    "tell": ("until", "remedy", "next", "cause", "action", "credit"),
    "withdraw": ("evidence", "cause", "action", "credit"),
}
"""The keys that a decision takes beside what it is about, by whom, why, and whether it is refused."""
_OF_SOME = ("until", "owner", "remedy", "next", "evidence", "credit", "cause", "action")
_NEEDED = {"honour": ("owner", "until"), "tell": ("remedy", "next"), "withdraw": ("evidence",)}
FURTHEST = timedelta(days=366)
"""A clock that is wrong by more than a year is a slip of the pen."""


def instant(text: str) -> datetime:
    """`2026-03-02T09:00:00-05:00` as aware UTC. Raises ValueError."""
    value = parse_value(TopicType.TIMESTAMP, text)
    assert isinstance(value, datetime)
    return value


def skew(text: str) -> timedelta:
    """`2h`, `-15m`, `0s`. Raises ValueError, also for more than a year."""
    value = parse_duration(text)
    if abs(value) > FURTHEST:
        raise ValueError(f"'{text}' is more than a year; a clock is ahead by hours or days: 2h")
    return value


def read_opt_out(item: Node, findings: Findings) -> ScenarioOptOut | None:
    """One item of `opt_out`."""
    fields = Fields(item, shapes.SCENARIO_OPT_OUT, findings)
    customer, channel = fields.text("customer"), fields.text("channel")
    if not (customer and channel):
        return None
    return ScenarioOptOut(place=item.place, customer=customer, channel=ChannelName(channel))


def read_decision(item: Node, project: Project, findings: Findings) -> ScenarioDecision | None:
    """One item of `decide`; its problems say what is missing, and which keys say nothing there."""
    fields = Fields(item, shapes.SCENARIO_DECISION, findings)
    rule = fields.reference("rule", project.rules, "rule", "the project")
    check = fields.reference("check", project.checks, "check", "the project")
    owner = fields.reference("owner", project.owners, "owner", catalogue.OWNERS)
    cause = fields.reference("cause", project.causes, "cause", catalogue.CAUSES) or None
    until, credit = fields.converted("until", instant), fields.converted("credit", amount)
    do = fields.text("do")
    if not do:
        return None
    read = ScenarioDecision(
        place=item.place,
        do=do,
        rule=rule,
        customer=fields.text("customer"),
        check=check,
        subject=fields.text("subject"),
        by=fields.text("by"),
        reason=fields.text("reason"),
        until=until,
        owner=owner,
        remedy=fields.text("remedy"),
        next_step=fields.text("next"),
        evidence=fields.text("evidence"),
        credit=credit,
        cause=cause,
        action=fields.optional_text("action"),
        refused=fields.optional_text("refused"),
    )
    about, other = ("rule", "customer"), ("check", "subject")
    if not read.about_notice:
        about, other = other, about
    for key in about:
        if key not in fields:
            findings.add(item.place, f"'{do}' is about a {_object(read)}: say its {_and(about)}")
            break
    taken = _TAKES.get(do, ())
    for key in (*other, *(name for name in _OF_SOME if name not in taken)):
        if key in fields:
            also = f"it may have {one_of((*about, *taken, 'by', 'reason', 'refused'))}"
            findings.add(fields.key_place(key), f"'{key}' says nothing of '{do}'; {also}")
    for key in _NEEDED.get(do, ()):
        if key not in fields and read.refused is None:
            findings.add(item.place, f"'{do}' needs '{key}', as the command does")
    return read


def _object(read: ScenarioDecision) -> str:
    return "notice" if read.about_notice else "contradiction"


def _and(names: Sequence[str]) -> str:
    return " and its ".join(names)


def read_edit(item: Node, project: Project, findings: Findings) -> RuleEdit | None:
    """One item of `rule_edit`; whether the text stands in the file is seen when the story comes to it."""
    fields = Fields(item, shapes.RULE_EDIT, findings)
    file, old, new = fields.scalar("file"), fields.text("replace"), fields.text("with")
    if file is None or not old:
        return None
    known = sorted(read_file_set(project.folder).files)
    if file.text not in known:
        remedy = did_you_mean(file.text, known) or "; name it from the project's folder: rules/telco/billing.yaml"
        findings.add(file.place, f"the project has no file '{file.text}'{remedy}")
        return None
    return RuleEdit(place=item.place, file=file.text, old=old, new=new)
