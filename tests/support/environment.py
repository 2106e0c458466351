"""The environment of a notifier in a process of its own: no setting or cache of this machine, no rest of files."""

import os

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
