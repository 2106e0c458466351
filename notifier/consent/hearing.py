"""A reply that came in: kept, read, answered at most once a day, and left for the next tick where a person must hear.

All of it is one transaction, whatever brings the reply: the service, a scenario, the sandbox.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
import structlog

from notifier.consent.replies import Taken, spoken_answer, take_reply
from notifier.model.phones import spaced
from notifier.model.replies import Meaning
from notifier.model.texts import without_foreign
from notifier.model.types import ChannelName
from notifier.rules.checked import Project
from notifier.store.contacts import LONGEST, RepliedTo, customers_at, keep_contact
from notifier.store.reader.customers import needs_of
from notifier.store.replies import answered_lately, confirm, in_turn, keep_reply, settle_reply, take_back

log = structlog.get_logger()

BY_NUMBER = ("phone", "sms", "whatsapp")
HANDLED = (Meaning.STOP, Meaning.START, Meaning.HELP)
"""Nobody has to hear of these: they are done when they are read."""
ALWAYS = (Meaning.STOP, Meaning.STOP_OR_CANCEL, Meaning.START)
"""What is said of consent is said each time that it changes."""
FOREIGN = "it came from another address than the notice went to, so nothing was confirmed by it"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """Something that a customer wrote to us."""

    channel: ChannelName
    address: str
    """Whose it is: the sender's."""
    text: str
    provider_id: str
    opt_out_type: str | None = None
    """Twilio's `OptOutType`: STOP, START or HELP, where Twilio has answered already."""
    names: RepliedTo | None = None
    """The notice that the reply itself names, as a mail does by its References."""
    read_as: str | None = None
    """What of the text is read, where that is not all of it: a mail is signed."""

    @property
    def name(self) -> str:
        """The id of its row, and of its contact."""
        return f"{self.channel}:{self.provider_id}"


def hear(
    connection: sa.Connection, reply: Reply, now: datetime, *, project: Project | None, live: bool, company: str
) -> str | None:
    """Keep the reply and decide what it means, in the connection's transaction; the one answer to send, if any.

    `project` is what is in force: which rules asked a question, and where their ways out lead. Without it (nothing is
    in force, or it cannot be read) nothing is confirmed, and no way out is named.
    """
    in_turn(connection, reply.channel, reply.address)
    name = reply.name
    values = {"at": now, "channel": reply.channel, "address": reply.address, "live": live, "notice_id": None}
    values |= {"meaning": Meaning.OTHER, "note": None, "confirmed": False, "answered": False, "waits_since": None}
    if not keep_reply(connection, name, values):
        return None  # it came before, and was answered then
    answers = _Hearing(connection, reply, now, project, live, company)
    return answers.settle(name)


