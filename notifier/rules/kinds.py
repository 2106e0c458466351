"""The kinds of YAML files below `rules/`: where each stands, and which keys it may have.

One table for the loader, which takes every file that is of no other kind for a rule file, for editors, which get a
schema of each kind, and for the reference.
"""

from dataclasses import dataclass
from pathlib import PurePath

from notifier.rules import catalogue, shapes
from notifier.rules.file_set import RULE_SUFFIX, RULES, SCENARIO_SUFFIX
from notifier.rules.shapes import Shape


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """One kind of file."""

    name: str
    """What people call it: `topics`."""
    path: str
    """The one file, relative to the project folder, or the pattern of all of them."""
    shape: Shape

    @property
    def is_one_file(self) -> bool:
        """Whether there is at most one such file in a project."""
        return "*" not in self.path


def _one(path: str, shape: Shape) -> FileKind:
    return FileKind(name=PurePath(path).stem, path=path, shape=shape)


RULE_FILES = FileKind(name="rules", path=f"{RULES}/**/*{RULE_SUFFIX}", shape=shapes.RULE_FILE)
SCENARIO_FILES = FileKind(name="scenarios", path=f"{RULES}/**/*{SCENARIO_SUFFIX}", shape=shapes.SCENARIO_FILE)
KINDS: tuple[FileKind, ...] = (
    RULE_FILES,
    _one(catalogue.TOPICS, shapes.TOPICS_FILE),
    _one(catalogue.OWNERS, shapes.OWNERS_FILE),
    _one(catalogue.CONTACT_POINTS, shapes.CONTACT_POINTS_FILE),
    _one(catalogue.HOURS, shapes.HOURS_FILE),
    _one(catalogue.CAUSES, shapes.CAUSES_FILE),
    _one(catalogue.AUTHORITY, shapes.AUTHORITY_FILE),
    _one(catalogue.REASONS, shapes.REASONS_FILE),
    _one(catalogue.POLICY, shapes.POLICY_FILE),
    _one(catalogue.PUBLISHED, shapes.PUBLISHED_FILE),
    _one(catalogue.WHATSAPP, shapes.WHATSAPP_FILE),
    _one(catalogue.ATTRIBUTES, shapes.ATTRIBUTES_FILE),
    _one(catalogue.CAMPAIGNS, shapes.CAMPAIGNS_FILE),
    _one(catalogue.JOURNEY, shapes.JOURNEY_FILE),
    SCENARIO_FILES,
)
"""In the order of the reference."""
NAMED_FILES = tuple(kind.path for kind in KINDS if kind.is_one_file)
"""The files below `rules/` that are no rule files."""


def kind_of_file(path: str) -> FileKind | None:
    """The kind of a file, by its path in the project; None for one that is not read."""
    for kind in KINDS:
        if kind.path == path:
            return kind
    if not path.startswith(f"{RULES}/") or not path.endswith(RULE_SUFFIX):
        return None
    return SCENARIO_FILES if path.endswith(SCENARIO_SUFFIX) else RULE_FILES
