"""The rules in force, as the daemons have published them: read anew when they are others."""

import threading
from collections.abc import Callable

from notifier.rules.checked import Project
from notifier.rules.file_set import FileSet
from notifier.store.published_rules import Published, PublishedRules


class ProjectInForce:
    """May be called from several threads. It looks into no folder, and puts nothing in force."""

    def __init__(self, published: PublishedRules, load: Callable[[FileSet], Project]) -> None:
        self._published = published
        self._load = load
        self._lock = threading.Lock()
        self._known: Published | None = None
        self._project: Project | None = None

    def __call__(self) -> Project | None:
        """The project in force; None where nothing ever was. Raises StoreError where the database cannot say."""
        with self._lock:
            newest = self._published.newest()
            if newest is not None and (self._known is None or newest.digest != self._known.digest):
                self._project = self._load(self._published.files(newest))
            self._known = newest
            return self._project
