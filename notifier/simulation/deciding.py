"""What people decide in a scenario, carried out as the commands do: in one transaction, or refused with the reason."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.answers.records import Directory, NoticeFilter, records
from notifier.decisions.closing import Closing, Credit, Given
from notifier.decisions.contradictions import Acknowledge, Resolve, Waive
from notifier.decisions.decision import Decision, Signature, decide
from notifier.decisions.notices import Approve, Cancel, Release
from notifier.decisions.settling import ApproveSettling, Honour, TellFirst, Withdraw
from notifier.drafting.ruleset import Ruleset
from notifier.model.contradictions import HOLDING
from notifier.model.notices import UNSENT, NoticeState
from notifier.model.problems import Problem, ProblemsError
from notifier.rules.checked import Project
from notifier.rules.scenario_values import ScenarioDecision
from notifier.store.contradictions import ContradictionFilter, listed
from notifier.store.interventions import RefusedError

SOMEBODY = "somebody"
"""Who decides, where a scenario does not say it."""
_NOTICES: Mapping[str, Callable[[str], Decision[Any]]] = {"approve": Approve, "release": Release, "cancel": Cancel}
_WAITING = {"approve": (NoticeState.HELD,), "release": (NoticeState.HELD,), "cancel": UNSENT}


def carry_out(database: sa.Engine, ruleset: Ruleset, decision: ScenarioDecision, now: datetime, *, story: str) -> None:
    """Carry it out, for every notice that it fits. Raises ProblemsError where it is refused and should not be, is not
    refused and should be, or is refused in other words."""
    signature = Signature(by=decision.by or SOMEBODY, reason=decision.reason or story, now=now)
    try:
        with database.begin() as connection:
            for each in _decisions(connection, ruleset, decision):
                decide(connection, each, signature)
    except RefusedError as error:
        if decision.refused is None:
            raise _problem(decision, f"it is refused: {error}") from error
        if decision.refused not in str(error):
            raise _problem(decision, f"it is refused, but not with '{decision.refused}': {error}") from error
        return
    if decision.refused is not None:
        raise _problem(decision, f"it is not refused; '{decision.refused}' was to be said")


def _problem(decision: ScenarioDecision, what: str) -> ProblemsError:
    return ProblemsError([Problem(decision.place, what)])


def _decisions(connection: sa.Connection, ruleset: Ruleset, decision: ScenarioDecision) -> Sequence[Decision[Any]]:
    if decision.about_notice:
        return [_NOTICES[decision.do](name) for name in _references(connection, ruleset, decision)]
    return [_about(_contradiction(connection, decision), decision, ruleset.project)]


def _references(connection: sa.Connection, ruleset: Ruleset, decision: ScenarioDecision) -> Sequence[str]:
    """Those that wait for it; where none does, the latest, whose refusal says how it stands."""
    directory = Directory(defaults=ruleset.defaults, owners=ruleset.project.owners)
    wanted = NoticeFilter(rule=decision.rule, customer=decision.customer)
    found = [each.draft for each in records(connection, wanted, directory)]
    waiting = [draft for draft in found if draft.verdict.state in _WAITING[decision.do]]
    if not found:
        what = f"nothing of rule {decision.rule} was decided for customer {decision.customer} so far"
        raise _problem(decision, what)
    return [draft.reference for draft in waiting or found[:1]]


def _contradiction(connection: sa.Connection, decision: ScenarioDecision) -> str:
    """The one that is open or acknowledged, else the last of them."""
    found = listed(connection, ContradictionFilter(check=decision.check, subject=decision.subject))
    if not found:
        raise _problem(decision, f"check {decision.check} found nothing about {decision.subject} so far")
    return next((each.id for each in found if each.state in HOLDING), found[-1].id)


def _about(name: str, decision: ScenarioDecision, project: Project) -> Decision[Any]:
    def closing(command: str) -> Closing:
        needed = command in project.cause_needed_by
        return Closing(cause=decision.cause, action=decision.action, known=project.causes, needed=needed)

    credit = None if decision.credit is None else Credit(amount=decision.credit[0], currency=decision.credit[1])
    given = Given(credit=credit, authority=project.authority)
    match decision.do:
        case "ack":
            return Acknowledge(name)
        case "resolve":
            return Resolve(name, project.checks, project.schema, closing("resolve"))
        case "waive":
            return Waive(name, decision.until)
        case "honour":
            return Honour(name, closing("settle"), given, decision.owner, decision.until, project.owners)
        case "tell":
            rule = next((name for name, each in project.rules.items() if each.about == "admission"), None)
            return TellFirst(name, closing("settle"), given, decision.remedy, decision.next_step, decision.until, rule)
        case "withdraw":
            return Withdraw(name, closing("settle"), given, decision.evidence)
        case _:
            return ApproveSettling(name, project.authority)
