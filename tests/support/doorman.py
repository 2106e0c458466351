"""`notifier receive` for a mail server that root has started: it pipes as another user.

That user may have no way to this environment's Python. So what the server pipes into is a script that puts the mail
down, and whoever keeps the door runs the command with it, and hands the exit code back to the server.
"""

import subprocess
import sys
from pathlib import Path

SCRIPT = """#!/bin/sh
at="{project}/pipe.$$"
cat > "$at.part" && mv "$at.part" "$at.mail"
while [ ! -e "$at.code" ]; do sleep 0.02; done
code="$(cat "$at.code")"
rm "$at.code"
exit "$code"
"""


def receive(project: Path) -> list[str]:
    """The command that takes a mail from its standard input."""
    return [str(Path(sys.executable).with_name("notifier")), "--project", str(project), "receive"]


class Doorman:
    """Keeps the door of one project folder, into which everybody may write."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.codes: list[int] = []
        """The exit codes so far."""

    def write(self, script: Path) -> None:
        """The script that the server pipes into."""
        script.write_text(SCRIPT.format(project=self.project))
        script.chmod(0o755)
        self.project.chmod(0o777)

    def look(self) -> None:
        """Run the command for each mail that waits."""
        for mail in self.project.glob("pipe.*.mail"):
            with mail.open("rb") as content:
                done = subprocess.run(receive(self.project), stdin=content, capture_output=True, check=False)
            self.codes.append(done.returncode)
            said = mail.with_suffix(".said")
            said.write_text(f"{done.returncode}\n")
            mail.unlink()
            said.rename(mail.with_suffix(".code"))
