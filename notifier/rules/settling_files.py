"""What settles contradictions: the steps of an owner, causes, and how much one person may give away."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import time, timedelta
from decimal import Decimal
from itertools import pairwise

from notifier.model.problems import did_you_mean
from notifier.model.settling import SECOND
from notifier.model.types import ChannelName
from notifier.model.values import check_currency
from notifier.model.weekly import WEEKDAYS, WeeklyMoment
from notifier.rules import shapes
from notifier.rules.checked_owners import Authority, Cause, Limit, Owner, Step
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings, unknown
from notifier.rules.quantities import positive_span
from notifier.rules.yaml_nodes import ListNode, Node, ScalarNode

AGAIN_WITHIN = timedelta(days=30)
"""How soon a cause that comes back is a pattern, where it does not say."""
MOST_STEPS = 10
_AMOUNT = re.compile(r"(\d{1,14}(?:\.\d{1,4})?)\s+([A-Za-z]{3})")
_WEEKLY = re.compile(r"([a-z]+)\s+([01]\d|2[0-3]):([0-5]\d)")
_CHAT = re.compile(r"[a-z][a-z0-9-]{0,39}")
OWNERS = "rules/owners.yaml"


def chat_name(text: str) -> str:
    """`billing-slack`: the name of a chat. Raises ValueError for its address, which is a secret, and all else."""
    if "://" in text:
        raise ValueError(
            "the address of a chat is a secret: put it into NOTIFIER_CHATS under a name, and write the name here"
        )
    if not _CHAT.fullmatch(text):
        raise ValueError(f"'{text[:40]}' is not the name of a chat; use lower-case letters, digits and '-'")
    return text


def amount(text: str) -> tuple[Decimal, str]:
    """`50000 COP` -> amount and currency. Raises ValueError for anything else."""
    written = _AMOUNT.fullmatch(text.strip())
    if written is None:
        raise ValueError(f"'{text}' is not an amount with its currency; write it like 50000 COP")
    return Decimal(written[1]), check_currency(written[2])


def weekly_moment(text: str) -> WeeklyMoment:
    """`monday 08:00`. Raises ValueError for anything else."""
    written = _WEEKLY.fullmatch(text.strip().lower())
    if written is None:
        raise ValueError(f"'{text}' is no weekday and hour; write it like monday 08:00")
    if written[1] not in WEEKDAYS:
        raise ValueError(f"'{written[1]}' is no weekday{did_you_mean(written[1], WEEKDAYS)}")
    return WeeklyMoment(weekday=WEEKDAYS.index(written[1]), at=time(int(written[2]), int(written[3])))


def read_weekly(fields: Fields, findings: Findings) -> WeeklyMoment | None:
    """`weekly` of an owner, who needs a mail address for it."""
    moment = fields.converted("weekly", weekly_moment)
    if moment is not None and "email" not in fields:
        findings.add(fields.key_place("weekly"), "their week is told by mail, and they have no address; add 'email'")
    return moment


def read_steps(items: Iterable[Node], owners: Collection[str], findings: Findings) -> tuple[Step, ...]:
    """`steps` of an owner, each later than the one before."""
    steps: list[Step] = []
    read = [Fields(item, shapes.STEP, findings) for item in items]
    for fields in read[MOST_STEPS:]:
        findings.add(fields.place, f"{len(read)} steps, {MOST_STEPS} are allowed")
    for fields in read[:MOST_STEPS]:
        after = fields.converted("after", positive_span)
        to = fields.reference("to", owners, "owner", OWNERS)
        if after is not None and to:
            steps.append(Step(after=after, to=to, by=tuple(ChannelName(name) for name in fields.texts("by"))))
    for (one, fields), (other, later) in pairwise(zip(steps, read, strict=False)):
        if other.after <= one.after:
            findings.add(later.key_place("after"), f"a step comes after the one before it, at {fields.text('after')}")
    return tuple(steps)


def read_causes(node: Node | None, owners: Mapping[str, Owner], findings: Findings) -> Mapping[str, Cause]:
    """`rules/causes.yaml`."""
    causes: dict[str, Cause] = {}
    if node is None:
        return causes
    for entry in Fields(node, shapes.CAUSES_FILE, findings).named("causes"):
        fields = Fields(entry.value, shapes.CAUSE, findings)
        owner = fields.reference("owner", owners, "owner", OWNERS)
        causes[entry.key.text] = Cause(
            id=entry.key.text,
            about=fields.text("about"),
            owner=owner,
            again_within=fields.converted("again_within", positive_span) or AGAIN_WITHIN,
            place=entry.key.place,
        )
    return causes


def read_cause_needed_by(node: Node | None) -> frozenset[str]:
    """The commands that close nothing without a cause, of a file whose problems `read_causes` has said."""
    if node is None:
        return frozenset()
    named = Fields(node, shapes.CAUSES_FILE, Findings()).texts("needed_by")
    return frozenset(named or shapes.CLOSING_COMMANDS)


def read_authority(node: Node | None, findings: Findings) -> Authority:
    """`rules/authority.yaml`: without it, one person may decide everything."""
    if node is None:
        return Authority()
    file = Fields(node, shapes.AUTHORITY_FILE, findings)
    roles: dict[str, tuple[str, ...]] = {}
    for entry in file.named("roles"):
        named = entry.value.items if isinstance(entry.value, ListNode) else (entry.value,)
        names = tuple(item.text for item in named if isinstance(item, ScalarNode) and item.text)
        if not names or len(names) < len(named):
            findings.add(entry.value.place, f"the role '{entry.key.text}' is a list of names, as given with --by")
        roles[entry.key.text] = names
    limits = []
    for item in file.items("authority"):
        fields = Fields(item, shapes.AUTHORITY_LIMIT, findings)
        credit, needs = fields.converted("credit", amount), fields.optional_text("needs")
        if needs not in (None, SECOND, *roles):
            known = (SECOND, *roles)
            findings.add(fields.key_place("needs"), unknown("role", needs or "", known, "rules/authority.yaml"))
        elif credit is not None:
            limits.append(Limit(credit=credit[0], currency=credit[1], needs=needs))
    return Authority(limits=tuple(sorted(limits, key=lambda each: (each.currency, each.credit))), roles=roles)
