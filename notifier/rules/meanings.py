"""What each of a key's allowed texts means, a line each: editors show it beside the text that they offer.

A key with one allowed text needs none: what it says of itself is what the text means.
"""

from collections.abc import Mapping

from notifier.rules.shapes import Key, Shape

Meanings = Mapping[str, str]

CLASSES: Meanings = {
    "safety": "danger to people: at any hour",
    "service": "what a customer has to know to be served: within quiet hours",
    "billing": "what a customer pays: within quiet hours",
    "collections": "what a customer owes: only in the hours of the law",
    "marketing": "advertising: only to those who said yes",
}
APPROVALS: Meanings = {
    "one": "each notice waits until a person has approved just what it says",
    "two": "each notice waits until two different people have",
}
CHANNELS: Meanings = {
    "sms": "a text message",
    "email": "a mail",
    "whatsapp": "a WhatsApp message in an approved text, to those who said yes to it",
    "chat": "the owner's chat, which NOTIFIER_CHATS names",
}
FATES: Meanings = {
    "ready": "it goes out at once",
    "held": "it waits: a promise and a fact disagree, a person must approve it, or something is not known",
    "deferred": "it waits for an hour at which it may be told",
    "suppressed": "nobody is told: no channel is left, or a follow-up is not needed",
    "expired": "it was not told while it helped",
    "cancelled": "it is not told, because it is no longer true",
    "told": "a message was handed over to a provider",
    "failed": "no message of it could be sent",
}
DATES: Meanings = {
    "day_first": "31/12/2026 9:30",
    "month_first": "12/31/2026 9:30 AM",
    "year_first": "2026-12-31 9:30",
    "seconds": "seconds since 1970: 1798707600",
    "milliseconds": "milliseconds since 1970: 1798707600000",
}
DECIMAL_MARKS: Meanings = {",": "799,00", ".": "799.00"}
OF_ONE_ID: Meanings = {
    "agree": "none does: all of them are bad rows",
    "first": "the first that fills the cell",
    "last": "the last that fills the cell",
}
OTHER_COLUMNS: Meanings = {
    "ignore": "only columns that the map names are read",
    "refuse": "any other column is a problem",
}
CONTRADICTION_STATES: Meanings = {
    "open": "nobody has taken it yet",
    "acknowledged": "somebody has taken it",
    "settled": "a person decided what holds",
    "waived": "a person decided that the difference does not matter",
    "lapsed": "promise and fact agree again, or one of them is gone",
}

