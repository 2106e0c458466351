"""Classes that a library imports for what we hardly ever ask of it are loaded when they are used.

typer imports rich's Markdown for help that is written in Markdown (ours is not) and its Traceback for errors that
nobody expected; structlog imports the latter, too. With the parser and the highlighter behind them they are a fifth of
`notifier --help`. phonenumbers imports what finds numbers in texts and formats them while they are typed, attrs comes
with structlog, for rich would print its classes field by field: 15 and 38 ms of every command that opens a project.
"""

import importlib
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any


def load_late(module: str, *names: str) -> None:
    """Have whoever imports these classes of the module get ones that load the real ones when they are called or asked
    for anything. They take part in type annotations as classes do. Does nothing where the module is loaded already."""
    if module not in sys.modules:
        sys.modules[module] = _Late(module, names)


def know_no_emoji_codes() -> None:
    """Have rich take `:sun:` for what it says: it may stand in a customer's text. The table of 3,600 codes, which rich
    loads for the first text that it prints, is a tenth of `notifier --help`."""
    module = ModuleType("rich._emoji_codes")
    module.EMOJI = {}  # type: ignore[attr-defined]
    sys.modules.setdefault(module.__name__, module)


def know_no_attrs_classes() -> None:
    """Have rich print objects of attrs classes, of which we print none, as any others. Does not keep anybody else from
    attrs, nor rich from it where one of the two is loaded already."""
    if "attr" in sys.modules or "rich.pretty" in sys.modules:
        return
    sys.modules["attr"] = None  # type: ignore[assignment]  # so an import raises ImportError, which rich expects
    try:
        importlib.import_module("rich.pretty")
    finally:
        del sys.modules["attr"]


class _Late(ModuleType):
    """Stands for a module until something else than these classes is asked of it."""

    def __init__(self, module: str, names: Sequence[str]) -> None:
        super().__init__(module)
        for name in names:
            setattr(self, name, _LateClass(name, (), {"module": self}))

    def __getattr__(self, name: str) -> Any:
        _refuse_special(name)
        return getattr(self.loaded(), name)

    def loaded(self) -> ModuleType:
        """The module itself, in the place of this one."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)


class _LateClass(type):
    module: _Late

    def __call__(cls, *arguments: Any, **options: Any) -> Any:
        return cls._loaded(*arguments, **options)

    def __getattr__(cls, name: str) -> Any:
        _refuse_special(name)
        return getattr(cls._loaded, name)

    @property
    def _loaded(cls) -> Any:
        return getattr(cls.module.loaded(), cls.__name__)


def _refuse_special(name: str) -> None:
    """Python itself looks whether there is a `__path__` to import from, and whether a class in `A | B` is generic."""
    if name.startswith("__"):
        raise AttributeError(name)
