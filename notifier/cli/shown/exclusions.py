"""Who would not be told, and why: one line for all with one reason, and one for all that a flood holds."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from notifier.cli.shown.drafts import word_of
from notifier.model.notices import Draft, ReasonCode

FEW = 5
"""Reasons that differ in their contradiction alone: of more, the first one is said and the others are counted."""


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """Notices of one rule that are left out for one reason, or for many that differ in their contradiction alone."""

    rule: str
    word: str
    reason: str
    """Of several the first."""
    members: Sequence[Draft]
    alike: int = 0
    """How many other reasons there are, each with a contradiction of its own."""


def exclusions(drafts: Iterable[Draft]) -> list[Exclusion]:
    """In the order in which their first notices come."""
    by_reason: dict[tuple[str, str, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        by_reason[(draft.rule, word_of(draft), draft.verdict.reason.text)].append(draft)
    reasons: dict[tuple[str, ...], list[list[Draft]]] = defaultdict(list)
    for key, members in by_reason.items():
        reasons[_kind(key, members[0])].append(members)
    found: list[Exclusion] = []
    for groups in reasons.values():
        if len(groups) > FEW:
            found.append(_of([each for members in groups for each in members], alike=len(groups) - 1))
        else:
            found += [_of(members) for members in groups]
    return found


def _of(members: Sequence[Draft], alike: int = 0) -> Exclusion:
    first = members[0]
    return Exclusion(
        rule=first.rule, word=word_of(first), reason=first.verdict.reason.text, members=members, alike=alike
    )


def _kind(key: tuple[str, str, str], draft: Draft) -> tuple[str, ...]:
    """What reasons have in common that differ in their contradiction alone: `held by CHECK` begins them."""
    rule, word, reason = key
    if draft.verdict.reason.code is not ReasonCode.OPEN_CONTRADICTION:
        return key
    return rule, word, reason.partition(":")[0], "of a contradiction"
