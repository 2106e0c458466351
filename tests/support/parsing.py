"""Files that many tests load are parsed and compiled once: the rules and templates of a project are the same in nearly
all tests of a room, and to read them takes longer than most of what a test does with them.

What comes of a file depends on its content alone, and nobody changes it. An error is found anew each time. The same
holds for the statements of a rule and of a check: equal ones share their queries, which build a statement on first use.
"""

import inspect
import pickle
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from lark import Lark, Token, Tree

from notifier.drafting import ruleset
from notifier.evaluation.day_counts import DayCounts
from notifier.evaluation.rule_query import RuleQuery
from notifier.promises.check_query import CheckQuery
from notifier.rendering.environment import Compiled, TemplateEnvironment
from notifier.rules import grammar, yaml_reader

KEPT = 4096
"""Contents: more than the tests have."""
QUERIES_KEPT = 500
"""Rules, and checks: more than a file of tests has, if its rules are not random."""
_compiled = TemplateEnvironment.compiled
_parser = grammar._parser
_templates: dict[tuple[object, ...], Compiled] = {}
_all_texts: WeakKeyDictionary[TemplateEnvironment, frozenset[tuple[str, str]]] = WeakKeyDictionary()


def share_what_is_parsed() -> None:
    """From now on in this process: YAML files (not texts that a test hands to the reader itself), conditions,
    templates, and the statements of rulesets."""
    yaml_reader.read_yaml = lru_cache(KEPT)(yaml_reader.read_yaml)
    TemplateEnvironment.compiled = _shared  # type: ignore[assignment, method-assign]  # for all environments
    trees = _SharedTrees(grammar._parser())
    vars(grammar).update(_parser=lambda: trees)
    vars(ruleset).update(
        DayCounts=cache(DayCounts), RuleQuery=_shared_of_equals(RuleQuery), CheckQuery=_shared_of_equals(CheckQuery)
    )


def share_nothing_more() -> None:
    """For a process that lives long and whose files change: what is shared is kept for good."""
    yaml_reader.read_yaml = inspect.unwrap(yaml_reader.read_yaml)
    TemplateEnvironment.compiled = _compiled  # type: ignore[method-assign]
    vars(grammar).update(_parser=_parser)
    vars(ruleset).update(DayCounts=DayCounts, RuleQuery=RuleQuery, CheckQuery=CheckQuery)


class _SharedTrees:
    """A parser of conditions whose trees are kept; nobody changes a tree."""

    def __init__(self, parser: Lark) -> None:
        self.parse: Callable[[str], Tree[Token]] = lru_cache(KEPT)(parser.parse)


def _shared_of_equals(make: Callable[..., Any]) -> Callable[..., Any]:
    """The same, but what is made of equal arguments is one object. A rule or check counts to the letter: to Python,
    conditions are equal that are only written differently."""
    made: dict[bytes, list[tuple[Any, Any]]] = {}

    def shared(of: Any, *others: Any, **options: Any) -> Any:
        if len(made) >= QUERIES_KEPT:
            made.clear()
        known = made.setdefault(pickle.dumps(of), [])
        for arguments, result in known:
            if arguments == (others, options):
                return result
        known.append(((others, options), make(of, *others, **options)))
        return known[-1][1]

    return shared


def _shared(environment: TemplateEnvironment, path: str) -> Compiled:
    """A template may include any other, so all texts of its environment belong to the key."""
    if environment not in _all_texts:
        _all_texts[environment] = frozenset(environment.loader.sources.items())  # type: ignore[union-attr]
    key = (environment.prefix, path, _all_texts[environment])
    if key not in _templates:
        _templates[key] = _compiled(environment, path)
    return _templates[key]


def forget_templates() -> None:
    """For tests that compile a million others."""
    _templates.clear()
