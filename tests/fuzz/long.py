"""By hand: a million bad inputs. `python -m tests.fuzz.long --inputs 1000000`, or one kind: `--only imports`.

It goes on after a fault, and tells each kind of fault once, with the shortest input that shows it.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from notifier.store.database import open_engine
from notifier.store.migrating import migrate
from tests.fuzz.judges import Judge, judges
from tests.support.parsing import share_what_is_parsed

SHARES = {"conditions": 0.84, "rules": 0.02, "templates": 0.03, "maps": 0.05, "imports": 0.06}
"""How many of the inputs are of each kind: those that cost least are tried most."""


class Faults:
    """What went wrong, by where it did."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._shortest: dict[str, tuple[int, str, str]] = {}

    def add(self, seed: int, bad: str, error: BaseException) -> None:
        """Counts one more; of each kind the shortest input is kept."""
        frames = traceback.extract_tb(error.__traceback__)
        last = next((frame for frame in reversed(frames) if "/notifier/" in frame.filename), frames[-1])
        where = f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno} of {last.filename}:{last.lineno}"
        self.counts[where] += 1
        if where not in self._shortest or len(bad) < len(self._shortest[where][1]):
            self._shortest[where] = (seed, bad, str(error)[:300])

    def told(self) -> str:
        """All of them."""
        lines = []
        for where, (seed, bad, what) in self._shortest.items():
            lines.append(f"  {self.counts[where]} times: {where}\n    {what!r}\n    seed {seed}: {bad[:400]!r}\n")
        return "".join(lines)


def run(kind: str, judge: Judge, inputs: int, first: int) -> bool:
    """Tries inputs of one kind and says what came of them; whether all went well."""
    faults, taken, began = Faults(), 0, time.process_time()
    for seed in range(first, first + inputs):
        bad = judge.mutations.of(seed)
        try:
            taken += judge.judge(bad)
        except Exception as error:  # noqa: BLE001 - any exception is what this looks for
            faults.add(seed, bad, error)
    each = (time.process_time() - began) / max(inputs, 1) * 1_000
    wrong = faults.counts.total()
    sys.stdout.write(
        f"{kind}: {inputs:,} inputs from seed {first}, {taken:,} taken, {inputs - taken - wrong:,} refused, "
        f"{wrong:,} faults; {each:.1f} ms each\n{faults.told()}"
    )
    sys.stdout.flush()
    return not wrong


def main() -> int:
    """Exit code 1 where anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.long", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=1_000_000, help="of all kinds together")
    parser.add_argument("--only", choices=SHARES, action="append", help="only this kind")
    parser.add_argument("--first", type=int, help="the first seed; a random one without it")
    asked = parser.parse_args()
    share_what_is_parsed()
    first = random.randrange(2**48) if asked.first is None else asked.first
    with tempfile.TemporaryDirectory() as folder:
        migrated = Path(folder) / "notifier.db"
        engine = open_engine(f"sqlite:///{migrated}")
        migrate(engine)
        engine.dispose()
        with judges(migrated) as each:
            kinds = asked.only or list(SHARES)
            well = [run(kind, each[kind], int(asked.inputs * SHARES[kind]), first) for kind in kinds]
            return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
