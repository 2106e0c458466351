"""What people answered is passed on to the owners of the rules that they answered: once, those of one tick together."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from notifier.drafting.alerts import replies_alert
from notifier.drafting.ruleset import Ruleset
from notifier.model.batches import Batch
from notifier.model.notices import Draft
from notifier.model.reading import StateReader
from notifier.model.replies import WaitingReply
from notifier.rules.checked_owners import Owner


def pass_on(ruleset: Ruleset, reader: StateReader, now: datetime, *, live: bool) -> Iterator[Batch]:
    """One batch for each rule and owner with replies of which the owner has not heard.

    What answers no notice goes to operations, where the settings name somebody; else it is in `contact` alone.
    """
    groups: dict[tuple[str, str | None], list[WaitingReply]] = defaultdict(list)
    for reply in reader.waiting_replies():
        groups[reply.rule or "replies", reply.owner].append(reply)
    for (rule, name), replies in groups.items():
        owner = _owner(ruleset, name)
        alerts: tuple[Draft, ...] = ()
        if owner is not None:
            alerts = (replies_alert(ruleset, reader, rule=rule, replies=replies, owner=owner, now=now, live=live),)
        yield Batch(kind="reply", name=rule, drafts=alerts, passed_on=tuple(reply.id for reply in replies))


def _owner(ruleset: Ruleset, name: str | None) -> Owner | None:
    if name is None:
        return ruleset.operations
    return ruleset.project.owners.get(name) or Owner(id=name, name=name)