MEANINGS: Mapping[tuple[str, str], Meanings] = {
    ("a rule", "class"): CLASSES,
    ("a rule", "channels"): CHANNELS,
    ("a rule", "group"): {
        "customer": "all that falls due at once for one customer",
        "day": "of this, what is on one local day at the place",
        "order": "of this, what belongs to one order",
    },
    ("a rule", "copy"): {
        "seller": "whom the order names as its seller: an owner, or the customer of that id",
        "owner": "the team that answers for the rule",
    },
    ("a rule", "born_late"): {
        "tell": "it is told at once, while it still helps",
        "skip": "it is never told",
    },
    ("a rule", "approval"): APPROVALS,
    **{("approval", name): APPROVALS for name in CLASSES},
    ("a rule", "mode"): {
        "live": "it tells",
        "shadow": "it decides and records what it would tell, and tells nobody",
    },
    ("a rule", "on_change"): {
        "correct": "one correction goes out to those who were told",
        "ignore": "nobody hears of it",
    },
    ("a follow-up", "on"): {
        "ended": "the rule is no longer true of the row",
        "deleted": "the row is gone",
        "reassigned": "the row is somebody else's",
        "reinstated": "the rule is true again after a follow-up said that it is not",
    },
    ("a follow-up", "tell"): {
        "nobody": "this end needs no word",
        "owner": "the rule's owner is alerted, with who was told what",
    },
    ("a check", "severity"): {
        "low": "it can wait",
        "medium": "it is looked at today",
        "high": "it is looked at first",
    },
    ("a topic", "type"): {
        "money": "an amount, with its currency",
        "number": "a number without a unit",
        "text": "a text",
        "bool": "true or false",
        "timestamp": "an instant, with its offset",
        "date": "a day",
        "duration": "a length of time: 24h",
        "percent": "a number of hundredths: 10.5",
        "quantity": "a number of the unit that `unit` names: 400 Mbit/s",
        "window": "from one instant to another",
        "opening_hours": "opening hours in OSM syntax",
    },
    ("a topic", "worse"): {
        "higher": "more than was promised hurts: a price",
        "lower": "less than was promised hurts: a discount",
    },
    ("a step", "by"): CHANNELS,
    ("rules/causes.yaml", "needed_by"): {
        "settle": "notifier contradictions settle",
        "resolve": "notifier contradictions resolve",
    },
    ("words of a reason", "language"): {
        "es": "Spanish",
        "en": "English",
    },
    ("a reason", "customer"): {
        "valuable": "the customer gains by it",
        "irritating": "the customer would rather not have to",
    },
    ("a reason", "company"): {
        "valuable": "the company gains by it",
        "irritating": "it costs the company, and brings nothing",
    },
    ("a contact point", "channel"): {
        "phone": "a number that people call",
        "chat": "a chat on a page",
        "email": "a mail address",
        "sms": "a number that takes text messages",
        "whatsapp": "a WhatsApp number",
        "social": "a page of a social network",
        "shop": "a place that people go to",
        "web": "a page",
    },
    ("an entry of quiet_hours", "class"): CLASSES,
    ("an entry of quiet_hours", "channel"): CHANNELS,
    ("an entry of contact_limits", "class"): CLASSES,
    ("an entry of contact_limits", "channel"): CHANNELS,
    ("an entry of contact_limits", "consent"): {
        "needed": "only who said yes is written to",
        "not_needed": "no yes is needed",
    },
    ("merge", "channels"): CHANNELS,
    ("merge", "classes"): CLASSES,
    ("an attribute", "type"): {
        "text": "a text",
        "number": "a number, exact",
        "money": "an amount, exact, with its currency",
        "whole": "a whole number",
        "bool": "true or false",
        "timestamp": "an instant, with its offset",
        "date": "a day",
    },
    ("an expected notice", "state"): FATES,
    ("an expected notice", "channels"): CHANNELS,
    ("an expected contradiction", "state"): CONTRADICTION_STATES,
    ("a receipt", "channel"): CHANNELS,
    ("a receipt", "state"): {
        "delivered": "it arrived",
        "undelivered": "it did not arrive",
    },
    ("a reply", "channel"): CHANNELS,
    ("an opt-out", "channel"): {
        "sms": "they answer STOP",
        "whatsapp": "they answer STOP there",
        "email": "they follow the link of the last mail",
    },
    ("a decision", "do"): {
        "approve": "a notice that a limit holds may go",
        "release": "a notice that a contradiction holds may go",
        "cancel": "a notice is never told",
        "ack": "somebody takes a contradiction",
        "resolve": "both sides of a contradiction agree again",
        "waive": "the difference is accepted",
        "honour": "the promise stands, and an owner corrects the fact",
        "tell": "the customer hears of it first, from us",
        "withdraw": "the fact stands, with evidence why",
        "agree": "a second person agrees to what one may not give alone",
    },
    ("a column of the map", "unit"): {
        "major": "in whole units with a point: 799.00",
        "minor": "in the smallest unit: 79900",
    },
    ("a column of the map", "midnight"): {
        "date": "a date in the map's zone",
        "instant": "the instant",
    },
    ("a column of the map", "dates"): DATES,
    ("a column of the map", "decimal"): DECIMAL_MARKS,
    ("rows", "of_one_id"): {**OF_ONE_ID, "sum": "numbers are added, and all else must agree"},
    ("an entry of entities", "others"): OTHER_COLUMNS,
    ("an entry of entities", "repeated"): OF_ONE_ID,
    ("a map", "dates"): DATES,
    ("a map", "decimal"): DECIMAL_MARKS,
    ("a map", "others"): OTHER_COLUMNS,
    ("a map", "repeated"): OF_ONE_ID,
    ("a follow-up", "invitation"): {
        "update": "the entry has the facts of this word",
        "cancel": "the entry is taken out",
    },
}
"""By what the mapping is (`Shape.what`) and the key."""


def meanings_of(shape: Shape, key: Key) -> Meanings:
    """What each allowed text of the key means; empty where one sentence says it for all, or none is written."""
    found = MEANINGS.get((shape.what, key.name), {})
    return {value: found[value] for value in key.values if value in found}
