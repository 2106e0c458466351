"""What several notices say in one message: their claims together, and the rows that its texts loop over.

A notice of a rule with a list has the claims of its own row: `visits.starts_at`. In a message each row has a number,
also where it is the only one: `visits.1.starts_at`, `visits.2.starts_at`. These are the claims that parity and
corrections see, so every row is printed, proven and corrected like any claim. What is said once stands in the first
notice alone.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from notifier.model.notices import Claims
from notifier.model.types import TopicType
from notifier.rendering.context import Changed, Names, PrintableClaim, Voice
from notifier.rendering.saying import Said
from notifier.rules.checked_rules import Claim

Printables = Mapping[str, PrintableClaim | None]


def together(said: Sequence[Said]) -> Said:
    """What these notices say in one message; the first of them speaks. All say the same of what is said once."""
    first = said[0]
    labels = {
        numbered: label
        for name, label in first.labels.items()
        for numbered in ([name] if not is_of_list(name) else [_numbered(name, row) for row in range(1, len(said) + 1)])
    }
    return replace(
        first,
        claims=_joined([each.claims for each in said]),
        previous=_joined([each.previous for each in said]),
        current=_joined([each.current for each in said]),
        labels=labels,
        is_listed=True,
    )


def sample_rows(claims: Iterable[Claim], rows: int) -> Sequence[Claim]:
    """The claims of a message with so many rows, for trying its templates."""
    claims = list(claims)
    once = [claim for claim in claims if not claim.of_list]
    of_rows = [claim for claim in claims if claim.of_list]
    listed = [replace(claim, name=_numbered(claim.name, row)) for row in range(1, rows + 1) for claim in of_rows]
    return [*once, *listed]


def is_of_list(name: str) -> bool:
    """Whether the claim of this name is one of a row."""
    return "." in name


def bare(name: str) -> str:
    """What texts call the claim: `starts_at`, for `visits.1.starts_at`."""
    return name.rpartition(".")[2]


def unnumbered(name: str) -> str:
    """What the rule calls the claim: `visits.starts_at`, for `visits.1.starts_at`."""
    parts = name.split(".")
    return f"{parts[0]}.{parts[-1]}" if len(parts) > 1 else name


def rows_named(
    known: Printables, told: Printables, current: Printables, changed: Collection[str], voice: Voice
) -> dict[str, object]:
    """The lists by name, as templates see them: each row with its claims, what was told of it and what is true now."""
    lists: dict[str, list[Names]] = {}
    for prefix in dict.fromkeys(name.rpartition(".")[0] for name in known if is_of_list(name)):
        own, before, now = (_claims_of_row(prefix, claims) for claims in (known, told, current))
        row = {
            **own,
            "told": Names("told", before),
            "previous": Names("previous", before),
            "current": Names("current", now or own),
            "changed": Changed(changed, known, voice, f"{prefix}."),
        }
        name = prefix.partition(".")[0]
        lists.setdefault(name, []).append(Names(name, row))
    return dict(lists)


def told_apart(known: Printables, changed: Collection[str]) -> Mapping[str, PrintableClaim]:
    """For each changed claim of a row, the text of the row that did not change: what its reader knows the row by."""
    return {name: text for name in changed if is_of_list(name) for text in _unchanged(name, known, changed)}


def _unchanged(name: str, known: Printables, changed: Collection[str]) -> Iterator[PrintableClaim]:
    prefix = name.rpartition(".")[0]
    texts = (
        claim
        for other, claim in known.items()
        if other.rpartition(".")[0] == prefix
        and other not in changed
        and claim is not None
        and claim.claim.type is TopicType.TEXT
    )
    yield from list(texts)[:1]


def _joined(rows: Sequence[Claims]) -> Claims:
    once = {name: claim for name, claim in rows[0].items() if not is_of_list(name)}
    listed = {
        _numbered(name, number): claim
        for number, claims in enumerate(rows, start=1)
        for name, claim in claims.items()
        if is_of_list(name)
    }
    return {**once, **listed}


def _numbered(name: str, row: int) -> str:
    of_list, _, claim = name.partition(".")
    return f"{of_list}.{row}.{claim}"


def _claims_of_row(prefix: str, claims: Printables) -> dict[str, object]:
    return {bare(name): claim for name, claim in claims.items() if name.rpartition(".")[0] == prefix}
