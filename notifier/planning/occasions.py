"""Why a notice is told now, as the first part of its reason."""

from notifier.model.instants import minute_text
from notifier.model.notices import NoticeKind, ThreadEvent
from notifier.planning.case import Case


def occasion_of(case: Case) -> str:
    """Why it is told now."""
    rule, intent, now = case.rule, case.intent, case.circumstances.now
    if intent.instead_of is not None:
        return f"what {intent.instead_of.reference} told did not arrive"
    told = "what was told" if intent.told is None else f"what {intent.told.reference} told"
    match intent.event:
        case ThreadEvent.REINSTATED:
            return f"{told} is true again" if intent.told else "what the rule says is true again"
        case ThreadEvent.REASSIGNED:
            return f"{told} is no longer about the customer's own"
        case ThreadEvent.DELETED:
            return f"{told} is about what is deleted"
    match intent.kind:
        case NoticeKind.CORRECTION:
            return f"corrects {intent.told.reference}" if intent.told else "corrects"
        case NoticeKind.FOLLOW_UP:
            return f"follows up {intent.told.reference}" if intent.told else "follows up"
        case _ if rule.at:
            moment = rule.at[intent.match.ordinal].text
            if intent.match.at is not None and intent.match.at > now:
                return f"{moment} ({minute_text(intent.match.at)}), told before, for hours are closed then"
            return moment if intent.match.at is None else f"{moment} ({minute_text(intent.match.at)})"
        case _:
            return "what the rule says is true"
