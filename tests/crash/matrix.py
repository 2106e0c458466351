"""The matrix of deaths: every point at which a process may die, by channel, and what leads a process there.

Points come from the states (`notifier.model.transitions`), the other commits and the calls (`tests.crash.points`). What
leads to each move stands here; a move that no process makes has the reason why.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from notifier.model.notices import MessageState
from notifier.model.types import USUAL_CHANNELS, ChannelName, NoticeClass
from tests.crash.faults import Fault
from tests.crash.points import EVALUATING, Call, Move, Point, Side, Step, Write, moves
from tests.crash.worker import Job
from tests.crash.world import CrashWorld

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL
QUEUED, SENDING, UNKNOWN = MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN
FAILED, CANCELLED = MessageState.FAILED, MessageState.CANCELLED

Befall = Callable[[CrashWorld, int], None]
"""Something happens to the customer of this number."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """What leads a process to a step: a customer books, and something happens."""

    befalls: Befall | None = None
    """Before anything is planned: a provider is going to fail."""
    changes: Befall | None = None
    """After another process planned the notice, and before the one that is going to die begins."""
    jobs: Collection[Job] = tuple(Job)
    """What the one that is going to die does."""
    notice_class: NoticeClass = NoticeClass.SERVICE
    channels: Collection[ChannelName] = USUAL_CHANNELS
    """On which the customer can be reached."""

    def book(self, world: CrashWorld, customers: int) -> None:
        numbers = range(world.customers, world.customers + customers)
        world.book(customers, {self.notice_class: 1}, self.channels)
        for number in numbers:
            if self.befalls is not None:
                self.befalls(world, number)
        if self.changes is not None:
            world.plan()
            for number in numbers:
                self.changes(world, number)


def loses(kind: str, world: CrashWorld, number: int, **options: Any) -> None:
    """The answer to the customer's SMS is lost."""
    world.twilio.fault(kind, to=world.phone(number), **options)


def list_fails(world: CrashWorld, number: int) -> None:
    loses("accept_then_reset", world, number)
    world.twilio.fault("answer", on="list", to=world.phone(number), status=500, code=20500)


def mail_is_lost(kind: str, world: CrashWorld, number: int) -> None:
    """Nobody knows whether the mail was taken."""
    world.smtp.fault(kind, to=world.email(number))
    world.uncertain.add(world.email(number))


def sms_is_refused(world: CrashWorld, number: int) -> None:
    world.twilio.fault("answer", to=world.phone(number), status=400, code=21614)
    world.refused.add(world.phone(number))


def sms_fails_later(world: CrashWorld, number: int) -> None:
    loses("accept_then_reset", world, number, status_later="failed", code_later=30006)
    world.refused.add(world.phone(number))


def mail_is_refused(world: CrashWorld, number: int) -> None:
    world.smtp.fault("reject", to=world.email(number), code="550 5.1.1")
    world.refused.add(world.email(number))


def busy_sms(world: CrashWorld, number: int) -> None:
    world.twilio.fault("reject_429", to=world.phone(number), retry_after=1)


def busy_mail(world: CrashWorld, number: int) -> None:
    world.smtp.fault("reject", to=world.email(number), code="451 4.3.2")


def account_is_refused(world: CrashWorld, number: int) -> None:
    """The provider takes nothing from us, for once."""
    world.twilio.fault("answer", to=world.phone(number), status=401, code=20003)


def rules_are_edited(world: CrashWorld, number: int) -> None:
    """A person saves a rule file; nothing that it says is new."""
    path = world.folder / "rules/visits.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n# {number}\n", encoding="utf-8")


PLAIN = Course()
HALTED = Course(befalls=account_is_refused)
EDITED = Course(befalls=rules_are_edited)
LOST_SMS = Course(befalls=partial(loses, "accept_then_reset"))
LOST_MAIL = Course(befalls=partial(mail_is_lost, "close_after_data"))
ASKED_MAIL = Course(befalls=partial(mail_is_lost, "close_after_data"), notice_class=NoticeClass.SAFETY)
"""Of other classes a person is asked."""
WITHDRAWN = CrashWorld.withdraw

