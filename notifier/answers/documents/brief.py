"""The page for whoever picks up the phone as a JSON document."""

from collections.abc import Sequence

from typing_extensions import TypedDict

from notifier.answers.brief import Brief, Promised
from notifier.answers.conversations import Conversation
from notifier.answers.documents.contradictions import ContradictionDocument, contradiction_document
from notifier.answers.documents.notices import NoticeDocument, notice_document
from notifier.answers.documents.rules import RescueDocument, rescue_document
from notifier.answers.documents.timeline import (
    TimelineEntryDocument,
    TopicValueDocument,
    entry_document,
    value_document,
)
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.answers.facts import Fact
from notifier.answers.given import Given
from notifier.answers.next_words import Say, Why
from notifier.answers.speech import Speech
from notifier.answers.who import Who
from notifier.evaluation.reading import JsonScalar
from notifier.model.instants import utc_text
from notifier.model.types import ChannelName, NoticeClass, TopicType


class BarrierDocument(TypedDict):
    """Why an address is not written to, or not with all."""

    channel: ChannelName
    reason: str
    classes: list[NoticeClass]
    """The classes that it stops; empty: all."""
    probable: bool
    """It only sounds like an opt-out: a person decides."""


class WhoDocument(TypedDict):
    """Who the customer is."""

    customer: str
    """The id."""
    known: bool
    """False: the customer is not in the state, but something is about their id."""
    name: str | None
    locale: str
    """The customer's own, else the project's."""
    timezone: str | None
    country: str | None
    phone: str | None
    email: str | None
    preferred_channel: str | None
    attributes: dict[str, JsonScalar]
    """What the project declares of customers, such as accessibility: `rules/attributes.yaml`."""
    barriers: list[BarrierDocument]


class PromisedDocument(TypedDict):
    """One open promise, with the fact beside it."""

    promise: str
    about: str | None
    promised: TopicValueDocument | None
    by: str | None
    source: str | None
    channel: str | None
    made_at: Instant
    due_at: Instant | None
    valid_until: Instant | None
    evidence: str | None
    contradiction: str | None
    """The open contradiction; null: no fact and no other promise disagrees."""
    actual: TopicValueDocument | None
    """The fact that disagrees, or the other promise."""
    checks: list[str]
    """The checks that compare it; empty: nobody does."""


class CellDocument(TypedDict):
    """One column of a row."""

    name: str
    type: TopicType
    value: str
    """The canonical text of the type."""
    currency: str | None


class FactDocument(TypedDict):
    """One row as it is now."""

    row: str
    """`contract:K-1`"""
    cells: list[CellDocument]


class AheadDocument(TypedDict):
    """What a rule will tell the customer, as things stand now."""

    rule: str
    about: str
    at: Instant
    held: bool
    """An open contradiction of theirs may hold it."""


class GivenDocument(TypedDict):
    """What the customer gave us already: it is not asked again."""

    what: str
    """A field (`phone`, `place`), or `said` for their own words."""
    value: str
    about: str | None
    at: Instant | None
    channel: str | None


class OfferedDocument(TypedDict):
    """What is offered when what a rule told them, or will tell, goes wrong."""

    rule: str
    rescue: RescueDocument | None


class ConversationDocument(TypedDict):
    """The contacts about one case."""

    case: str | None
    """`contract:K-1`, or words of the business's own; null where nobody wrote it down."""
    references: list[str]
    """The notices that were answered."""
    channels: list[str]
    contacts: list[TimelineEntryDocument]
    """The latest first."""


class SayDocument(TypedDict):
    """One thing to say next."""

    why: Why
    text: str
    """In the customer's language; never a side of what is in doubt."""
    about: str | None
    reference: str | None


