"""Where messages leave: every queue, rate and halt belongs to one outlet."""

from dataclasses import dataclass

from notifier.model.types import ChannelName


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """One channel, live or in the sandbox. The two share no queue, no rate and no halt."""

    live: bool
    channel: ChannelName
