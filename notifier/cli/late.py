"""Classes that a library imports for what we hardly ever ask of it are loaded when they are used.

typer imports rich's Markdown for help that is written in Markdown (ours is not) and its Traceback for errors that
nobody expected; structlog imports the latter, too. With the parser and the highlighter behind them they are a fifth of
`notifier --help`.
"""

import importlib
import sys
from types import ModuleType
from typing import Any


def load_late(module: str, name: str) -> None:
    """Have whoever imports this class of the module get one that loads the real one when it is called or asked for
    anything. It takes part in type annotations as a class does. Does nothing where the module is loaded already."""
    if module not in sys.modules:
        sys.modules[module] = _Late(module, name)


def know_no_emoji_codes() -> None:
    """Have rich take `:sun:` for what it says: it may stand in a customer's text. The table of 3,600 codes, which rich
    loads for the first text that it prints, is a tenth of `notifier --help`."""
    module = ModuleType("rich._emoji_codes")
    module.EMOJI = {}  # type: ignore[attr-defined]
    sys.modules.setdefault(module.__name__, module)


class _Late(ModuleType):
    """Stands for a module until something else than the one class is asked of it."""

    def __init__(self, module: str, name: str) -> None:
        super().__init__(module)
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
