"""The content of a file that somebody wrote: never of a pipe, which would make us wait, or of a device."""

import os
import stat
from pathlib import Path

LARGEST_FILE = 1024 * 1024
"""The most bytes of one file."""

_OTHERS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_regular_file(path: Path) -> bytes:
    """The bytes of a file. Raises ValueError with a sentence where it is none, is too large, or cannot be read."""
    try:
        found = path.stat()
        what = next((what for is_kind, what in _OTHERS if is_kind(found.st_mode)), None)
        if what is not None:
            raise ValueError(f"this is {what}, not a file; rename or remove it")
        if found.st_size > LARGEST_FILE:
            raise ValueError(f"the file has {found.st_size:,} bytes; at most {LARGEST_FILE:,} are read")
        # It may have become a pipe since: then the opening does not wait, and the reading ends at once.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
            return stream.read(LARGEST_FILE + 1)
    except FileNotFoundError as error:
        what = "the link leads nowhere; mend or remove it" if path.is_symlink() else str(error.strerror)
        raise ValueError(f"cannot be read: {what}") from error
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
