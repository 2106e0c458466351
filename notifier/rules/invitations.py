"""The `invitation` of a rule: of which claims its mails make an entry for the reader's calendar."""

from collections.abc import Sequence

from notifier.model.types import ChannelName, TopicType
from notifier.rules import shapes
from notifier.rules.checked_rules import Claim, Invitation
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings

_TYPES = {
    "starts": (TopicType.TIMESTAMP, TopicType.WINDOW),
    "ends": (TopicType.TIMESTAMP,),
    "place": (TopicType.TEXT,),
}
"""What the claim of each key may be."""


def read_invitation(
    fields: Fields, claims: Sequence[Claim], channels: Sequence[ChannelName], findings: Findings
) -> Invitation | None:
    """The invitation of a rule with these claims; None where it has none, or it is wrong."""
    node = fields.node("invitation")
    if node is None:
        for item in fields.items("follow_up"):
            follow_up = Fields(item, shapes.FOLLOW_UP, Findings())
            if "invitation" in follow_up:
                findings.add(follow_up.key_place("invitation"), "the rule has no 'invitation' that it could change")
        return None
    place = fields.key_place("invitation")
    if ChannelName.EMAIL not in channels:
        findings.add(place, "an invitation goes with a mail, and the rule sends none; add 'email' to its channels")
    if "group" in fields:
        findings.add(place, "an invitation is to one thing, and 'group' tells of several; leave one of them out")
    given = Fields(node, shapes.INVITATION, findings)
    by_name = {claim.name: claim for claim in claims}
    for key, types in _TYPES.items():
        name = given.reference(key, tuple(by_name), "claim", "the rule")
        if name in by_name and by_name[name].type not in types:
            wanted = " or ".join(each.value for each in types)
            findings.add(given.key_place(key), f"'{key}' is a claim of type {wanted}; '{name}' is {by_name[name].type}")
    starts = by_name.get(given.text("starts"))
    if starts is not None and starts.type is TopicType.WINDOW and "ends" in given:
        findings.add(given.key_place("ends"), f"the window '{starts.name}' says already when it ends; remove it")
    return Invitation(starts=given.text("starts"), ends=given.optional_text("ends"), place=given.optional_text("place"))
