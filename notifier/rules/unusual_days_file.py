"""`unusual_days` of `rules/reasons.yaml`: who is alerted of a day with more contacts than chance explains."""

from collections.abc import Mapping

from notifier.model.unusual_days import FALSE_ALARMS, FEWEST, DaysWatched
from notifier.rules import catalogue, shapes
from notifier.rules.checked_owners import Owner
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.settling_files import OWNERS
from notifier.rules.yaml_nodes import Node

MOST_CONTACTS, MOST_ALARMS = 1_000_000, 52


def read_unusual_days(node: Node | None, owners: Mapping[str, Owner], findings: Findings) -> DaysWatched | None:
    """None where the file is not there or says nothing of it. What else the file says, `read_reasons` has read."""
    if node is None:
        return None
    file = Fields(node, shapes.REASONS_FILE, Findings())
    written = file.node("unusual_days")
    if written is None:
        return None
    fields = Fields(written, shapes.UNUSUAL_DAYS, findings)
    keys = [entry.key.text for entry in file.named("reasons")]
    return DaysWatched(
        owner=fields.reference("owner", owners, "owner", OWNERS),
        fewest=_whole(fields, "fewest", FEWEST, MOST_CONTACTS, findings),
        false_alarms=_whole(fields, "false_alarms", FALSE_ALARMS, MOST_ALARMS, findings),
        only=fields.references("only", keys, "reason", catalogue.REASONS),
        monthly=fields.references("monthly", keys, "reason", catalogue.REASONS),
    )


def _whole(fields: Fields, key: str, default: int, most: int, findings: Findings) -> int:
    value = fields.whole(key)
    if value is not None and not 1 <= value <= most:
        findings.add(fields.key_place(key), f"'{key}' is a whole number from 1 to {most:,}, not {value}")
    return default if value is None else value
