"""`rules/reasons.yaml` -> why people get in touch: each reason a thing, a step, a failure, and who can end it."""

import re
from collections import Counter
from collections.abc import Mapping

from notifier.model.reasons import UNCLEAR, Reason, Saying, Worth
from notifier.rules import shapes
from notifier.rules.checked_owners import Owner
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.settling_files import OWNERS, amount
from notifier.rules.specific import not_specific, says_nothing
from notifier.rules.yaml_nodes import Entry, Node

MOST_AT_A_LEVEL = 12
"""Objects in a file, and reasons of one object: from longer lists people choose what stands first, or "other"."""
LONGEST_MINUTES = 600
MOST_SEVERE = 5
_KEY = re.compile(r"[a-z][a-z0-9-]{0,59}")


def read_reasons(node: Node | None, owners: Mapping[str, Owner], findings: Findings) -> Mapping[str, Reason]:
    """The reasons by their keys; without the file there are none. A reason with a problem is left out."""
    reasons: dict[str, Reason] = {}
    if node is None:
        return reasons
    for entry in Fields(node, shapes.REASONS_FILE, findings).named("reasons"):
        found = Findings()
        reason = _reason(entry, owners, found)
        findings.extend(found.problems)
        if not found:
            reasons[entry.key.text] = reason
    _refuse_what_two_claim(reasons, findings)
    _refuse_long_lists(reasons, findings)
    return reasons


def written_reasons(node: Node | None) -> frozenset[str]:
    """The keys of all reasons of the file, of those with a problem, too: what a map of the journey may name."""
    if node is None:
        return frozenset()
    return frozenset(entry.key.text for entry in Fields(node, shapes.REASONS_FILE, Findings()).named("reasons"))


def _reason(entry: Entry, owners: Mapping[str, Owner], findings: Findings) -> Reason:
    key = entry.key.text
    if key == UNCLEAR:
        findings.add(entry.key.place, f"'{UNCLEAR}' is what nobody can tell yet, and has no owner; give another name")
    elif not _KEY.fullmatch(key):
        findings.add(entry.key.place, f"'{key}' is no key; use lower-case letters, digits and '-': card-declined")
    fields = Fields(entry.value, shapes.REASON, findings)
    written = {name: fields.text(name).strip() for name in ("object", "step", "failure")}
    if all(written.values()):
        for name, what in not_specific(written["object"], written["step"], written["failure"]):
            node = fields.scalar(name)
            findings.add(node.place if node is not None else fields.place, what)
    cost = fields.converted("cost", amount)
    if ("customer" in fields) != ("company" in fields):
        given, other = ("customer", "company") if "customer" in fields else ("company", "customer")
        findings.add(fields.key_place(given), f"'{given}' says nothing without '{other}'; answer for both sides")
    return Reason(
        key=key,
        object=written["object"],
        step=written["step"],
        failure=written["failure"],
        owner=fields.reference("owner", owners, "owner", OWNERS),
        sayings=_sayings(fields, findings),
        imported_as=fields.texts("imported_as"),
        customer=_worth(fields, "customer"),
        company=_worth(fields, "company"),
        minutes=_whole(fields, "minutes", LONGEST_MINUTES, findings),
        cost=None if cost is None else cost[0],
        currency=None if cost is None else cost[1],
        severity=_whole(fields, "severity", MOST_SEVERE, findings),
        place=entry.key.place,
    )


def _worth(fields: Fields, key: str) -> Worth | None:
    text = fields.optional_text(key)
    return None if text is None else Worth(text)


def _whole(fields: Fields, key: str, most: int, findings: Findings) -> int | None:
    value = fields.whole(key)
    if value is not None and not 1 <= value <= most:
        findings.add(fields.key_place(key), f"'{key}' is a whole number from 1 to {most}, not {value}")
    return value


def _sayings(fields: Fields, findings: Findings) -> Mapping[str, tuple[Saying, ...]]:
    sayings: dict[str, tuple[Saying, ...]] = {}
    for item in fields.items("words"):
        words = Fields(item, shapes.SAYING, findings)
        for name in ("say", "unless"):
            for node in words.scalars(name):
                if says_nothing(node.text):
                    findings.add(node.place, f"'{node.text}' has no word that says something; write what people say")
        language = words.text("language")
        if language and words.texts("say"):
            saying = Saying(phrases=words.texts("say"), unless=words.texts("unless"), why=words.optional_text("why"))
            sayings[language] = (*sayings.get(language, ()), saying)
    return sayings


def _refuse_what_two_claim(reasons: Mapping[str, Reason], findings: Findings) -> None:
    """One value of another system is one reason, and one title is one reason."""
    claimed: dict[tuple[str, str], str] = {}
    for reason in reasons.values():
        said = [("is imported as", value) for value in reason.imported_as]
        for what, value in [*said, ("is", reason.title)]:
            first = claimed.setdefault((what, value.strip().casefold()), reason.key)
            if first != reason.key:
                findings.add(reason.place, f"the reason '{reason.key}' {what} '{value}', as '{first}' is; keep one")


def _refuse_long_lists(reasons: Mapping[str, Reason], findings: Findings) -> None:
    objects = Counter(reason.object.casefold() for reason in reasons.values())
    first = {reason.object.casefold(): reason for reason in reversed(list(reasons.values()))}
    if len(objects) > MOST_AT_A_LEVEL:
        place = first[list(objects)[MOST_AT_A_LEVEL]].place
        findings.add(place, f"{len(objects)} objects, {MOST_AT_A_LEVEL} are allowed; join those that one team ends")
    for name, count in objects.items():
        if count > MOST_AT_A_LEVEL:
            what = f"{count} reasons of '{first[name].object}', {MOST_AT_A_LEVEL} are allowed"
            findings.add(first[name].place, f"{what}; split the object, or join reasons that end together")
