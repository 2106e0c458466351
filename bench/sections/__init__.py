"""The sections of the benchmark: a module each, whose `run(bench)` yields results. A new file is a new section."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import cast

from bench.harness import Bench, Result

BY_NAME = ("evaluators",)
"""Sections that a run has only where it names them: two daemons with a quarter of a core each take minutes a round."""


def names() -> list[str]:
    """All sections, by name."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> Callable[[Bench], Iterator[Result]]:
    """What runs a section."""
    return cast("Callable[[Bench], Iterator[Result]]", importlib.import_module(f"{__name__}.{name}").run)
