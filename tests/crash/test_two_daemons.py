"""Two processes of the daemon on one PostgreSQL share the work, and one finishes what the other died of."""

from notifier.model.types import ChannelName, NoticeClass
from tests.crash.faults import Fault
from tests.crash.points import ACCEPTED, EVALUATING
from tests.crash.tally import tally
from tests.crash.worker import Life
from tests.crash.world import CrashWorld

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL
NONE = {SMS: frozenset[str](), EMAIL: frozenset[str]()}


def accepted(life: Life) -> int:
    """How many messages this process handed over, as it said itself."""
    return life.log.read_text().count('"message.accepted"')


def test_they_share_the_sending_and_keep_the_order_of_each_address(postgres_world: CrashWorld) -> None:
    world = postgres_world
    world.book(70, {NoticeClass.SERVICE: 2, NoticeClass.SAFETY: 1})
    one, other = world.begin(), world.begin()
    world.watch(one, other)
    world.end(one)
    world.end(other)

    counted = tally(world)
    print(f"\n{counted.table()}")  # noqa: T201  # the issue asks for the figures
    assert (counted.notices, counted.untold, counted.without_id) == (210, (), 0)
    assert (counted.lost, counted.doubled, counted.overtaken) == (NONE, NONE, {SMS: 0, EMAIL: 0})
    shares = [accepted(life) for life, _ in world.lives]
    assert min(shares) > 0
    assert sum(shares) == len(world.messages())


def test_one_finishes_what_others_died_of(postgres_world: CrashWorld) -> None:
    world = postgres_world
    faults = (Fault(point=EVALUATING, turn=2), Fault(point=ACCEPTED, channel=SMS, turn=20))
    doomed = [world.begin(fault) for fault in faults]
    survivor = world.begin()
    # Chance decides who evaluates and who claims, so there is more to do until either death has come.
    for _ in world.waiting(survivor):
        left = world.left()
        if left.unplanned == left.claimable == 0:
            if world.booked >= 100 and all(process.exitcode is not None for process in doomed):
                break
            world.book(25, {NoticeClass.SERVICE: 1, NoticeClass.SAFETY: 1})
    for process, fault in zip(doomed, faults, strict=True):
        world.mourn(process, fault)
    world.watch(survivor)
    world.end(survivor)

    counted = tally(world)
    print(f"\n{counted.table()}")  # noqa: T201  # the issue asks for the figures
    assert counted.notices >= 100
    assert (counted.untold, counted.without_id) == ((), 0)
    assert (counted.lost, counted.doubled[SMS]) == (NONE, frozenset())
    assert counted.doubled[EMAIL] <= counted.in_hand & counted.safety
