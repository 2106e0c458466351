"""`merge` of `rules/policy.yaml` -> within how long what falls due for one person goes in one message."""

from datetime import timedelta

from notifier.model.durations import duration_text
from notifier.model.types import ChannelName, NoticeClass
from notifier.rules import shapes
from notifier.rules.contact_terms import Merging
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.quantities import positive_span

LONGEST_WAIT = timedelta(hours=2)
"""Nobody understands why a notice is late that waited longer for another one."""


def read_merging(policy: Fields, findings: Findings) -> Merging | None:
    """What the file says of it; None where each notice goes in a message of its own."""
    node = policy.node("merge")
    if node is None:
        return None
    fields = Fields(node, shapes.MERGE, findings)
    within = fields.converted("within", positive_span)
    if within is None:
        return None
    if within > LONGEST_WAIT:
        what = f"a notice waits at most {duration_text(LONGEST_WAIT)} for others, not {duration_text(within)}"
        findings.add(fields.key_place("within"), what)
    channels = fields.texts("channels") or shapes.MERGED_CHANNELS
    classes = fields.texts("classes") or shapes.MERGED_CLASSES
    return Merging(
        within=within,
        channels=tuple(each for each in ChannelName if each in channels),
        classes=tuple(each for each in NoticeClass if each in classes),
    )
