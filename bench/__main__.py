"""`python -m bench [SECTION …]`: measures, prints a table of ratios, and stores it as JSON."""

import argparse
import gc
import logging
import sys
import time
from pathlib import Path

import structlog

from bench.harness import Bench, Result
from bench.report import environment, table, write_json, write_page
from bench.sections import BY_NAME, load, names
from bench.state import DATA, States
from notifier.cli.main import GARBAGE
from notifier.model.zones import prefer_package

FULL, QUICK = 1.0, 0.1
"""Scales: a million orders, and a hundred thousand."""
QUICK_TAKES = "about 10 minutes"
QUICK_TAKES_AT_FIRST = "about 12 minutes: it makes its state first, and keeps it"
"""On two cores: nine sections took 6 min 12 s, and a replay had not ended 100 s later. The state took 130 s."""


def main() -> int:
    """Run the wanted sections; 0 whatever the figures are: they are measured, not asserted."""
    arguments = _arguments()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    gc.set_threshold(*GARBAGE)  # for both sides: the setting of all our commands
    prefer_package()
    started = time.perf_counter()
    results: list[Result] = []
    with States(arguments.data, with_postgres=not arguments.sqlite_only) as states:
        scale = arguments.scale or (QUICK if arguments.quick else FULL)
        if arguments.quick and scale == QUICK and not arguments.sections:
            takes = QUICK_TAKES if states.are_kept(scale) else QUICK_TAKES_AT_FIRST
            print(f"… the quick benchmark takes {takes}", file=sys.stderr)
        bench = Bench(states=states, scale=scale, quick=arguments.quick, rounds=arguments.rounds)
        for name in arguments.sections or [each for each in names() if each not in BY_NAME]:
            before, began = len(results), time.perf_counter()
            for result in load(name)(bench):
                print(table([result], header=not results), flush=True)
                results.append(result)
            print(f"… {name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
            # After each section: its figures are kept even if the next one fails.
            known = environment(bench, time.perf_counter() - started)
            path = write_json(states.data, known, bench, results)
            if arguments.write:
                write_page(known, bench, results[before:])
    print("\n".join(["", *bench.notes, *known.lines()]))
    for title, lines in bench.profiles.items():
        print(f"\n{title}\n{lines}")
    print(f"\nkept in {path}", file=sys.stderr)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    only = f"only where it is named: {', '.join(BY_NAME)}"
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"{', '.join(names())}; {only}")
    parser.add_argument("--quick", action="store_true", help=f"a state of {QUICK:g} times the size")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side runs, in turns")
    parser.add_argument("--scale", type=float, help="another size of the state; 1 is a million orders")
    parser.add_argument("--sqlite-only", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--data", type=Path, default=DATA, help="where states are kept between runs")
    parser.add_argument("--write", action="store_true", help="put the results into docs/performance.md")
    arguments = parser.parse_args()
    if unknown := set(arguments.sections) - set(names()):
        parser.error(f"there is no section {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
