"""`kill -9` at the worst moments, again and again: nothing is lost, nothing that can be asked about comes twice."""

from notifier.model.types import ChannelName, NoticeClass
from tests.crash.faults import Fault, Point
from tests.crash.tally import tally
from tests.crash.world import World

DEATHS = 5
"""At each point."""
SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL
FAULTS = [
    # An evaluation writes the notices of a batch, then their messages; one rule has a batch, then the other.
    *(Fault(point=Point.EVALUATING, turn=1 + turn % 4) for turn in range(DEATHS)),
    *(Fault(point=Point.CLAIMED, turn=1 + turn % 2) for turn in range(DEATHS)),
    *(Fault(point=Point.CALLING, channel=SMS, turn=1 + turn) for turn in range(DEATHS)),
    *(Fault(point=Point.ACCEPTED, channel=SMS, turn=1 + turn) for turn in range(DEATHS)),
    *(Fault(point=Point.ACCEPTED, channel=EMAIL, turn=1 + turn) for turn in range(DEATHS)),
    *(Fault(point=Point.RECORDED, channel=SMS, turn=1 + turn) for turn in range(DEATHS)),
    *(Fault(point=Point.RECORDED, channel=EMAIL, turn=1 + turn) for turn in range(DEATHS)),
]


def test_thirty_five_deaths_lose_nothing_and_double_no_sms(world: World) -> None:
    for fault in FAULTS:
        world.book(3, {NoticeClass.SERVICE: 1, NoticeClass.SAFETY: 1})
        world.die(fault)
    world.settle()
    counted = tally(world)
    print(f"\n{world.database.dialect.name}:\n{counted.table()}")  # noqa: T201  # the issue asks for the figures

    assert counted.deaths == dict.fromkeys([Point.EVALUATING, Point.CLAIMED, Point.CALLING], DEATHS) | dict.fromkeys(
        [Point.ACCEPTED, Point.RECORDED], 2 * DEATHS
    )
    assert (counted.untold, counted.without_id) == (0, 0)
    assert counted.lost == {SMS: frozenset(), EMAIL: frozenset()}
    assert counted.doubled[SMS] == frozenset()
    # Nobody can ask an SMTP server what it took, so what it took unanswered is a matter of the class:
    assert counted.doubled[EMAIL] <= counted.in_hand & counted.safety
    assert counted.waiting <= counted.claimed - counted.safety
    assert counted.doubled[EMAIL], "no safety mail was taken by the server and sent again: the deaths came too late"
    assert counted.waiting, "no mail was taken by the server and not answered: the deaths came too late"
