"""Importing this imports the whole program, so that its forks need not (`tests.support.forked`)."""

import importlib
import pkgutil

import notifier

for _module in pkgutil.walk_packages(notifier.__path__, "notifier."):
    if not _module.name.endswith((".__main__", ".env")):
        importlib.import_module(_module.name)