OF_WRITE = {Write.HALT: HALTED, Write.RULES: EDITED}
LEADS: Mapping[tuple[Move, ChannelName], Course] = {
    **{(Move(QUEUED, SENDING), channel): PLAIN for channel in USUAL_CHANNELS},
    **{(Move(SENDING, MessageState.ACCEPTED), channel): PLAIN for channel in USUAL_CHANNELS},
    **{
        (Move(QUEUED, CANCELLED), channel): Course(changes=WITHDRAWN, jobs=[Job.EVALUATE]) for channel in USUAL_CHANNELS
    },
    **{
        # Of two channels the one that looks first cancels what the other has queued.
        (Move(SENDING, CANCELLED), channel): Course(changes=WITHDRAWN, jobs=[Job.DISPATCH], channels=[channel])
        for channel in USUAL_CHANNELS
    },
    (Move(SENDING, QUEUED), SMS): Course(befalls=busy_sms),
    (Move(SENDING, QUEUED), EMAIL): Course(befalls=busy_mail),
    (Move(SENDING, UNKNOWN), SMS): LOST_SMS,
    (Move(SENDING, UNKNOWN), EMAIL): LOST_MAIL,
    (Move(SENDING, FAILED), SMS): Course(befalls=sms_is_refused),
    (Move(SENDING, FAILED), EMAIL): Course(befalls=mail_is_refused),
    (Move(UNKNOWN, MessageState.ACCEPTED), SMS): LOST_SMS,
    (Move(UNKNOWN, QUEUED), SMS): Course(befalls=partial(loses, "reset")),
    (Move(UNKNOWN, QUEUED), EMAIL): Course(
        befalls=partial(mail_is_lost, "close_in_data"), notice_class=NoticeClass.SAFETY
    ),
    (Move(UNKNOWN, FAILED), SMS): Course(befalls=sms_fails_later),
    (Move(UNKNOWN, UNKNOWN), SMS): Course(befalls=list_fails),
    (Move(UNKNOWN, UNKNOWN), EMAIL): ASKED_MAIL,
}
"""What leads a process to each move."""

NOT_TRIED: Mapping[tuple[Move, ChannelName], str] = {
    **{
        (Move(old, new), channel): "the receipt is in the same commit, and is said again without it: tests/receipts"
        for old, new in (
            (MessageState.ACCEPTED, MessageState.DELIVERED),
            (MessageState.ACCEPTED, MessageState.UNDELIVERED),
            (MessageState.DELIVERED, MessageState.UNDELIVERED),
        )
        for channel in USUAL_CHANNELS
    },
    (Move(QUEUED, MessageState.ACCEPTED), SMS): "an answer that is a minute late: tests/sending/test_other_clocks.py",
    (Move(QUEUED, MessageState.ACCEPTED), EMAIL): "no answer of a mail server is waited for after it was given up",
    (Move(UNKNOWN, MessageState.ACCEPTED), EMAIL): "a mail server cannot be asked: a person says it",
    (Move(UNKNOWN, FAILED), EMAIL): "a mail server cannot be asked",
}
"""Why no process makes these, or none dies of them here."""


@dataclass(frozen=True, kw_only=True)
class Death:
    """One cell of the matrix."""

    fault: Fault
    course: Course

    def __str__(self) -> str:
        return str(self.fault)


def deaths() -> Iterator[Death]:
    """Every cell, once."""
    for (move, channel), course in LEADS.items():
        yield from _both_sides(move, channel, course)
    for channel, lost in ((SMS, LOST_SMS), (EMAIL, ASKED_MAIL)):
        yield from _both_sides(Write.CALL, channel, PLAIN)
        yield from _both_sides(Call.SEND, channel, PLAIN)
        yield from _both_sides(Call.FIND, channel, lost)
    for write in (each for each in Write if each is not Write.CALL):
        yield from _both_sides(write, None, OF_WRITE.get(write, PLAIN))
    yield Death(fault=Fault(point=EVALUATING), course=PLAIN)


def moves_without_a_course() -> set[tuple[Move, ChannelName]]:
    """Those of the states' table that neither lead anywhere here nor have a reason."""
    return {(move, channel) for move in moves() for channel in USUAL_CHANNELS} - LEADS.keys() - NOT_TRIED.keys()


def _both_sides(step: Step, channel: ChannelName | None, course: Course) -> Iterator[Death]:
    for side in (Side.BEFORE, Side.AFTER):
        yield Death(fault=Fault(point=Point(step, side), channel=channel), course=course)
