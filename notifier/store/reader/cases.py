"""What passed between one customer and the company, for the alert about a contact: a few rows by an index."""

import sqlalchemy as sa

from notifier.model.case_briefs import CaseBrief, CaseNotice, CaseWord
from notifier.model.notices import NoticeKind
from notifier.model.schema import entities
from notifier.store.contacts import CONTACT
from notifier.store.reader.snapshot import LIVE, Snapshot
from notifier.store.tables import CUSTOMER, NOTICE

WORDS, TOLD = 8, 5
"""How many words and notices whoever is alerted reads; `notifier brief` has all."""
_CUSTOMER_ID = sa.bindparam("customer", type_=sa.String())
_CUSTOMER = sa.select(CUSTOMER.c.id, CUSTOMER.c.name, CUSTOMER.c.phone, CUSTOMER.c.email, CUSTOMER.c.locale).where(
    CUSTOMER.c.id == _CUSTOMER_ID
)
_CONTACTS = (
    sa.select(*(CONTACT.c[name] for name in ("id", "at", "channel", "direction", "outcome", "reason", "subject")))
    .add_columns(CONTACT.c.attributes)
    .where(CONTACT.c.customer_id == _CUSTOMER_ID)
    .order_by(CONTACT.c.at.desc(), CONTACT.c.id)
    .limit(WORDS)
)
_TOLD = (
    sa.select(NOTICE.c.rule, NOTICE.c.subject_type, NOTICE.c.subject_id, NOTICE.c.told_at)
    .where(
        NOTICE.c.recipient_id == _CUSTOMER_ID,
        NOTICE.c.kind != NoticeKind.ALERT,
        NOTICE.c.told_at.is_not(None),
        NOTICE.c.live == LIVE,
    )
    .order_by(NOTICE.c.told_at.desc(), NOTICE.c.id)
    .limit(TOLD)
)


class CaseReader(Snapshot):
    """Questions about one customer's case."""

    def case_of(self, customer_id: str) -> CaseBrief | None:
        """Who it is, what was said last, and what they were told; None for a customer that the state does not have."""
        asked = {"customer": customer_id}
        customer = self.connection.execute(_CUSTOMER, asked).first()
        if customer is None:
            return None
        told = self.connection.execute(_TOLD, {**asked, "live": self.live})
        return CaseBrief(
            customer_id=customer.id,
            name=customer.name,
            phone=customer.phone,
            email=customer.email,
            locale=customer.locale,
            words=self._words(customer_id),
            told=tuple(
                CaseNotice(rule=row.rule, subject=f"{row.subject_type}:{row.subject_id}", told_at=row.told_at)
                for row in told
            ),
        )

    def _words(self, customer_id: str) -> tuple[CaseWord, ...]:
        from notifier.store.listening import heard_of  # with its stems it is no part of the start of a command

        feedback = entities()["feedback"].table
        scored = (
            sa.select(feedback.c.at, feedback.c.score, feedback.c.text)
            .where(feedback.c.customer_id == customer_id)
            .order_by(feedback.c.at.desc(), feedback.c.id)
            .limit(WORDS)
        )
        words = [
            CaseWord(
                at=row.at,
                channel=row.channel,
                inbound=row.direction == "inbound",
                outcome=row.outcome,
                text=heard_of("contact", row).text,
            )
            for row in self.connection.execute(_CONTACTS, {"customer": customer_id})
        ]
        words += [
            CaseWord(at=row.at, channel=None, inbound=True, score=row.score, text=row.text or "")
            for row in self.connection.execute(scored)
        ]
        return tuple(sorted(words, key=lambda word: word.at, reverse=True)[:WORDS])
