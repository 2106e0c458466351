"""The environment of a notifier in a process of its own: no setting or cache of this machine, no rest of files."""

import os
from pathlib import Path

REST = "NOTIFIER_RULES_REST_SECONDS"
"""Tests write files and look at once; those of resting give a rest of their own."""
CACHE = "NOTIFIER_CACHE"


def without_settings() -> dict[str, str]:
    """This process's environment without settings, but for the rest of files and the cache."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("NOTIFIER_")}
    return own | {REST: "0", CACHE: "false"}


def let_files_need_no_rest() -> None:
    """For this process, and for those that inherit its environment."""
    os.environ.setdefault(REST, "0")
    os.environ.setdefault(CACHE, "false")


def shared_cache(run: Path) -> dict[str, str]:
    """The variables with which commands keep what they read of rules and texts, for all tests of a run.

    What is kept is found by the digest of the files, so tests that play the shipped project read it once. Those that
    write hundreds of small projects do without: only the newest results are kept.
    """
    return {CACHE: "true", "XDG_CACHE_HOME": str(run)}
