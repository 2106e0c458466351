"""What closing a contradiction needs: its cause from a list with owners, and what is done about it; and authority."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from notifier.decisions.decision import Signature
from notifier.model.digests import canonical_number, uuid7
from notifier.model.problems import did_you_mean, one_of
from notifier.model.settling import SECOND, Settling, Way
from notifier.model.texts import problem_of
from notifier.rules.checked_owners import Authority, Cause


@dataclass(frozen=True, kw_only=True)
class Closing:
    """Why the promise was broken, and what is done about that."""

    cause: str | None = None
    action: str | None = None
    known: Mapping[str, Cause] = field(default_factory=dict)
    """The project's causes. Where it has none, nothing is asked."""
    needed: bool = True
    """Whether nothing is closed without one, where the project has causes."""

    def refusal(self) -> str | None:
        """Why nothing can be closed with this."""
        if self.cause is None:
            if not self.known or not self.needed:
                return None
            return (
                f"say what caused it and what is done about that: --cause NAME --action TEXT; the causes are "
                f"{one_of(sorted(self.known))} (rules/causes.yaml)"
            )
        if not self.known:
            return "rules/causes.yaml has no causes; write them there, each with its owner, or leave --cause out"
        if self.cause not in self.known:
            hint = did_you_mean(self.cause, self.known) or f"; the causes are {one_of(sorted(self.known))}"
            return f"there is no cause '{self.cause}'{hint}"
        if not (self.action or "").strip():
            return f"say what is done about {self.cause}: --action TEXT"
        return refused_text("--action", self.action)


@dataclass(frozen=True, kw_only=True)
class Credit:
    """Money that a customer gets, exact."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{canonical_number(self.amount)} {self.currency}"


@dataclass(frozen=True, kw_only=True)
class Given:
    """How much is given away, and by whose authority."""

    credit: Credit | None = None
    authority: Authority = field(default_factory=Authority)
    override: str | None = None
    """Why the procedure is broken: then nobody else is asked, and it stays on record."""

    def refusal(self) -> str | None:
        """Why nobody may give this."""
        if (wrong := refused_text("--override", self.override)) is not None:
            return wrong
        if self.credit is None or self.override is not None or not self.authority.limits:
            return None
        limits = [each for each in self.authority.limits if each.currency == self.credit.currency]
        if not limits:
            return (
                f"rules/authority.yaml says nothing about {self.credit.currency}; add a limit, or give --override WHY"
            )
        if self.credit.amount > limits[-1].credit:
            most = Credit(amount=limits[-1].credit, currency=limits[-1].currency)
            return f"{self.credit} is more than anybody may give ({most}, rules/authority.yaml); give --override WHY"
        return None

    def waits_for(self, by: str) -> str | None:
        """Who else has to agree: `second`, a role, or nobody."""
        if self.credit is None or self.override is not None:
            return None
        limits = [each for each in self.authority.limits if each.currency == self.credit.currency]
        needs = next((each.needs for each in limits if self.credit.amount <= each.credit), None)
        return None if needs is None or by.strip() in self.authority.roles.get(needs, ()) else needs


def who_may(waits_for: str, authority: Authority) -> str:
    """`a second person`, or the role with its names."""
    if waits_for == SECOND:
        return "a second person"
    names = authority.roles.get(waits_for, ())
    return f"{waits_for} ({one_of(names)})" if names else waits_for


def same_person(one: str, other: str) -> bool:
    """Whether two names given with --by are one person's: `Marta` is no second person beside `marta`."""
    return one.casefold().split() == other.casefold().split()


def refused_text(option: str, text: str | None) -> str | None:
    """Why a text of a person cannot be kept: it is no plain line."""
    if text is None:
        return None
    if not text.strip():
        return f"{option} is empty"
    wrong = problem_of(text.strip())
    return None if wrong is None else f"{option} {wrong}"


def settling_by(signature: Signature, way: Way, **values: Any) -> Settling:
    """A settling by who signs, about no contradiction yet."""
    return Settling(
        id=uuid7(signature.now),
        contradiction_id=None,
        at=signature.now,
        way=way,
        by=signature.by.strip(),
        reason=signature.reason.strip(),
        **values,
    )
