"""A small project in a folder: an owner and a way out, to which tests and benchmarks add their rules and texts."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

OWNER_AND_EXIT = {
    "rules/owners.yaml": "owners: { field: { name: Field, email: field@example.com } }",
    "rules/contact_points.yaml": """
        contact_points:
          desk: { channel: phone, address: '+576017945501', human: true, settles: [reschedule] }
        """,
}
"""The owner `field`, and the contact point `desk`."""


def write_small_project(folder: Path, files: Mapping[str, str]) -> Path:
    """The folder, with these files besides the owner and the way out; their texts may be indented."""
    for name, text in (OWNER_AND_EXIT | dict(files)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder
