"""By hand: four daemons are replaced by those of a newer version, one after the other, while messages flow.

    python -m tests.crash.upgrade                   # from this version to one with a migration more
    python -m tests.crash.upgrade --old c44b83f7    # from an older commit to this version

PostgreSQL, the shared timetable, a folder and an interpreter for each daemon, and of each version its own files: those
of an older one from a worktree, those of a version to come from a copy of these with two columns and an index more.
After each replacement another old daemon is killed and started again as it was, which newer versions allow since 0046;
where it may not start, it is replaced too. At the end one goes back to the old version. Exit code 1 where anything was
lost or doubled, or a daemon failed. Takes three minutes, where nothing else uses the machine.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from notifier.model.types import NoticeClass
from notifier.settings_variables import Driver
from notifier.store.migrating import CURRENT_REVISION
from tests.crash.apart import HERE, Machine
from tests.crash.long import patiently, received
from tests.crash.tally import tally
from tests.crash.world import CrashWorld, open_world
from tests.support.postgres import fresh_database, postgres_server
from tests.support.rig import NOW

FACTOR = 10
CLASSES = {NoticeClass.SERVICE: 2}
NEXT = "0099"
MIGRATION = f'''
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{CURRENT_REVISION}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("of_tomorrow", sa.String(), nullable=True))
    op.add_column("message", sa.Column("of_tomorrow", sa.String(), nullable=True))
    op.create_index("ix_notice_of_tomorrow", "notice", ["of_tomorrow"])
'''
BOOKED_EVERY = 0.5
"""Seconds."""


class Flow:
    """Customers who book all the time, and when the providers last took something."""

    def __init__(self, world: CrashWorld) -> None:
        self.world = world
        self.longest_silence = 0.0
        self._received, self._since = 0, time.monotonic()

    def go_on(self, seconds: float) -> None:
        """For so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            patiently(lambda: self.world.book(1, CLASSES))
            time.sleep(BOOKED_EVERY)
            now, count = time.monotonic(), received(self.world)
            if count > self._received:
                self.longest_silence = max(self.longest_silence, now - self._since)
                self._received, self._since = count, now

    def until_at_work(self, machine: Machine) -> bool:
        """Whether it came to work; False where it ended by itself."""
        while machine.lives and not machine.is_at_work:
            self.go_on(BOOKED_EVERY)
        return machine.lives


def replace_all(world: CrashWorld, old: Path, new: Path, done: Counter[str]) -> Flow:
    """From four daemons of the old version to four of the new one, and one of them back."""
    machines = [Machine.of(world, f"machine-{number}") for number in range(4)]
    flow = Flow(world)
    machines[0].begin(old)
    flow_began = flow.until_at_work(machines[0])
    assert flow_began, "the first daemon ended"
    for machine in machines[1:]:
        machine.begin(old)
    for machine in machines:
        flow.until_at_work(machine)
    flow.go_on(5)
    flow.longest_silence = 0.0  # what counts is the time in which two versions work
    for place, machine in enumerate(machines):
        assert machine.end() == 0
        machine.begin(new)
        assert flow.until_at_work(machine), "a daemon of the new version ended"
        done["replaced"] += 1
        flow.go_on(4)
        for another in machines[place + 1 : place + 2]:
            another.kill()
            done["killed"] += 1
            another.begin(old)
            if flow.until_at_work(another):
                done["killed and started again as it was"] += 1
            else:
                done["refused to start as it was"] += 1
                another.begin(new)
                flow.until_at_work(another)
            flow.go_on(2)
    back = machines[-1]
    assert back.end() == 0
    back.begin(old)
    done["gone back to the old version" if flow.until_at_work(back) else "could not go back"] += 1
    flow.go_on(5)
    for machine in machines:
        if machine.lives:
            machine.kill()
    for machine in machines:
        done["failures"] += machine.said("daemon.failed")
        done["outages"] += machine.said("daemon.database_failed")
    return flow


@contextmanager
def version(commit: str | None, folder: Path) -> Iterator[Path]:
    """The files of a commit, or of this version."""
    if commit is None:
        yield HERE
        return
    tree = folder / "old"
    git = ["git", "-C", str(HERE), "worktree"]
    subprocess.run([*git, "add", "--detach", tree, commit], check=True, capture_output=True)
    try:
        yield tree
    finally:
        subprocess.run([*git, "remove", "--force", tree], check=True)


def version_to_come(folder: Path) -> Path:
    """The files of this version, with one migration more."""
    tree = folder / "new"
    for name in ("notifier", "tests", "rules", "templates"):
        shutil.copytree(HERE / name, tree / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    store = tree / "notifier" / "store"
    (store / "migrations" / "versions" / f"v{NEXT}_of_tomorrow.py").write_text(MIGRATION)
    migrating = store / "migrating.py"
    migrating.write_text(
        re.sub(r"^CURRENT_REVISION = .*$", f'CURRENT_REVISION = "{NEXT}"', migrating.read_text(), flags=re.MULTILINE)
    )
    return tree


def main() -> int:
    """Runs it as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--old", metavar="COMMIT", help="the version before; default: this one, and a newer one comes")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="notifier-upgrade-"))
    began, done = time.monotonic(), Counter[str]()
    with postgres_server() as server, fresh_database(server) as fresh, version(chosen.old, folder) as old:
        new = HERE if chosen.old else version_to_come(folder)
        url = fresh.render_as_string(hide_password=False)
        migrated_by(old, url, folder)
        with open_world(folder, url, driver=Driver.PROCRASTINATE) as world:
            world.clock.set(NOW, FACTOR)
            world.patience = 300
            flow = replace_all(world, old, new, done)
            world.clock.set(world.clock() + timedelta(minutes=10))
            world.abandon()
            world.settle()
            counted = tally(world)
    lines = [
        f"{chosen.old or CURRENT_REVISION} -> {CURRENT_REVISION if chosen.old else NEXT}: "
        + ", ".join(f"{count} {what}" for what, count in done.items())
        + f"; longest silence {flow.longest_silence:.1f} s; {time.monotonic() - began:.0f} s; logs in {folder}",
        counted.table(),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    broken = counted.untold or counted.without_id or any(counted.lost.values()) or any(counted.doubled.values())
    return 1 if broken or done["failures"] else 0


def migrated_by(tree: Path, url: str, folder: Path) -> None:
    """The tables of that version. The world that looks at them is of this one."""
    make = "import sys; from notifier.store.database import open_engine; from notifier.store.migrating import migrate; "
    make += "migrate(open_engine(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", make, url], cwd=tree, env={"PYTHONPATH": str(tree)}, check=True)


if __name__ == "__main__":
    sys.exit(main())
