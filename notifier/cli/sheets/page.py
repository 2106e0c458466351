"""A sheet as one self-contained HTML page, which can be read on a phone and printed on paper.

The page loads nothing from anywhere and runs nothing: its content security policy forbids both. The same sheet gives
the same bytes.
"""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from notifier.cli.sheets.sheet import Sheet
from notifier.model.texts import shown


def sheet_page(sheet: Sheet, *, company: str) -> str:
    """The whole page as text."""
    return _template().render(sheet=sheet, company=company, style=_asset("sheet.css"))


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_shown
    )
    return environment.from_string(_asset("sheet.html.j2"))


def _shown(value: object) -> object:
    """A text without what turns its letters around, or hides them; the style itself is no text."""
    return shown(value, lines=True) if type(value) is str else value


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
