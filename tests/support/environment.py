"""The environment of a notifier in a process of its own: no setting of this machine, and files need no rest."""

import os

REST = "NOTIFIER_RULES_REST_SECONDS"
"""Tests write files and look at once; those of resting give a rest of their own."""


def without_settings() -> dict[str, str]:
    """This process's environment without settings, but for the rest of files."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NOTIFIER_")} | {REST: "0"}


def let_files_need_no_rest() -> None:
    """For this process, and for those that inherit its environment."""
    os.environ.setdefault(REST, "0")
