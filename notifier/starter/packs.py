"""The packs that come with the notifier: which shipped rule files each of them has, and what those files need.

The files are those at the top of the repository (`rules/`, `templates/`): a wheel carries them, and nothing is kept
twice. A pack only names them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from notifier.rules.file_set import RULE_SUFFIX, RULES, SCENARIO_SUFFIX, TEMPLATES
from notifier.rules.shipped import shipped
from notifier.rules.yaml_nodes import plain
from notifier.rules.yaml_reader import read_yaml
from notifier.starter.needs import Needs, needs_of

MANIFEST = Path(__file__).with_name("packs.yaml")
COMMON = "common"
"""The folder of rule files that several packs have; such a file stays in it."""


@dataclass(frozen=True, kw_only=True)
class Pack:
    """One pack as the manifest names it. `about` says what it is for, by language."""

    name: str
    version: int
    about: Mapping[str, str]
    files: tuple[str, ...]
    reasons: tuple[str, ...]
    """Those of the shipped reasons for which its customers get in touch."""


@dataclass(frozen=True, kw_only=True)
class PackFile:
    """One shipped file as a project gets it."""

    pack: str
    version: int
    source: str
    """Its path below the shipped folder: `rules/telco/outage.yaml`."""
    path: str
    """Its path in the project: `rules/utilities/outage.yaml`."""
    content: str

    @property
    def is_rules(self) -> bool:
        """Whether rules and checks stand in it; else it is a scenario file or a text."""
        return self.path.endswith(RULE_SUFFIX) and not self.path.endswith(SCENARIO_SUFFIX)


@cache
def packs() -> Mapping[str, Pack]:
    """Every pack, by name, in the order of the manifest."""
    node = read_yaml(MANIFEST.read_bytes(), MANIFEST.name)
    assert node is not None, "the manifest is shipped"
    document = plain(node)
    assert isinstance(document, dict)
    return {
        name: Pack(
            name=name,
            version=one["version"],
            about=one["about"],
            files=tuple(one["files"]),
            reasons=tuple(one["reasons"]),
        )
        for name, one in document["packs"].items()
    }


def files_of(names: Sequence[str], folder: Path | None = None) -> list[PackFile]:
    """All files of these packs, each once, in the order of their paths: rules, scenarios, and the texts they need.

    A file that two packs have goes by the first. `folder` has other `rules` and `templates` than those shipped.
    """
    root = shipped() if folder is None else folder
    found: dict[str, PackFile] = {}
    for name in names:
        pack = packs()[name]
        for source in _sources(pack, root):
            found.setdefault(source, _file(pack, source, root))
        for source in _texts(needs_of(file.content for file in found.values() if file.is_rules), root):
            found.setdefault(source, _file(pack, source, root))
    return sorted(found.values(), key=lambda file: file.path)


def _sources(pack: Pack, root: Path) -> Iterator[str]:
    """The rule files and scenario files that the pack names, by their path below the folder."""
    for named in pack.files:
        place = root / RULES / named
        paths = sorted(place.glob(f"*{RULE_SUFFIX}")) if place.is_dir() else _with_scenarios(place)
        yield from (path.relative_to(root).as_posix() for path in paths)


def _with_scenarios(place: Path) -> list[Path]:
    return [
        path for suffix in (RULE_SUFFIX, SCENARIO_SUFFIX) if (path := place.parent / f"{place.name}{suffix}").exists()
    ]


def _texts(needs: Needs, root: Path) -> Iterator[str]:
    for template in sorted(needs.templates):
        for path in sorted((root / TEMPLATES / template).glob("*.j2")):
            yield path.relative_to(root).as_posix()


def _file(pack: Pack, source: str, root: Path) -> PackFile:
    return PackFile(
        pack=pack.name,
        version=pack.version,
        source=source,
        path=_path(pack, source),
        content=(root / source).read_text(encoding="utf-8"),
    )


def _path(pack: Pack, source: str) -> str:
    """A file out of another pack's folder comes into this pack's own; common files and texts stay where they are."""
    above, folder, *rest = PurePosixPath(source).parts
    if above == RULES and folder != COMMON:
        folder = pack.name
    return "/".join((above, folder, *rest))
