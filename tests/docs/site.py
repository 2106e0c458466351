"""The documents as a site, for `make long`: it is built without a warning, nothing in it is loaded from outside, and
what stands around a Spanish page is Spanish.

`.venv/bin/python -m tests.docs.site`; exit code 1 where something is. The build takes five seconds of a core, too long
for `make test`, which looks at the pages, their order and their links (`test_book.py`).
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from tests.docs.pages import REPOSITORY

SITE = REPOSITORY / "site"
OUTSIDE = re.compile(r"(?:https?:)?//")
IN_STYLES = re.compile(r"(?:url\(|@import\s+)[\"']?((?:https?:)?//[^\"')]+)")
ENGLISH = (
    *("Search", "Next", "Previous", "On this page", "Back to top", "Skip to content"),
    *("Writing rules", "In detail", "Running it", "How it is made"),
)
"""Words of the theme that a reader sees."""
LOADING = ("src", "href", "data", "poster", "srcset")
"""Attributes by which a page loads something; the `href` of a link loads nothing before somebody follows it."""


class _Loads(HTMLParser):
    """What a page loads from outside."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in LOADING and tag != "a" and OUTSIDE.match(value or ""):
                self.found.append(f"<{tag} {name}={value}>")


def loaded_from_outside(site: Path) -> Iterator[str]:
    """Everything that a browser would fetch from elsewhere, with the page that has it."""
    for page in sorted(site.rglob("*.html")):
        loads = _Loads()
        loads.feed(page.read_text(encoding="utf-8"))
        yield from (f"{page.relative_to(site)}: {each}" for each in loads.found)
    for style in sorted(site.rglob("*.css")):
        found = IN_STYLES.findall(style.read_text(encoding="utf-8", errors="replace"))
        yield from (f"{style.relative_to(site)}: {each}" for each in found)


def english_around_spanish(site: Path) -> Iterator[str]:
    """Each word of the frame that a Spanish page shows in English, and each way from it to a page in English."""
    for page in (*sorted((site / "book" / "es").glob("*.html")), site / "examples" / "claro" / "README.html"):
        text = page.read_text(encoding="utf-8")
        where = page.relative_to(site)
        yield from (
            f"{where}: {each!r} is English" for each in ENGLISH if re.search(rf">\s*{each}\s*<|\"{each}\"", text)
        )
        yield from (f"{where}: 'Toggle navigation' is English" for _ in re.findall("Toggle navigation", text)[:1])
        first, *others = re.findall(r'class="caption-text">([^<]*)</span></p>\s*<ul([^>]*)>', text)
        if "En español" not in first or any('lang="en"' not in attributes for _, attributes in others):
            yield f"{where}: its left side does not begin with the Spanish pages, or does not say which are English"
        ways = re.findall(r'class="(?:next|prev)-page" href="([^"]+)"', text)
        ways += re.findall(r'<form class="sidebar-search-container"[^>]* action="([^"#]+)"', text)
        for way in ways:
            target = (page.parent / way).resolve()
            if not target.relative_to(site.resolve()).as_posix().startswith(("book/es/", "examples/claro/")):
                yield f"{where}: leads to {way}, which is English"


def main() -> int:
    """Builds the site and looks at it."""
    built = subprocess.run(["make", "--no-print-directory", "docs"], cwd=REPOSITORY, check=False)
    found = ["the site could not be built"]
    if built.returncode == 0:
        found = [*loaded_from_outside(SITE), *english_around_spanish(SITE)]
    sys.stdout.write("".join(f"{each}\n" for each in found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
