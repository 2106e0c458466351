"""The types of columns, conditions, claims and topics: CEL's, plus decimal and date, which CEL lacks."""

from enum import StrEnum


class ValueType(StrEnum):
    """The type of an expression.

    `money` is a decimal whose row also has its currency; in conditions it behaves like a decimal. `date` is ISO 8601
    text that compares as text. `entity` is a row reached by a to-one path, `entities` the rows of a to-many path.
    """

    BOOL = "bool"
    INT = "int"
    DOUBLE = "double"
    DECIMAL = "decimal"
    MONEY = "money"
    STRING = "string"
    DATE = "date"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    NULL = "null"
    LIST = "list"
    ENTITY = "entity"
    ENTITIES = "entities"


class TopicType(StrEnum):
    """The type of a topic (`rules/topics.yaml`), and so of the promises and claims about it."""

    MONEY = "money"
    NUMBER = "number"
    TEXT = "text"
    BOOL = "bool"
    TIMESTAMP = "timestamp"
    DATE = "date"
    DURATION = "duration"
    PERCENT = "percent"
    QUANTITY = "quantity"
    """A number of the unit that the topic names: `200 Mbit/s`, `12 month`."""
    WINDOW = "window"
    """From one instant to another."""
    OPENING_HOURS = "opening_hours"


class NoticeClass(StrEnum):
    """The class of a notice; it decides quiet hours, consent, and what to do when an outcome is unknown."""

    SAFETY = "safety"
    SERVICE = "service"
    BILLING = "billing"
    COLLECTIONS = "collections"
    MARKETING = "marketing"


class ChannelName(StrEnum):
    """The channels a notice can go out on."""

    SMS = "sms"
    EMAIL = "email"
    WHATSAPP = "whatsapp"
    """To the phone number of a customer who said yes to it, in texts that WhatsApp approved."""
    CHAT = "chat"
    """Where owners are alerted besides: Slack, Teams, a webhook. No notice to a customer goes there."""


CUSTOMER_CHANNELS = (ChannelName.SMS, ChannelName.EMAIL, ChannelName.WHATSAPP)
"""Those on which customers can be reached."""
USUAL_CHANNELS = (ChannelName.SMS, ChannelName.EMAIL)
"""Those of a rule that names none: WhatsApp needs texts of its own, so a rule has to ask for it."""
OWNER_CHANNELS = (ChannelName.SMS, ChannelName.EMAIL, ChannelName.CHAT)
"""Those on which owners are alerted."""
TO_PHONES = (ChannelName.SMS, ChannelName.WHATSAPP)
"""Those whose address is a customer's phone number."""


Address = tuple[ChannelName, str]
"""A channel and the phone number (E.164), mail address or name of the chat on it."""
