"""Commands that are loaded when they are called: `notifier --help` names thirty, and one runs.

To import the modules of all commands and to read the signatures of their functions took a third of `notifier --help`,
and thirty milliseconds of every command. So the list says what help prints of each; a test holds it to what each
command says of itself.
"""

import importlib
from dataclasses import dataclass
from typing import Any

import typer
import typer.main

from notifier.cli.errors import Commands


@dataclass(frozen=True)
class Listed:
    """One command, or one group of commands, as the list of all has it."""

    name: str
    place: str
    """`module:name` of its function, or of its group's app, below `notifier.cli`."""
    summary: str
    """The first paragraph of its help."""
    hidden: bool = False

    def loaded(self) -> Any:
        """The command itself."""
        module, _, name = self.place.partition(":")
        found = getattr(importlib.import_module(f"notifier.cli.{module}"), name)
        if isinstance(found, typer.Typer):
            return typer.main.get_group(found)
        alone = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_show_locals=False)
        alone.command(self.name, hidden=self.hidden)(found)
        return typer.main.get_command(alone)

    def in_help(self) -> Any:
        """What stands for it in the list of all commands."""
        return typer.core.TyperCommand(self.name, help=self.summary, hidden=self.hidden)


class _Commands(dict[str, Any]):
    """The commands by name, in the order of the list; each is loaded when it is asked for."""

    def __init__(self, listed: dict[str, Listed]) -> None:
        super().__init__(dict.fromkeys(listed))
        self._listed = listed

    def __getitem__(self, name: str) -> Any:
        command = super().__getitem__(name)
        if command is None:
            command = self._listed[name].loaded()
            self[name] = command
        return command

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401 - `get` of a dict does not ask for an item

    def items(self) -> Any:
        return [(name, self[name]) for name in self]

    def values(self) -> Any:
        return [self[name] for name in self]


def group_of(listed: tuple[Listed, ...]) -> type[Commands]:
    """The class of a group of these commands, besides those that are registered with its app."""
    by_name = {each.name: each for each in listed}

    class OnDemand(Commands):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            registered = self.commands
            self.commands = _Commands(by_name)
            self.commands.update(registered)
            self._prints_help = False

        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as click calls it
            return [*self.commands]

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            if self._prints_help and cmd_name in by_name:
                return by_name[cmd_name].in_help()
            return super().get_command(ctx, cmd_name)

        def format_help(self, ctx: Any, formatter: Any) -> None:
            self._prints_help = True
            try:
                super().format_help(ctx, formatter)
            finally:
                self._prints_help = False

    return OnDemand