class BriefDocument(TypedDict):
    """One page about one customer."""

    at: Instant
    who: WhoDocument
    say: list[SayDocument]
    """What to say next, the hardest first."""
    promises: list[PromisedDocument]
    """The latest open ones."""
    promises_open: int
    """How many are open in all."""
    facts: list[FactDocument]
    """The latest rows of each kind, and the incidents that touch the customer."""
    contradictions: list[ContradictionDocument]
    """Open and acknowledged, what surfaces first at the top."""
    contradictions_open: int
    """How many in all."""
    broken: list[ContradictionDocument]
    """What the customer found out in the last 30 days."""
    pending: list[NoticeDocument]
    """Notices that are ready, held or deferred."""
    ahead: list[AheadDocument]
    told: list[NoticeDocument]
    """The latest first, with what became of each message."""
    offered: list[OfferedDocument]
    """Of each rule that told them something, or will, and offers something."""
    given: list[GivenDocument]
    conversations: list[ConversationDocument]
    last_contact: TimelineEntryDocument | None


def brief_document(found: Brief, given: Sequence[Given], say: Sequence[Say], speech: Speech) -> BriefDocument:
    """`brief --json`. `speech` words the sentences of contacts."""
    last = found.last_contact
    return {
        "at": utc_text(found.now),
        "who": _who(found.who),
        "say": [{"why": each.why, "text": each.text, "about": each.about, "reference": each.reference} for each in say],
        "promises": [_promised(each) for each in found.promises],
        "promises_open": found.counts["promises"],
        "facts": [_fact(each) for each in found.facts.rows],
        "contradictions": [contradiction_document(each) for each in found.open],
        "contradictions_open": found.counts["contradictions"],
        "broken": [contradiction_document(each) for each in found.broken],
        "pending": [notice_document(each) for each in found.pending],
        "ahead": [
            {"rule": each.rule, "about": each.about, "at": utc_text(each.at), "held": each.held} for each in found.ahead
        ],
        "told": [notice_document(each) for each in found.told],
        "offered": [{"rule": each.rule, "rescue": rescue_document(each.rescue)} for each in found.offered],
        "given": [_given(each) for each in given],
        "conversations": [_conversation(each, speech) for each in found.conversations],
        "last_contact": None if last is None else entry_document(last, speech),
    }


def _who(who: Who) -> WhoDocument:
    return {
        "customer": who.id,
        "known": who.known,
        "name": who.name,
        "locale": who.locale,
        "timezone": who.timezone,
        "country": who.country,
        "phone": who.phone,
        "email": who.email,
        "preferred_channel": who.preferred_channel,
        "attributes": dict(who.attributes),
        "barriers": [
            {
                "channel": each.channel,
                "reason": each.reason,
                "classes": list(each.classes),
                "probable": each.is_probable,
            }
            for each in who.barriers
        ],
    }


def _promised(each: Promised) -> PromisedDocument:
    entry = each.entry
    return {
        "promise": entry.id,
        "about": entry.about,
        "promised": value_document(entry.promised),
        "by": entry.by,
        "source": entry.source,
        "channel": entry.channel,
        "made_at": utc_text(entry.at),
        "due_at": instant_or_null(each.due_at),
        "valid_until": instant_or_null(each.valid_until),
        "evidence": entry.evidence,
        "contradiction": each.contradiction,
        "actual": value_document(each.actual),
        "checks": list(each.checks),
    }


def _fact(fact: Fact) -> FactDocument:
    return {
        "row": fact.about,
        "cells": [
            {"name": cell.name, "type": cell.type, "value": cell.text, "currency": cell.currency} for cell in fact.cells
        ],
    }


def _given(given: Given) -> GivenDocument:
    return {
        "what": given.what,
        "value": given.value,
        "about": given.about,
        "at": instant_or_null(given.at),
        "channel": given.channel,
    }


def _conversation(found: Conversation, speech: Speech) -> ConversationDocument:
    return {
        "case": found.case,
        "references": list(found.references),
        "channels": list(found.channels),
        "contacts": [entry_document(each, speech) for each in found.contacts],
    }
