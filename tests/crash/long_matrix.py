"""By hand: the matrix of deaths again and again; prints what became of everything.

    python -m tests.crash.long_matrix --database postgresql --rounds 9

Each round dies every death of the matrix in another order, with one to three customers, at the first or second turn of
its point. A round has a world of its own. Exit code 1 where anything was lost, or an SMS doubled.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.crash.long import database
from tests.crash.matrix import Death, deaths
from tests.crash.points import Call
from tests.crash.tally import Tally, tally
from tests.crash.world import open_world
from tests.support.rig import NOW

MOST_CUSTOMERS = 3


def varied(death: Death, draw: random.Random) -> tuple[Death, int]:
    """The death at another turn, and how many customers book before it."""
    customers = draw.randint(1, MOST_CUSTOMERS)
    turn = draw.randint(1, customers) if death.fault.point.step is Call.SEND else 1
    return Death(fault=replace(death.fault, turn=turn), course=death.course), customers


def run_round(kind: str, draw: random.Random) -> Tally:
    """Every death once, on a database of its own."""
    folder = Path(tempfile.mkdtemp(prefix="notifier-matrix-"))
    matrix = list(deaths())
    draw.shuffle(matrix)
    with database(kind, folder) as url, open_world(folder, url) as world:
        world.clock.set(NOW)
        for death in matrix:
            varied_death, customers = varied(death, draw)
            varied_death.course.book(world, customers)
            world.die(varied_death.fault, varied_death.course.jobs)
        world.settle()
        return tally(world)


def main() -> int:
    """Runs it as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    counts: Counter[str] = Counter()
    broken: list[str] = []
    began = time.monotonic()
    for number in range(chosen.rounds):
        counted = run_round(chosen.database, random.Random(chosen.seed + number))
        counts["deaths"] += sum(counted.deaths.values())
        counts["notices"] += counted.notices
        counts["messages that arrived"] += sum(counted.sent.values())
        broken += [f"seed {chosen.seed + number}: {fault}" for fault in counted.faults()]
        sys.stdout.write(f"seed {chosen.seed + number}:\n{counted.table()}\n")
        sys.stdout.flush()
    said = ", ".join(f"{count} {what}" for what, count in counts.items())
    sys.stdout.write(f"{chosen.database}: {said}, {time.monotonic() - began:.0f} s\n")
    sys.stdout.write("\n".join(broken or ["nothing was lost, no SMS came twice"]) + "\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
