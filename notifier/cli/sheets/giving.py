"""A sheet goes where a person wants it: the terminal, or a file that a browser opens and a printer prints."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_text
from notifier.cli.options import parse_one

if TYPE_CHECKING:
    from notifier.answers.speech import Speech
    from notifier.cli.sheets.sheet import Sheet
    from notifier.wiring import House

Html = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="Write it as one page, for a browser, a phone or a printer."),
]
Language = Annotated[
    str | None,
    typer.Option("--language", metavar="LANG", help="With --html: es or en. Default: that of NOTIFIER_DEFAULT_LOCALE."),
]


def refuse(house: "House", html: Path | None, *, json: bool) -> None:
    """Raises typer.BadParameter where the page must not be written there, or where both are asked for."""
    if html is not None:
        if json:
            raise typer.BadParameter("one of them at a time", param_hint="--json and --html")
        from notifier.cli.output_files import is_preview_page, refuse_to_overwrite

        refuse_to_overwrite(house, html, "--html", made_by_us=is_preview_page)


def speech_of(house: "House", html: Path | None, language: str | None) -> "Speech":
    """Whose words the sheet is in: English on a terminal and in documents, the project's language on a page."""
    from notifier.answers.speech import LANGUAGES, speech_for

    locale = house.settings.default_locale if html is not None else "en"
    if language is not None:
        parse_one(language, LANGUAGES, "language of the page")
        locale = locale if locale.startswith(language) else language
    return speech_for(locale, house.settings.display_timezone, house.project.topic_labels)


def give(house: "House", sheet: "Sheet", html: Path | None) -> None:
    """Print the sheet, or write its page, which only its owner may read: it names people."""
    if html is None:
        from notifier.cli.sheets.terminal import sheet_report

        console = out()
        for part in sheet_report(sheet):
            console.print(part)
        return
    from notifier.cli.output_files import write_private
    from notifier.cli.sheets.page import sheet_page

    write_private(html, sheet_page(sheet, company=house.settings.company), "--html")
    print_text(f"{html} is the page; it names people, so keep it as such.")
