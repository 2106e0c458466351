"""Files that many tests load are parsed and compiled once: the rules and templates of a project are the same in nearly
all tests of a room, and to read them takes longer than most of what a test does with them.

What comes of a file depends on its content alone, and nobody changes it. An error is found anew each time.
"""

from functools import lru_cache

from notifier.rendering.environment import Compiled, TemplateEnvironment
from notifier.rules import yaml_reader

KEPT = 4096
"""Contents: more than the tests have."""
_compiled = TemplateEnvironment.compiled
_templates: dict[tuple[object, ...], Compiled] = {}


def share_what_is_parsed() -> None:
    """From now on in this process: YAML files (not texts that a test hands to the reader itself), and templates."""
    yaml_reader.read_yaml = lru_cache(KEPT)(yaml_reader.read_yaml)
    TemplateEnvironment.compiled = _shared  # type: ignore[assignment, method-assign]  # for all environments


def _shared(environment: TemplateEnvironment, path: str) -> Compiled:
    """A template may include any other, so all texts of its environment belong to the key."""
    key = (environment.prefix, path, frozenset(environment.loader.sources.items()))  # type: ignore[union-attr]
    if key not in _templates:
        _templates[key] = _compiled(environment, path)
    return _templates[key]


def forget_templates() -> None:
    """For tests that compile a million others."""
    _templates.clear()
