"""Shares as people read them: never without the cases that they are of."""

from notifier.model.shares import FEWEST, Share

CANNOT_BE_SAID = "cannot be said"


def share_text(share: Share) -> str:
    """`82.1 % of 244`; `cannot be said (3 of 7)` below twenty cases; `none` where there is no case."""
    if not share.whole:
        return "none"
    if share.value is None:
        return f"{CANNOT_BE_SAID} ({share.part} of {share.whole}, fewer than {FEWEST})"
    return f"{share.value * 100:.1f} % of {share.whole:,}"


def interval_text(share: Share) -> str:
    """`76.8-86.4 %`; empty where the share cannot be said."""
    if share.value is None or share.interval is None:
        return ""
    low, high = share.interval
    return f"{low * 100:.1f}-{high * 100:.1f} %"


def brief_share_text(share: Share) -> str:
    """For a cell of a table: `82.1 % of 244`; `(3 of 7)` where it cannot be said; empty where there is no case."""
    if share.whole and not share.can_be_said:
        return f"({share.part} of {share.whole})"
    return share_text(share) if share.whole else ""
