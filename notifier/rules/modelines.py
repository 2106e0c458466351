"""The line by which an editor finds the schema of a file: below the first content it is a comment like any other.

Then the editor checks the file against nothing, and says nothing of that (findings/yaml-language-server-modeline-*.sh).
"""

import re
from collections.abc import Iterator

from notifier.model.problems import Place, Problem
from notifier.rules.file_set import RULES, FileSet

MODELINE = "# yaml-language-server: $schema="
_SAID = re.compile(rb"^#\s+(?:yaml-language-server\s*:|\$schema:)", re.MULTILINE)
"""What the YAML language server takes for one."""
_CONTENT = re.compile(rb"^(?!#|%|---|\s*$|\s*#)", re.MULTILINE)
_BOM = b"\xef\xbb\xbf"


def misplaced_modelines(files: FileSet) -> Iterator[Problem]:
    """A warning for each file below `rules/` whose modeline comes after its first content."""
    for file, content in files.files.items():
        if not file.startswith(f"{RULES}/") or (said := _SAID.search(content)) is None:
            continue
        first = _CONTENT.search(content.removeprefix(_BOM))
        if first is not None and first.start() < said.start():
            line = content.count(b"\n", 0, said.start()) + 1
            what = "an editor finds the schema by this line only above all else in the file; move it to the first line"
            yield Problem(Place(file, line), what, severity="warning")
