"""The book and the other documents as a site: `make docs` builds it with Sphinx into `site/`.

The pages are plain Markdown, as they are read in the repository. What the site adds stands here: their order,
and the language of the Spanish ones. Nothing is loaded from outside: styles, letters and search come along.
"""

import re
from gettext import translation
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

import sphinx
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "notifier"
author = "the notifier's authors"
html_title = "notifier"
root_doc = "writing-rules"
extensions = ["myst_parser"]
exclude_patterns = ["site", "schemas"]
html_theme = "furo"
LOCALES = Path(sphinx.__file__).parent / "locale"
html_static_path = ["static", str(LOCALES / "es" / "LC_MESSAGES" / "sphinx.js")]
html_css_files = ["site.css"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"top_of_page_buttons": []}
myst_heading_anchors = 4
myst_links_external_new_tab = True
suppress_warnings = [
    "myst.xref_missing",  # links to files beside the documents; a test holds every link
    "myst.header",  # generated tables begin two levels below their heading
]

NAVIGATION = {
    "Writing rules": ("book/start", "book/tutorial", "book/cookbook"),
    "In detail": (
        "book/meaning",
        "book/promises",
        "book/scenarios",
        "book/conditions",
        "book/recipients",
        "book/moments",
        "book/hours",
        "book/messages",
        "book/templates",
        "book/invitation",
        "book/whatsapp",
        "book/rescue",
        "book/warnings",
        "book/changing",
        "book/columns",
        "book/keys",
    ),
    "En español": ("book/es/start", "book/es/tutorial", "examples/claro/README"),
    "Running it": (
        "operations",
        "simulate",
        "performance",
        "outbox-states",
        "reading-promises",
        "listening",
        "examples/olist/README",
        "examples/complaints/README",
        "examples/maps/README",
    ),
    "How it is made": ("architecture", "mission", "decisions/README"),
}
"""The headings of the site's left side, and the pages below each."""
BELOW = {
    "book/cookbook": (
        "book/cookbook/reminders",
        "book/cookbook/late",
        "book/cookbook/money",
        "book/cookbook/promises",
        "book/cookbook/places",
    ),
    "decisions/README": ("decisions/0*",),
    "examples/maps/README": ("examples/maps/*/README",),
}
"""Pages with pages of their own below them."""


FILE = re.compile(r"^```(\w+) (\S+)$", re.MULTILINE)
"""The beginning of a block that names the file it is."""


def _name_the_files(_: Sphinx, __: str, source: list[str]) -> None:
    """Puts the name of a file above what is in it."""
    source[0] = FILE.sub(r"```{code-block} \1\n:caption: \2\n", source[0])


def _add_navigation(_: Sphinx, page: str, source: list[str]) -> None:
    """Puts the tables of contents at the end of the pages that have some."""
    if page == root_doc:
        source[0] += "".join(_contents(pages, title) for title, pages in NAVIGATION.items())
    if page in BELOW:
        source[0] += _contents(tuple(f"/{each}" for each in BELOW[page]), glob=True)


def _contents(pages: tuple[str, ...], title: str = "", *, glob: bool = False) -> str:
    options = [":hidden:", *([f":caption: {title}"] if title else []), *([":glob:"] if glob else [])]
    return "\n\n```{toctree}\n" + "\n".join([*options, "", *pages]) + "\n```\n"


IN_SPANISH = ("book/es/", "examples/claro/")
"""Where the Spanish pages are."""
SEARCH, SEARCH_IN_SPANISH = "search", "book/es/search"
OF_THE_THEME = {
    "Search": "Buscar",
    "Index": "Índice",
    "Home": "Inicio",
    "Next": "Siguiente",
    "Previous": "Anterior",
    "On this page": "En esta página",
    "Back to top": "Volver arriba",
    "Skip to content": "Ir al contenido",
    "Made with ": "Hecho con ",
}
"""Words of the theme. It has them in English alone, and Sphinx's catalogue lacks most of them."""
SIDE_IN_SPANISH = {
    "En español": "En español",
    "Writing rules": "Escribir reglas (en inglés)",
    "In detail": "En detalle (en inglés)",
    "Running it": "En marcha (en inglés)",
    "How it is made": "Cómo está hecho (en inglés)",
}
"""The headings of the left side on a Spanish page, in their order there: what it leads to first is Spanish."""
HEADING = re.compile(r'<p class="caption"[^>]*><span class="caption-text">([^<]*)</span></p>')
html_additional_pages = {SEARCH_IN_SPANISH: "search.html"}


def _side_in_spanish(tree: str) -> str:
    """The left side of a Spanish page: Spanish pages first, and headings that say which pages are English."""
    before, *parts = HEADING.split(tree)
    below = dict(zip(parts[::2], parts[1::2], strict=True))
    assert below.keys() == SIDE_IN_SPANISH.keys(), "each heading of NAVIGATION is one of SIDE_IN_SPANISH"
    for english in below.keys() - {"En español"}:
        below[english] = re.sub(r"<ul>", '<ul lang="en">', below[english], count=1)
    toggled = re.compile(r'aria-label="Toggle navigation of ([^"]*)"')
    side = "".join(
        f'<p class="caption" role="heading"><span class="caption-text">{said}</span></p>{below[heading]}'
        for heading, said in SIDE_IN_SPANISH.items()
    )
    return toggled.sub(r'aria-label="Abrir o cerrar \1"', before + side)


def _speak_spanish(app: Sphinx, page: str, _: str, context: dict[str, Any], __: object) -> None:
    """The frame of a Spanish page is Spanish, too: its words, its search, and what it leads to next.

    A screen reader reads it as Spanish.
    """
    if not page.startswith(IN_SPANISH):
        return
    catalogue, lead = translation("sphinx", LOCALES, ["es"]), context["pathto"]

    def said(text: str) -> str:
        return OF_THE_THEME.get(text.strip("\n"), catalogue.gettext(text))

    def led(other: str, *how: object) -> str:
        return str(lead(SEARCH_IN_SPANISH if other == SEARCH else other, *how))

    if "furo_navigation_tree" in context:
        context["furo_navigation_tree"] = _side_in_spanish(context["furo_navigation_tree"])
    context |= {"language": "es", "gettext": said, "_": said, "pathto": led}
    for way in ("prev", "next"):
        to = context.get(way)
        if to is not None and not normpath(join(dirname(page), to["link"])).startswith(IN_SPANISH):
            context[way] = None
    if page == SEARCH_IN_SPANISH:
        app.add_js_file("sphinx.js")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_lexer("csv", TextLexer)
    app.add_lexer("jsonl", TextLexer)
    app.connect("source-read", _name_the_files)
    app.connect("source-read", _add_navigation)
    app.connect("html-page-context", _speak_spanish, priority=900)  # after the theme, which makes the left side
