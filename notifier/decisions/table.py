"""Everything that people can decide. A test holds that each has its command, and that no command decides otherwise."""

from typing import Any

from notifier.decisions.actions import CloseAction, DropAction, MoveAction, OpenAction
from notifier.decisions.backlog import Drop, Tell
from notifier.decisions.consent import ImportRegister, SetConsent
from notifier.decisions.contradictions import Acknowledge, KeepFact, Resolve, Waive
from notifier.decisions.customers import Forget, Readmit
from notifier.decisions.decision import Decision
from notifier.decisions.groups import ApproveForGroup, ForGroup
from notifier.decisions.notices import Approve, ApproveAll, ApproveForFlood, Cancel, Release
from notifier.decisions.promises import AddPromise, WithdrawPromise
from notifier.decisions.reasons import ConfirmReasons
from notifier.decisions.settling import ApproveSettling, Honour, TellFirst, Withdraw
from notifier.decisions.suppressions import Lift
from notifier.decisions.unknown_messages import Arrived, Resend

DECISIONS: tuple[type[Decision[Any]], ...] = (
    AddPromise,
    WithdrawPromise,
    Acknowledge,
    Resolve,
    KeepFact,
    Waive,
    Honour,
    TellFirst,
    Withdraw,
    ApproveSettling,
    ForGroup,
    ApproveForGroup,
    OpenAction,
    CloseAction,
    MoveAction,
    DropAction,
    Approve,
    ApproveAll,
    ApproveForFlood,
    Release,
    Cancel,
    Arrived,
    Resend,
    Lift,
    ConfirmReasons,
    SetConsent,
    ImportRegister,
    Forget,
    Readmit,
    Tell,
    Drop,
)
