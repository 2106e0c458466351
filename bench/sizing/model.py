"""From what one notice costs to the machines that a company of some size needs: a model, and said to be one.

`python -m bench.sizing.model` prints the tables that docs/operations.md has.
"""

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEASURED = Path(__file__).with_name("measured.json")
DAY = 86_400
PEAK = 4.0
"""The busiest hour by the average one: notices go out by day, and many fall due in the morning."""
BUSY = 0.6
"""The share of a core that may be in use in the busiest hour."""
CORES = 8
"""Of a machine."""
RECEIPTS = 3
"""Of an SMS: queued, sent, delivered."""
KEPT = 90
"""Days for which notices stay in the database that daemons work on."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """CPU milliseconds of one thing: of our process, and of PostgreSQL's."""

    ours: float
    server: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one of each costs, on one core of the machine of docs/performance.md."""

    at: str
    load: int
    """The load average then: a busy machine makes each of them dearer, up to twice as dear."""
    made_ready: Cost
    """A notice, with its SMS and its mail."""
    sms: Cost
    mail: Cost
    """Handed over."""
    receipt: float
    """Of `notifier serve` and the server together."""
    bytes_stored: int
    """Of a notice with both messages."""
    bytes_logged: int

    @classmethod
    def kept(cls) -> "Measured":
        """The figures that `python -m bench.sizing --write` left."""
        said: dict[str, Any] = json.loads(MEASURED.read_text())
        costs: dict[str, Any] = {name: Cost(**value) for name, value in said.items() if isinstance(value, dict)}
        return cls(**(said | costs))


@dataclass(frozen=True, kw_only=True)
class Company:
    """What it sends."""

    name: str
    notices: int
    """A day; each goes by SMS and by mail."""
    databases: int = 1
    """Over which its customers are spread."""


COMPANIES = (
    Company(name="100,000 customers", notices=500_000),
    Company(name="1 million customers", notices=5_000_000),
    Company(name="10 million customers", notices=50_000_000),
    Company(name="10 million customers, four databases", notices=50_000_000, databases=4),
)


def unit_costs(measured: Measured) -> str:
    """The table of unit costs."""
    rows = [
        ("made ready, with SMS and mail", measured.made_ready),
        ("SMS handed over", measured.sms),
        ("mail handed over", measured.mail),
    ]
    lines = ["| CPU seconds for 1,000 | our processes | PostgreSQL |", "|---|---|---|"]
    lines += [f"| {name} | {cost.ours:.2f} | {cost.server:.2f} |" for name, cost in rows]
    lines.append(f"| receipt of an SMS taken by `notifier serve`, both together | {measured.receipt:.2f} | |")
    lines.append(
        f"\nA notice with both messages takes {measured.bytes_stored:,} bytes of the database, and "
        f"{measured.bytes_logged:,} of its log. Measured on {measured.at} beside a load of {measured.load}, medians of "
        f"three runs of 2,000 (`python -m bench.sizing`)."
    )
    return "\n".join(lines)


def model(measured: Measured, companies: Sequence[Company] = COMPANIES) -> str:
    """The table of companies."""
    columns = [
        "",
        "notices a day",
        "a second at the peak",
        "cores of daemons",
        "cores of `serve` with its part of the server",
        "cores of each PostgreSQL",
        f"machines of {CORES} cores",
        f"disk for {KEPT} days",
    ]
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for company in companies:
        peak = company.notices / DAY * PEAK
        daemons = peak * (measured.made_ready.ours + measured.sms.ours + measured.mail.ours) / 1000 / BUSY
        servers = peak * (measured.made_ready.server + measured.sms.server + measured.mail.server) / 1000 / BUSY
        serving = peak * RECEIPTS * measured.receipt / 1000 / BUSY
        # Each database has daemons and services of its own.
        machines = [
            company.databases * math.ceil(cores / company.databases / CORES) for cores in (daemons, serving, servers)
        ]
        disk = company.notices * KEPT * measured.bytes_stored / 1e12
        cells = [
            company.name,
            f"{company.notices:,}",
            f"{peak:,.0f}",
            f"{daemons:.1f}",
            f"{serving:.1f}",
            f"{servers / company.databases:.1f}",
            " + ".join(map(str, machines)),
            f"{disk:.2f} TB",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    """Prints both tables."""
    measured = Measured.kept()
    sys.stdout.write(f"{unit_costs(measured)}\n\n{model(measured)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
