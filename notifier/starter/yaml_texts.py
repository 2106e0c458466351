"""Data -> YAML as people write it: an entry a line, spaces inside braces, quotes only where they are needed."""

from collections.abc import Iterator, Mapping
from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

_NEVER_WRAPPED = 10_000


def yaml_text(document: Mapping[str, object]) -> str:
    """A file: below each key a line for each entry."""
    return "".join(f"{line}\n" for key, value in document.items() for line in (f"{key}:", *_entries(value)))


def _entries(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (f"  {name}: {flow_text(item)}" for name, item in value.items())
    elif isinstance(value, list):
        yield from (f"  - {flow_text(item)}" for item in value)


def flow_text(value: object) -> str:
    """The value on one line: `{ id: C-1, name: Ana Ruiz }`, or a text, quoted where it has to be."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name}: {flow_text(item)}" for name, item in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(flow_text(item) for item in value)}]"
    return _scalar(value)


def line_text(value: str) -> str:
    """A text behind a key or a dash, where a comma needs no quotes."""
    return _dumped({"": value}).partition(":")[2].strip()


def _scalar(value: object) -> str:
    """As it is written inside braces."""
    inside = CommentedSeq([value])
    inside.fa.set_flow_style()
    return _dumped(inside).strip().removeprefix("[").removesuffix("]")


def _dumped(document: object) -> str:
    yaml = YAML()
    yaml.width = _NEVER_WRAPPED
    stream = StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()
