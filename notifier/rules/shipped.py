"""Where the shipped rules and texts are: in the package when it is installed, else at the top of the repository."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def shipped() -> Path:
    """The folder with the shipped `rules` and `templates`."""
    installed = _PACKAGE / "shipped"
    return installed if installed.is_dir() else _PACKAGE.parent
