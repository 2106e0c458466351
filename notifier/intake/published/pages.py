"""A saved web page -> the structured data in its scripts (schema.org as JSON-LD), block by block."""

from html.parser import HTMLParser

from notifier.intake.published.json_places import JsonError, JsonNode, parse_json
from notifier.model.problems import Place
from notifier.rules.findings import Findings

JSON_LD = "application/ld+json"


def structured_data(html: str, file: str, findings: Findings) -> list[JsonNode]:
    """The values of all blocks, with lines of the page. A block that cannot be read is a problem; the others stay."""
    finder = _Blocks()
    finder.feed(html)
    finder.close()
    found = []
    for text, line in finder.blocks:
        if not text.strip():
            continue
        try:
            node = parse_json(text)
        except JsonError as error:
            findings.add(Place(file, line + error.line - 1), str(error))
        else:
            found.append(_moved(node, line - 1))
    return found


class _Blocks(HTMLParser):
    """Collects the texts of the scripts of the type, with the line on which each begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.blocks: list[tuple[str, int]] = []
        self._open: int | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = (dict(attrs).get("type") or "").split(";")[0].strip().lower()
        if tag == "script" and kind == JSON_LD:
            start = self.get_starttag_text() or ""
            self._open = self.getpos()[0] + start.count("\n")
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._open is not None:
            self.blocks.append(("".join(self._text), self._open))
            self._open = None


def _moved(node: JsonNode, lines: int) -> JsonNode:
    """The same, so many lines further down."""
    value = node.value
    if isinstance(value, dict):
        value = {key: _moved(each, lines) for key, each in value.items()}
    elif isinstance(value, list):
        value = [_moved(each, lines) for each in value]
    return JsonNode(value=value, line=node.line + lines)
