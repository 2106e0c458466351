"""House by house, the same files and settings become the same ruleset: in a process that shares them it is made once.

Nobody changes a ruleset, and its statements are built at their first use. Many tests have a folder each with the same
rules; to make those ready took a third of what such a test cost.
"""

from notifier.drafting.ruleset import Ruleset
from notifier.rules.file_set import FileSet
from notifier.wiring import House

_load, _ruleset = House._load, vars(House)["ruleset"].func
_made: dict[tuple[str, str], Ruleset] = {}
"""By the files, and by the settings that a ruleset depends on."""


def share_rulesets() -> None:
    """From now on in this process."""
    House._load = _loaded  # type: ignore[method-assign]  # from outside
    House.ruleset = property(_of_folder)  # type: ignore[assignment]


def _key(house: House, files: FileSet) -> tuple[str, str]:
    settings = house.settings
    return files.digest, repr((settings.rendering, settings.defaults, house.unavailable, settings.operations))


def _loaded(self: House, files: FileSet, tried: bool) -> Ruleset:
    key = _key(self, files)
    if key not in _made:
        _made[key] = _load(self, files, tried)
    self._index(_made[key])
    return _made[key]


def _of_folder(self: House) -> Ruleset:
    key = _key(self, self.files)
    if key not in _made:
        _made[key] = _ruleset(self)
    return _made[key]
