"""Where tests put what they write: in memory, where there is enough.

Nothing that a test writes outlives the run. Of a whole run on a disk, a fifth was the file system's work: folders,
small databases, and PostgreSQL's files, which are made anew for each table that is emptied.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
"""Linux has it. In a container it may be as small as 64 MB."""
ENOUGH = 4 * 2**30
"""Bytes that are free. A whole run holds less than one gigabyte at a time."""


def write_in_memory() -> None:
    """From now on in this process, and what it starts: temporary files lie in memory, where there is enough."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def short_folder() -> str:
    """Where a server's folder goes: a path of a socket has 107 bytes at most, and the folders of tests are long."""
    return str(MEMORY) if tempfile.gettempdir() == str(MEMORY) else "/tmp"
