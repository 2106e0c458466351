"""Commands for `test_schemas.py` that play and compare: replays, a drill, a grouped rule, a project out of a pack."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from notifier.rules.shipped import shipped
from tests.cli.conftest import STATE, Run, load, run_command
from tests.cli.test_drill import DRILL, PLAN

Print = Callable[..., Any]
ORDERS_MAP = """\
entity: order
columns: { id: id, customer_id: customer, placed_at: placed, completed_at: came, seller: seller }
as_of: { starts: placed_at }
history: { customer_id: placed_at, completed_at: completed_at }
"""
"""Nothing in it says when the seller became known."""
ORDERS = "id,customer,placed,came,seller\nO-60,C-1,2026-03-02T10:00:00-05:00,2026-03-04T10:00:00-05:00,Norte\n"
OUTCOME = """\
subject,late,score,contact_at
appointment:A-1,true,1,2026-03-05T12:00:00-05:00
appointment:A-2,false,5,2026-03-05T12:00:00-05:00
"""


def replayed(project: Path, show: Print) -> None:
    """History is played with a plan and without it, and held against what became of it."""
    folder = project / "history"
    folder.mkdir()
    rule = (project / "rules" / "installation.yaml").read_text(encoding="utf-8")
    texts = {
        "events.jsonl": "".join(json.dumps(one) + "\n" for one in STATE),
        "orders.yaml": ORDERS_MAP,
        "orders.csv": ORDERS,
        "outcome.csv": OUTCOME,
        "plan.yaml": rule.replace("installation-reminder", "early-reminder").replace("at: 48h", "at: 60h"),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    found = show(
        *("simulate", folder / "events.jsonl", "--table", f"{folder}/orders.yaml={folder}/orders.csv"),
        *("--outcome", folder / "outcome.csv", "--without", "installation-reminder", "--with", folder / "plan.yaml"),
        *("--to", "2026-03-06T00:00:00-05:00", "--every", "1d"),
    )
    replay = found["replay"]
    assert all(replay[part] for part in ("rules", "days", "peak", "customers", "checks", "withheld", "outcome"))
    assert found["plan"]["differences"]


def drilled(project: Path, show: Print) -> None:
    """A day that is foreseen, with its plan."""
    file = project / "day.yaml"
    file.write_text(DRILL + PLAN, encoding="utf-8")
    found = show("simulate", "--drill", file)
    assert all(found[part] for part in ("hours", "needs", "now", "planned"))


def grouped(project: Path, run: Run, show: Print) -> None:
    """One outage, two contracts, one message: one of the two drafts is a part of the other's."""
    source = shipped()
    rules = project / "rules" / "outage.yaml"
    text = (source / "rules" / "telco" / "outage.yaml").read_text(encoding="utf-8")
    rules.write_text(text.replace("repeat: 24h", "repeat: 24h\n    backlog: tell"), encoding="utf-8")
    for name in ("outage_in_your_zone", "outage_restored"):
        shutil.copytree(source / "templates" / name, project / "templates" / name)
    at = "2026-03-02T09:00:00-05:00"
    outage = {"id": "I-1", "kind": "outage", "zone": "Z-7", "status": "acknowledged", "started_at": at}
    rows = {
        "customer": [{"id": "C-60", "name": "Eva Mora", "phone": "+573001234560"}],
        "contract": [{"id": f"K-6{n}", "customer_id": "C-60", "zone": "Z-7", "status": "active"} for n in (1, 2)],
        "incident": [outage | {"expected_end_at": "2026-03-02T15:00:00-05:00"}],
    }
    load(project, run, [{"at": at, "set": rows}])
    part, speaks = sorted(show("preview", "outage-in-your-zone", "--at", at), key=lambda each: "part_of" not in each)
    assert (part["part_of"], "part_of" in speaks) == (speaks["reference"], False)
    rules.unlink()


def from_a_pack(folder: Path) -> Any:
    """What a new project has from a pack."""
    assert run_command("init", folder, "--country", "CL", "--pack", "clinic", "--yes").code == 0
    listed = run_command("rules", "packs", "--json", project=folder).json
    assert any(each["files"] for each in listed)
    return listed
