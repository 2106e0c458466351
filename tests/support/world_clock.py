"""A small file becomes a clock that several processes share, and that a test may set, hasten or move ahead.

So the hours between two attempts pass at once, and every process, a provider's included, agrees on what time it is.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class WorldClock:
    """Reads `file` at every call: the world's time when it was set, the real time then, and how much faster it runs.

    A clock that is wrong is `ahead` of the world's.
    """

    file: Path
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def seconds(self) -> float:
        """The present as `time.time` would give it."""
        world, real, factor = map(float, self.file.read_text().split())
        return world + (time.time() - real) * factor + self.ahead.total_seconds()

    def set(self, at: datetime, factor: float = 1) -> None:
        """From now on it is `at`, and time passes `factor` times as fast as the real one."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{at.timestamp()!r} {time.time()!r} {factor!r}")
        fresh.replace(self.file)  # whoever reads meanwhile sees the old or the new, never half of it

    def forward(self, by: timedelta) -> None:
        """Time passes at once."""
        self.set(self() - self.ahead + by, float(self.file.read_text().split()[2]))
