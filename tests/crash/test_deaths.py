"""`kill -9` at the worst moments, again and again: nothing is lost, nothing that can be asked about comes twice."""

from collections.abc import Iterator, Mapping

from notifier.model.types import ChannelName, NoticeClass
from tests.crash.faults import Fault, Point
from tests.crash.tally import tally
from tests.crash.world import CrashWorld

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL
SERVICE, SAFETY = NoticeClass.SERVICE, NoticeClass.SAFETY
DEATHS = {Point.EVALUATING: 5, Point.CLAIMED: 5, Point.CALLING: 2, Point.ACCEPTED: 9, Point.RECORDED: 6}


def faults() -> Iterator[tuple[Fault, Mapping[NoticeClass, int]]]:
    """Each death, and the visits that each of three customers books before it."""
    both = {SERVICE: 1, SAFETY: 1}
    for turn in range(1, 6):
        # An evaluation writes the notices of a batch, then their messages; one rule has a batch, then the other.
        yield Fault(point=Point.EVALUATING, turn=1 + turn % 4), both
        yield Fault(point=Point.CLAIMED, turn=1 + turn % 2), both
        yield Fault(point=Point.ACCEPTED, channel=SMS, turn=turn), both
    for turn in range(1, 4):
        yield Fault(point=Point.RECORDED, channel=SMS, turn=turn), both
        yield Fault(point=Point.RECORDED, channel=EMAIL, turn=turn), both
    for turn in range(1, 3):
        yield Fault(point=Point.CALLING, channel=SMS, turn=turn), both
        yield Fault(point=Point.ACCEPTED, channel=EMAIL, turn=turn), {SERVICE: 2}
        yield Fault(point=Point.ACCEPTED, channel=EMAIL, turn=turn), {SAFETY: 2}


def test_deaths_at_every_point_lose_nothing_and_double_no_sms(world: CrashWorld) -> None:
    for fault, classes in faults():
        world.book(3, classes)
        world.die(fault)
    world.settle()
    counted = tally(world)
    print(f"\n{world.database.dialect.name}:\n{counted.table()}")  # noqa: T201  # the issue asks for the figures

    assert counted.deaths == DEATHS
    assert (counted.untold, counted.without_id) == (0, 0)
    assert counted.lost == {SMS: frozenset(), EMAIL: frozenset()}
    assert (counted.doubled[SMS], counted.overtaken[SMS]) == (frozenset(), 0)
    # Nobody can ask an SMTP server what it took, so what it took unanswered is a matter of the class:
    assert counted.doubled[EMAIL] <= counted.in_hand & counted.safety
    assert counted.waiting <= counted.in_hand - counted.safety
    assert counted.doubled[EMAIL], "no safety mail was taken by the server and sent again: the deaths came too late"
    assert counted.waiting, "no mail was taken by the server and not answered: the deaths came too late"
