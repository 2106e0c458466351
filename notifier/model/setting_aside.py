"""What is set aside while files have errors: rules and checks that are not in force, and files with problems."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Part(StrEnum):
    """What can be set aside."""

    RULE = "rule"
    CHECK = "check"
    FILE = "file"
    """A file with a problem that belongs to no single rule or check."""


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A rule or check that is set aside, or a file with a problem."""

    kind: Part
    name: str
    """The rule's or check's name, or the path of the file."""
    place: str
    """Where to mend it: `rules/telco/billing.yaml:30:13`."""
    why: str
    """The first problem, in a sentence."""
    since: datetime
    """The tick (aware UTC) that found it set aside."""
    kept: bool = False
    """The version before it stays in force: only an edit is set aside."""

    @property
    def problem(self) -> tuple[Part, str, str, bool]:
        """What is wrong, wherever it stands in its file: a line written above it is no other problem."""
        return self.kind, self.name, self.why, self.kept

    @property
    def sentence(self) -> str:
        """`rules/telco/billing.yaml:30:13: check promised-price-vs-billing is set aside: charge has no field …`."""
        if self.kind is Part.FILE:
            return f"{self.place}: {self.why}"
        what = "was edited, but the version before stays in force" if self.kept else "is set aside"
        return f"{self.place}: {self.kind} {self.name} {what}: {self.why}"
