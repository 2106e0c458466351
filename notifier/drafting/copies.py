"""`copy: seller`, `copy: owner`: what a customer is told goes by mail to somebody who answers to them, too.

A copy is an alert: no quiet hours and no consent bind it. It is made of a notice whose verdict is that it goes out, and
says the words of its mail (else of its SMS) and nothing more, so it knows no more of a customer than they were told.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from notifier.drafting.alert_drafts import alert_draft
from notifier.drafting.ruleset import Ruleset
from notifier.model.alerts import CopyAlert
from notifier.model.notices import Draft, NoticeState
from notifier.model.reading import StateReader
from notifier.model.types import ChannelName
from notifier.planning.occurrences import copy_to, mode
from notifier.rules.checked_owners import Owner
from notifier.rules.checked_rules import Rule
from notifier.rules.copies import COPY_SELLER, OWNER


def copies_of(
    ruleset: Ruleset, rule: Rule, drafts: Sequence[Draft], reader: StateReader, now: datetime, *, live: bool
) -> tuple[Draft, ...]:
    """A copy to each reader that the rule names of each of these drafts that goes out, once for its words.

    What is written anew before it goes, because its facts changed, is copied anew. What a recheck withdraws in the
    seconds after this pass was copied already: its reference says what became of it.
    """
    if not rule.copies:
        return ()
    going = {
        f"{mode(live)}{copy_to(owner.id)}{draft.occurrence}|{draft.content_digest}": (owner, draft)
        for draft in drafts
        if draft.verdict.state is NoticeState.READY and draft.messages and not draft.unchanged
        for owner in _readers(ruleset, rule, draft, reader)
    }
    known = reader.alerts_known(going.keys()) if going else set()
    return tuple(
        alert_draft(
            ruleset,
            reader,
            occurrence=occurrence,
            cause=rule.name,
            subject=(draft.subject_type, draft.subject_id),
            owner=owner.id,
            alert=_copy(draft),
            why=f"a copy of what the customer is told ({draft.reference})",
            now=now,
            known=owner,
            by=(ChannelName.EMAIL,),
        )
        for occurrence, (owner, draft) in going.items()
        if occurrence not in known
    )


def _readers(ruleset: Ruleset, rule: Rule, draft: Draft, reader: StateReader) -> Iterator[Owner]:
    """Who gets a copy: each once, and not who is told anyway."""
    owners = ruleset.project.owners
    found: dict[str, Owner] = {}
    for copy in rule.copies:
        if copy == OWNER:
            found[rule.owner] = owners.get(rule.owner) or Owner(id=rule.owner, name=rule.owner)
        elif (seller := _seller(draft)) is not None:
            found[seller] = owners.get(seller) or _party(seller, reader)
    told = draft.recipient.email if draft.recipient is not None else None
    yield from (each for each in found.values() if each.email is None or each.email != told)


def _seller(draft: Draft) -> str | None:
    claim = draft.claims.get(COPY_SELLER)
    return None if claim is None or claim.value is None else str(claim.value)


def _party(seller: str, reader: StateReader) -> Owner:
    """A seller who is no team of rules/owners.yaml: the row of `customer` with that id, if there is one."""
    row = reader.customers([seller]).get(seller)
    if row is None:
        return Owner(id=seller, name=seller)
    return Owner(id=seller, name=row.name, email=row.email, locale=row.locale, timezone=row.timezone)


def _copy(draft: Draft) -> CopyAlert:
    message = next((each for each in draft.messages if each.channel is ChannelName.EMAIL), draft.messages[0])
    return CopyAlert(
        rule=draft.rule,
        notice=draft.reference,
        title=message.subject,
        lines=tuple(message.text.strip().splitlines()),
    )