class _Hearing:
    def __init__(
        self, connection: sa.Connection, reply: Reply, now: datetime, project: Project | None, live: bool, company: str
    ) -> None:
        self.connection = connection
        self.reply = reply
        self.now = now
        self.project = project
        self.live = live
        self.company = company

    def settle(self, name: str) -> str | None:
        reply = self.reply
        taken = take_reply(
            self.connection,
            reply.address,
            reply.channel,
            reply.text if reply.read_as is None else reply.read_as,
            reply.opt_out_type,
            self.now,
            live=self.live,
            company=self.company,
            way_out=self._way_out,
            message_id=reply.provider_id,
            named=reply.names,
        )
        notice = self._answered(taken)
        confirmed = taken.meaning is Meaning.CONFIRM and notice is not None and self._confirm(notice)
        if taken.for_owner is None and self._is_foreign(notice):
            taken = replace(taken, for_owner=FOREIGN)
        waits = taken.for_owner is not None or not (confirmed or taken.meaning in HANDLED)
        is_contact = self._keep(notice, taken, confirmed=confirmed)
        answer = self._answer(taken, notice, confirmed=confirmed)
        settle_reply(
            self.connection,
            name,
            notice_id=None if notice is None else notice.notice_id,
            meaning=taken.meaning,
            note=taken.for_owner,
            text=None if is_contact else without_foreign(reply.text)[:LONGEST],
            confirmed=confirmed,
            answered=answer is not None and taken.meaning not in ALWAYS,
            waits_since=self.now if waits else None,
        )
        of = {} if notice is None else {"notice": notice.notice_id, "rule": notice.rule}
        log.info("reply.heard", provider_id=reply.provider_id, meaning=taken.meaning, answered=answer is not None, **of)
        return answer

    def _answered(self, taken: Taken) -> RepliedTo | None:
        """The notice that it names, or the one that was told last there, as long as that may be meant."""
        found = taken.reply_to
        is_meant = found is not None and (self.reply.names is not None or found.may_be_meant(self.now))
        return found if is_meant else None

    def _is_foreign(self, notice: RepliedTo | None) -> bool:
        """Whether the writer's address is another one than that of the notice: then it proves nothing."""
        return notice is not None and notice.address != self.reply.address

    def _confirm(self, notice: RepliedTo) -> bool:
        """Whether the yes answers the question of the notice's rule; then the row has its new status."""
        if self._is_foreign(notice):
            return False
        rule = None if self.project is None else self.project.rules.get(notice.rule)
        if rule is None or rule.confirm is None or (notice.anchor is not None and notice.anchor <= self.now):
            return False
        if notice.subject_type != rule.about:
            return False
        confirmed = confirm(
            self.connection,
            rule.about,
            notice.subject_id,
            notice.recipient_id,
            rule.confirm,
            rule=rule.name,
            now=self.now,
        )
        if confirmed:
            take_back(self.connection, rule.about, notice.subject_id, now=self.now)
        return confirmed

    def _keep(self, notice: RepliedTo | None, taken: Taken, *, confirmed: bool) -> bool:
        """Whether it is a contact of a customer; of who is none, the reply itself has the text."""
        reply = self.reply
        customers = customers_at(self.connection, reply.channel, reply.address)
        who = notice.recipient_id if notice is not None else next(iter(customers), None)
        if who is None:
            log.warning("reply.from_nobody", provider_id=reply.provider_id)  # but an opt-out counts for the address
            return False
        may_cancel = taken.meaning is Meaning.STOP_OR_CANCEL and taken.for_owner is not None
        outcome = "cancel" if taken.meaning is Meaning.CANCEL or may_cancel else "open"
        if confirmed or (taken.meaning in HANDLED and taken.for_owner is None):
            outcome = "solved"
        keep_contact(
            self.connection,
            provider_id=reply.provider_id,
            channel=reply.channel,
            customer_id=who,
            text=reply.text,
            notice=notice,
            outcome=outcome,
            now=self.now,
        )
        return True

    def _answer(self, taken: Taken, notice: RepliedTo | None, *, confirmed: bool) -> str | None:
        """What consent says of itself; else, once a day, that it arrived and who can be asked."""
        reply = self.reply
        if taken.meaning in ALWAYS:
            return taken.answer
        if self._is_foreign(notice):
            return None
        if not _is_a_number(reply) or answered_lately(
            self.connection, reply.channel, reply.address, now=self.now, live=self.live
        ):
            return None
        if taken.meaning is Meaning.HELP:
            return taken.answer
        if notice is None or reply.opt_out_type or taken.for_owner is not None or taken.muted:
            return None
        return spoken_answer("confirmed" if confirmed else "heard", notice, self.company, self._way_out(notice))

    def _way_out(self, notice: RepliedTo | None) -> str:
        """Where a person answers: the contact point of the notice's rule."""
        if notice is None or self.project is None or notice.rule not in self.project.rules:
            return ""
        point = self.project.contact_points.get(self.project.rules[notice.rule].exit)
        if point is None:
            return ""
        if point.instead:
            point = self.project.contact_points[point.given_to(needs_of(self.connection, notice.recipient_id))]
        return spaced(point.address) if point.channel in BY_NUMBER else point.address


def _is_a_number(reply: Reply) -> bool:
    """Whether a person may be behind the address: short codes and names of senders are machines."""
    return reply.channel is ChannelName.EMAIL or (reply.address.startswith("+") and len(reply.address) > len("+12345"))
