"""By hand: what `make test` looks at, looked at for longer. `make long`, or a part: `make long PARTS="oracle deaths"`.

Each part prints its command first, so that it can be run again by itself, and at the end there is a line for each.
Everything together takes about two hours on two cores. Exit code 1 where a part failed.
"""

import argparse
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

PYTEST = "-m pytest -n 2 -q"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One long run."""

    about: str
    words: str
    """For Python."""
    variables: Mapping[str, str] = field(default_factory=dict)

    def shown(self) -> str:
        """As a person would type it."""
        return " ".join(
            [*(f"{name}={value}" for name, value in self.variables.items()), ".venv/bin/python", self.words]
        )

    def run(self) -> bool:
        """Whether it went well."""
        command = [sys.executable, *shlex.split(self.words)]
        return subprocess.run(command, env=os.environ | self.variables, check=False).returncode == 0


PARTS: Mapping[str, Part] = {
    "histories": Part(
        about="3,000 random histories: a full pass finds nothing that the ticks did not",
        words=f"{PYTEST} tests/properties tests/promises/test_incremental.py",
        variables={"NOTIFIER_TEST_HISTORIES": "3000"},
    ),
    "oracle": Part(
        about="16,000 random conditions mean in SQL what they mean in CEL",
        words=f"{PYTEST} tests/evaluation/test_oracle.py",
        variables={"NOTIFIER_TEST_CONDITIONS": "16000"},
    ),
    "bad-inputs": Part(
        about="a million bad inputs to rules, conditions, templates, maps and imports: an error or a right result",
        words="-m tests.fuzz.long --inputs 1000000",
    ),
    "wire": Part(
        about="each shipped check, too, says in another process what its preview said, to the byte",
        words=f"{PYTEST} tests/wire/test_byte_for_byte.py",
        variables={"NOTIFIER_TEST_CHECKS_APART": "1"},
    ),
    "cluster": Part(
        about="four daemons that share one timetable, killed, stopped and with wrong clocks, while PostgreSQL crashes",
        words="-m tests.crash.long --database postgresql --driver procrastinate --processes 4 --deaths 20 "
        "--messages 400 --skew 5 --crashes 5",
    ),
    "evaluators": Part(
        about="two processes that share passes, in 300 orders of their transactions, killed and standing still",
        words=f"{PYTEST} tests/tick/test_shared_pass.py",
        variables={"NOTIFIER_TEST_ORDERS": "300"},
    ),
    "evaluators-hard": Part(
        about="24 random histories under the hardest rules, decided by two such processes and by one: equal",
        words="-m tests.properties.two_evaluators --hard --histories 24",
    ),
    "portions": Part(
        about="three daemons that share each pass, killed, stopped for longer than their leases and with wrong clocks",
        words="-m tests.crash.long --database postgresql --portions --processes 3 --deaths 30 --messages 1200 --skew 5",
    ),
    "upgrade": Part(
        about="four daemons are replaced by those of a version to come, one after the other, and one goes back",
        words="-m tests.crash.upgrade",
    ),
    "machines": Part(
        about="four daemons in network namespaces (as root) lose their lives, time, network and server",
        words="-m tests.crash.machines",
    ),
    "soak": Part(
        about="five minutes of a daemon for which time runs 168 times as fast, while everything around it fails",
        words="-m tests.crash.soak --database postgresql --minutes 5 --days 0.58",
    ),
    "site": Part(
        about="the documents as a site: no warning, and nothing in it is loaded from outside",
        words="-m tests.docs.site",
    ),
    "mutants": Part(
        about="each clause of the shipped rules, negated and left out, fails a scenario",
        words=f"{PYTEST} tests/scenarios/test_negated_clauses.py",
        variables={"NOTIFIER_TEST_MUTANTS": "1"},
    ),
    "starts": Part(
        about="a rule about each kind of row, and a README in each language, followed to the letter",
        words=f"{PYTEST} tests/starter tests/cli/test_init.py tests/cli/test_new_rule.py",
        variables={"NOTIFIER_TEST_STARTS": "1"},
    ),
    "wheel": Part(
        about="a wheel in a new environment: each pack in both languages, from nothing to the first notice",
        words="-m tests.starter.long",
    ),
    "olist": Part(
        about="two years of real orders, played twice: every figure of docs/examples/olist",
        words="-m tests.mission.olist_figures",
    ),
    "deaths": Part(
        about="2,000 messages, 60 deaths, on SQLite",
        words="-m tests.crash.long --database sqlite --messages 2000 --deaths 60",
    ),
    "matrix-sqlite": Part(
        about="more than 500 deaths, before and after each commit and call, on SQLite",
        words="-m tests.crash.long_matrix --database sqlite --rounds 9",
    ),
    "matrix-postgresql": Part(
        about="the same on PostgreSQL",
        words="-m tests.crash.long_matrix --database postgresql --rounds 9",
    ),
    "two-daemons": Part(
        about="2,000 messages, 60 deaths, two daemons on PostgreSQL",
        words="-m tests.crash.long --database postgresql --messages 2000 --deaths 60",
    ),
}


def main() -> int:
    """Runs the parts that the command line names, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.long", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; without one, all of them")
    parser.add_argument("--list", action="store_true", help="say what each part is, and run none")
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    results = []
    for name in chosen.parts or PARTS:
        part = PARTS[name]
        sys.stdout.write(f"{name}: {part.about}\n  {part.shown()}\n")
        sys.stdout.flush()
        if not chosen.list:
            began = time.monotonic()
            well = part.run()
            results.append((well, f"{'well' if well else 'FAILED':6} {time.monotonic() - began:6.0f} s  {name}"))
    sys.stdout.write("".join(f"{line}\n" for _, line in results))
    return 0 if all(well for well, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
