"""The keys that each mapping of a project folder may have: one table per mapping.

The reader (`fields.py`) refuses what is not in these tables; JSON Schemas for editors and the reference are generated
from them.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from notifier.model.contradictions import ContradictionState
from notifier.model.notices import NoticeState, ThreadEvent
from notifier.model.types import CUSTOMER_CHANNELS, ChannelName, NoticeClass, TopicType
from notifier.model.vocabulary import VALUES
from notifier.rules.hush_codes import CODES


class Named(StrEnum):
    """What a text may name; an editor offers the names that there are."""

    ENTITY = "entity"
    OWNER = "owner"
    CONTACT_POINT = "contact point"
    TEMPLATE = "template"
    TOPIC = "topic"
    RULE = "rule"
    CHECK = "check"


class ByEntity(StrEnum):
    """What a mapping has under the names of entities."""

    ROWS = "a list of rows"
    IDS = "a list of ids"
    FIELDS = "a mapping from names of fields to their types"


class Form(StrEnum):
    """How a value is written."""

    TEXT = "a text"
    TEXTS = "a text or a list of texts"
    EXPRESSION = "an expression"
    EXPRESSIONS = "an expression or a list of expressions"
    SCALAR = "a text or a number"
    WHOLE = "a whole number"
    TRUTH = "true or false"
    SHOWN = "a field, a list of fields, or a mapping from names"
    LIST = "a list"
    ENTRIES = "an entry or a list of entries"
    MAPPING = "a mapping"
    NAMED = "a mapping from names"
    CHOICE = "a text, or a mapping from values to texts"


@dataclass(frozen=True, kw_only=True)
class Key:
    """One allowed key."""

    name: str
    form: Form
    about: str
    """One line for people: what the key says."""
    required: bool = False
    values: tuple[str, ...] = ()
    """The allowed texts; empty when any text is allowed."""
    one: str = ""
    """What one of its values is called; by default the key's own name."""
    shape: "Shape | None" = None
    """For MAPPING its keys; for LIST and ENTRIES those of each item; for NAMED and SHOWN those of each value."""
    short: Form | None = None
    """For NAMED and SHOWN: how a value is written that is no mapping of `shape`: `plan: contract.plan` for a claim."""
    may_be_empty: bool = False
    """For NAMED: a name without any value says enough."""
    names: Named | None = None
    """What the text, or each of the texts, names."""
    by_entity: ByEntity | None = None
    """For NAMED: the names are those of entities, and this is what they have."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A mapping and the keys it may have. `what` completes "unknown key … in": `a rule`."""

    what: str
    keys: tuple[Key, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the keys, in order."""
        return tuple(key.name for key in self.keys)


CHANNELS = tuple(channel.value for channel in CUSTOMER_CHANNELS)
ALERT_CHANNELS = tuple(channel.value for channel in ChannelName)
CLOSING_COMMANDS = ("settle", "resolve")
CLASSES = tuple(notice_class.value for notice_class in NoticeClass)
TOPIC_TYPES = tuple(topic_type.value for topic_type in TopicType)
ATTRIBUTE_TYPES = ("text", "number", "money", "whole", "bool", "timestamp", "date")
OVERRIDING = ("late_correction",)
GROUPS = ("customer", "day")
APPROVALS = ("one", "two")
SEVERITIES = ("low", "medium", "high")
CONTACT_CHANNELS = (*VALUES["contact"]["channel"], "web")

FOLLOW_UP = Shape(
    what="a follow-up",
    keys=(
        Key(name="when", form=Form.EXPRESSIONS, about="what must come true; all hold"),
        Key(
            name="on",
            form=Form.TEXT,
            about="instead of `when`: what became of the row that was told about",
            values=tuple(event.value for event in ThreadEvent),
        ),
        Key(name="template", form=Form.TEXT, about="the folder of its texts under templates/", names=Named.TEMPLATE),
        Key(
            name="tell",
            form=Form.TEXT,
            about="instead of `template`: nobody, where this end needs no word; owner, who hears where none fits",
            values=("nobody", "owner"),
        ),
        Key(
            name="late",
            form=Form.TEXT,
            about="it helps also after the moment that was told: quiet hours only put it off",
            values=("tell",),
        ),
    ),
)
STOP_AT = Shape(
    what="stop_at",
    keys=(
        Key(name="failures", form=Form.WHOLE, about="that did not arrive, or could not be handed over; default: 3"),
        Key(name="opt_outs", form=Form.WHOLE, about="that asked for no more after it; default: 2"),
        Key(name="replies", form=Form.WHOLE, about="that wrote back; default: 5"),
    ),
)
STOP_ABOVE = Shape(
    what="stop_above",
    keys=(
        Key(name="failures", form=Form.TEXT, about="the share that did not arrive; default: 4%"),
        Key(name="opt_outs", form=Form.TEXT, about="the share that asked for no more; default: 2%"),
        Key(name="replies", form=Form.TEXT, about="the share that wrote back; default: 10%"),
    ),
)
LIMITS = Shape(
    what="limits",
    keys=(
        Key(
            name="recipients",
            form=Form.WHOLE,
            about="distinct recipients in 24 hours before a person must approve; 0: each waits for one",
        ),
        Key(name="share", form=Form.TEXT, about="the same as a share of all customers: 10%"),
        Key(name="first", form=Form.WHOLE, about="the canary: so many customers hear this version before all others"),
        Key(name="then_wait", form=Form.TEXT, about="how long the others wait after the last of the first: 30m"),
        Key(
            name="stop_at",
            form=Form.MAPPING,
            about="how many of the first stop it, of fewer than 200 and of safety",
            shape=STOP_AT,
        ),
        Key(name="stop_above", form=Form.MAPPING, about="which share of 200 or more stops it", shape=STOP_ABOVE),
    ),
)
PLANNED_ACTION = Shape(
    what="a planned action",
    keys=(
        Key(name="do", form=Form.TEXT, about="what the company does besides speaking", required=True),
        Key(name="owner", form=Form.TEXT, about="who does it; the rule's owner where left out", names=Named.OWNER),
        Key(name="within", form=Form.TEXT, about="how soon: 4h"),
    ),
)
SHOWN = Shape(
    what="a claim of a row",
    keys=(
        Key(name="value", form=Form.EXPRESSION, about="the fact that is asserted", required=True),
        Key(
            name="topic", form=Form.TEXT, about="the topic it is about; its own name where left out", names=Named.TOPIC
        ),
        Key(
            name="label",
            form=Form.NAMED,
            about="what a correction calls it, by language: es: lugar, en: place",
            short=Form.TEXT,
        ),
    ),
)
CLAIM = Shape(
    what="a claim",
    keys=(
        *(replace(key, required=False) for key in SHOWN.keys),
        Key(
            name="list",
            form=Form.TEXT,
            about="instead of `value`: the rule's row, or that of `each`, in a rule with "
            "`group`; texts loop over these rows",
        ),
        Key(
            name="show",
            form=Form.SHOWN,
            about="with `list`: the claims of each row",
            shape=SHOWN,
            short=Form.EXPRESSION,
        ),
    ),
)
REPLIES = Shape(
    what="what replies do",
    keys=(
        Key(
            name="confirm",
            form=Form.TEXT,
            about="the status that the row gets when its customer answers 1, SI or YES",
            required=True,
        ),
    ),
)
HUSH = Shape(
    what="a hush",
    keys=tuple(Key(name=code, form=Form.TEXT, about=about) for code, about in CODES.items()),
)
RULE = Shape(
    what="a rule",
    keys=(
        Key(name="rule", form=Form.TEXT, about="its name, unique in the project", required=True),
        Key(
            name="about", form=Form.TEXT, about="the entity the contingency is about", required=True, names=Named.ENTITY
        ),
        Key(
            name="each",
            form=Form.NAMED,
            about="a name for a second row, and the path to its rows",
            short=Form.EXPRESSION,
        ),
        Key(
            name="to",
            form=Form.EXPRESSIONS,
            about="a path to the customers who are told, or several; default: the row's customer",
        ),
        Key(name="touchpoint", form=Form.TEXT, about="the point of the customer's journey"),
        Key(name="owner", form=Form.TEXT, about="the team that answers for it", required=True, names=Named.OWNER),
        Key(
            name="class",
            form=Form.TEXT,
            about="what kind of word it is; decides quiet hours and consent",
            required=True,
            values=CLASSES,
        ),
        Key(name="when", form=Form.EXPRESSIONS, about="conditions that all hold", required=True),
        Key(name="unless", form=Form.EXPRESSIONS, about="conditions of which none holds"),
        Key(name="at", form=Form.TEXTS, about="the moments at which it speaks: 48h before appointment.starts_at"),
        Key(name="until", form=Form.TEXT, about="the last moment at which the notice still helps"),
        Key(
            name="earlier",
            form=Form.TEXT,
            about="it is not told before its moment, also where hours are closed from then on until `until`",
            values=("never",),
        ),
        Key(name="repeat", form=Form.TEXT, about="how long after the last time it speaks again while it stays true"),
        Key(
            name="born_late",
            form=Form.TEXT,
            about="what holds for a moment that had passed before its row, or its anchor, came to be",
            values=("tell", "skip"),
        ),
        Key(name="backlog", form=Form.TEXT, about="tell also what is true before the first pass", values=("tell",)),
        Key(
            name="group",
            form=Form.TEXT,
            about="what goes in one message: what falls due at once for a customer, or of this what is on one day",
            values=GROUPS,
        ),
        Key(
            name="claims",
            form=Form.NAMED,
            about="the facts that the notice asserts, by name",
            shape=CLAIM,
            short=Form.EXPRESSION,
        ),
        Key(
            name="template",
            form=Form.CHOICE,
            about="the folder of its texts under templates/; or which, by a value of the row",
            required=True,
            names=Named.TEMPLATE,
        ),
        Key(
            name="texts_see",
            form=Form.NAMED,
            about="values that texts may ask and do not print, by name: people: appointment.party_size",
            short=Form.EXPRESSION,
        ),
        Key(
            name="channels",
            form=Form.TEXTS,
            about="where it goes; both where left out",
            one="channel",
            values=CHANNELS,
        ),
        Key(
            name="exit",
            form=Form.TEXT,
            about="the contact point that leads to a human",
            required=True,
            names=Named.CONTACT_POINT,
        ),
        Key(
            name="on_change",
            form=Form.TEXT,
            about="what a changed claim does after the notice was told; default: correct",
            values=("correct", "ignore"),
        ),
        Key(
            name="follow_up", form=Form.LIST, about="notices to those told, when something comes true", shape=FOLLOW_UP
        ),
        Key(
            name="fallback_after",
            form=Form.TEXT,
            about="how long no receipt may come for what was told before its other channel speaks: 30m",
        ),
        Key(
            name="merge",
            form=Form.TEXT,
            about="each goes in a message of its own, also to customers who share an address; else the same words go "
            "there once, and what `merge` of the policy says is merged",
            values=("never",),
        ),
        Key(name="replies", form=Form.MAPPING, about="what an answer to its notice does", shape=REPLIES),
        Key(
            name="came_true",
            form=Form.EXPRESSIONS,
            about="what is true of the row in the end where the notice was right; reports count it",
        ),
        Key(name="limits", form=Form.MAPPING, about="how many it may reach before a person approves", shape=LIMITS),
        Key(
            name="approval",
            form=Form.TEXT,
            about="by how many people each of its notices is approved before it goes",
            values=APPROVALS,
        ),
        Key(
            name="mode",
            form=Form.TEXT,
            about="shadow: it decides and records what it would tell, and tells nobody; default: live",
            values=("live", "shadow"),
        ),
        Key(name="plan", form=Form.LIST, about="what the company does besides speaking", shape=PLANNED_ACTION),
        Key(
            name="hush",
            form=Form.MAPPING,
            about="warnings of `rules check` not to show, by code, each with the reason",
            shape=HUSH,
        ),
    ),
)
HOLD = Shape(
    what="a hold",
    keys=(
        Key(name="topics", form=Form.TEXTS, about="notices that claim one of these topics are held", names=Named.TOPIC),
        Key(name="rules", form=Form.TEXTS, about="notices of these rules are held", names=Named.RULE),
    ),
)
PROMISED = Shape(
    what="what the state promises",
    keys=(
        Key(name="value", form=Form.EXPRESSION, about="the value that is promised", required=True),
        Key(name="when", form=Form.EXPRESSIONS, about="when it is promised; all hold"),
    ),
)
CHECK = Shape(
    what="a check",
    keys=(
        Key(name="check", form=Form.TEXT, about="its name, unique in the project", required=True),
        Key(
            name="promise",
            form=Form.TEXT,
            about="the topic of the promises it compares",
            required=True,
            names=Named.TOPIC,
        ),
        Key(
            name="promised",
            form=Form.MAPPING,
            about="what the row at the end of `on` promises by itself, instead of promises that are recorded",
            shape=PROMISED,
        ),
        Key(
            name="against",
            form=Form.TEXT,
            about="the entity of the fact's rows; promise: promises among themselves",
            names=Named.ENTITY,
        ),
        Key(name="on", form=Form.EXPRESSIONS, about="paths from the fact's row to what the promise is about"),
        Key(name="when", form=Form.EXPRESSIONS, about="which rows are facts; all hold"),
        Key(name="actual", form=Form.EXPRESSION, about="the fact's value"),
        Key(name="actual_until", form=Form.EXPRESSION, about="where the topic is a window: when the fact ends"),
        Key(name="tolerance", form=Form.SCALAR, about="how far it may stray: 0.5%, 100 COP or 15m; else the topic's"),
        Key(
            name="valid_at",
            form=Form.EXPRESSIONS,
            about="the moment that valid_from and valid_until are held against: the first that has a value",
        ),
        Key(name="kept_when", form=Form.EXPRESSIONS, about="instead of `against`: what must come true in time"),
        Key(name="surfaces_at", form=Form.EXPRESSION, about="when the customer would find out"),
        Key(name="warn", form=Form.TEXT, about="how long before that the owner is to know: 72h"),
        Key(name="owner", form=Form.TEXT, about="the team that settles it", required=True, names=Named.OWNER),
        Key(name="severity", form=Form.TEXT, about="how grave it is; default: medium", values=SEVERITIES),
        Key(name="hold", form=Form.MAPPING, about="which notices wait until it is settled", shape=HOLD),
        Key(name="avoids", form=Form.TEXT, about="the cost that is spared where the fact gives way: truck_roll"),
    ),
)
RULE_FILE = Shape(
    what="a rule file",
    keys=(
        Key(name="rules", form=Form.LIST, about="known contingencies", shape=RULE),
        Key(name="checks", form=Form.LIST, about="comparisons of promises with facts", shape=CHECK),
    ),
)
BUSINESS_HOURS = Shape(
    what="business hours",
    keys=(
        Key(
            name="hours",
            form=Form.TEXT,
            about="when time counts, in OSM syntax: Mo-Fr 08:00-18:00; PH off",
            required=True,
        ),
        Key(name="timezone", form=Form.TEXT, about="where: America/Bogota", required=True),
        Key(name="country", form=Form.TEXT, about="whose public holidays PH means: CO", required=True),
    ),
)
TOPIC = Shape(
    what="a topic",
    keys=(
        Key(name="type", form=Form.TEXT, about="the type of its values", required=True, values=TOPIC_TYPES),
        Key(name="worse", form=Form.TEXT, about="the side that hurts the customer", values=("higher", "lower")),
        Key(name="unit", form=Form.TEXT, about="what a quantity is counted in: Mbit/s, month"),
        Key(name="tolerance", form=Form.SCALAR, about="how far a fact may stray where its check does not say it: 15m"),
        Key(
            name="due",
            form=Form.TEXT,
            about="a promise without due_at is due by its value: then, or that long after it was made",
            values=("value",),
        ),
        Key(
            name="counted_in",
            form=Form.MAPPING,
            about="with due: value, the hours in which a length of time counts; every hour where left out",
            shape=BUSINESS_HOURS,
        ),
    ),
)
STEP = Shape(
    what="a step",
    keys=(
        Key(name="after", form=Form.TEXT, about="how long nobody has taken it: 2h", required=True),
        Key(name="to", form=Form.TEXT, about="the owner who is told then", required=True, names=Named.OWNER),
        Key(
            name="by",
            form=Form.TEXTS,
            about="on these channels; on all that reach them where left out",
            one="channel",
            values=ALERT_CHANNELS,
        ),
    ),
)
CAMPAIGN_PROMISE = Shape(
    what="a promise of a campaign",
    keys=(
        Key(
            name="topic",
            form=Form.TEXT,
            about="what is promised, from rules/topics.yaml",
            required=True,
            names=Named.TOPIC,
        ),
        Key(
            name="value",
            form=Form.SCALAR,
            about="the promised value; money with its currency: 79900 COP",
            required=True,
        ),
        Key(name="tax_included", form=Form.TRUTH, about="whether the amount includes taxes"),
        Key(
            name="valid",
            form=Form.TEXT,
            about="how long, from the contract's start or the order's placing: 6 months; without end where left out",
        ),
    ),
)
CAMPAIGN = Shape(
    what="a campaign",
    keys=(
        Key(
            name="promises",
            form=Form.LIST,
            about="what every contract and order with its code is promised",
            required=True,
            shape=CAMPAIGN_PROMISE,
        ),
    ),
)
OWNER = Shape(
    what="an owner",
    keys=(
        Key(name="name", form=Form.TEXT, about="the team's name", required=True),
        Key(name="email", form=Form.TEXT, about="where alerts go by e-mail"),
        Key(name="phone", form=Form.TEXT, about="where alerts go by SMS: +573001234567"),
        Key(name="locale", form=Form.TEXT, about="the language of alerts: es-CO"),
        Key(name="timezone", form=Form.TEXT, about="the zone of times in alerts: America/Bogota"),
        Key(name="chat", form=Form.TEXT, about="where alerts go besides: a name in NOTIFIER_CHATS (Slack, Teams, …)"),
        Key(name="steps", form=Form.LIST, about="who is told while nobody takes a contradiction", shape=STEP),
        Key(name="back_after", form=Form.TEXT, about="when an acknowledgement that nobody follows up comes back: 24h"),
    ),
)
CAUSE = Shape(
    what="a cause",
    keys=(
        Key(name="about", form=Form.TEXT, about="what went wrong, in words", required=True),
        Key(name="owner", form=Form.TEXT, about="the team that ends it", required=True, names=Named.OWNER),
        Key(name="again_within", form=Form.TEXT, about="a second time within it is a pattern; default: 30d"),
    ),
)
AUTHORITY_LIMIT = Shape(
    what="an entry of authority",
    keys=(
        Key(name="credit", form=Form.TEXT, about="up to this amount: 50000 COP", required=True),
        Key(name="needs", form=Form.TEXT, about="who has to agree: second, or a role; nobody where left out"),
    ),
)
CONTACT_POINT = Shape(
    what="a contact point",
    keys=(
        Key(name="channel", form=Form.TEXT, about="how people reach it", required=True, values=CONTACT_CHANNELS),
        Key(name="address", form=Form.TEXT, about="the number, address or page that notices print", required=True),
        Key(name="hours", form=Form.TEXT, about="when it answers, in OSM syntax: Mo-Sa 08:00-20:00"),
        Key(name="human", form=Form.TRUTH, about="a person answers"),
        Key(name="settles", form=Form.TEXTS, about="the requests that it settles or records"),
        Key(
            name="sends_to",
            form=Form.NAMED,
            about="for other requests, the contact point it sends people to",
            short=Form.SCALAR,
        ),
    ),
)
HOURS_EXCEPTION = Shape(
    what="an entry of hours",
    keys=(
        Key(name="sites", form=Form.TEXTS, about="the sites' ids; every site where left out"),
        Key(name="country", form=Form.TEXT, about="an ISO 3166 code: only there, as for a decreed holiday"),
        Key(name="dates", form=Form.TEXTS, about="the dates: 2026-12-24", required=True),
        Key(name="hours", form=Form.TEXT, about="the hours of those dates in OSM syntax, or off", required=True),
        Key(name="reason", form=Form.TEXT, about="why, in words that customers may read"),
    ),
)
ALLOWED = "local hours for speaking: 08:00-20:00, or Mo-Fr 08:00-20:00; Sa 09:00-14:00, or always"
QUIET_HOURS = Shape(
    what="an entry of quiet_hours",
    keys=(
        Key(name="country", form=Form.TEXT, about="an ISO 3166 code; every country where left out"),
        Key(name="class", form=Form.TEXTS, about="the classes of notices; needed with `allowed`", values=CLASSES),
        Key(name="channel", form=Form.TEXTS, about="the channels; all where left out", values=CHANNELS),
        Key(name="allowed", form=Form.TEXT, about=ALLOWED),
        Key(
            name="overridden_by",
            form=Form.TEXTS,
            about="what goes in quiet hours, too: a correction or follow-up that would come too late",
            values=OVERRIDING,
        ),
    ),
)
CONTACT_LIMIT = Shape(
    what="an entry of contact_limits",
    keys=(
        Key(name="country", form=Form.TEXT, about="an ISO 3166 code; every country where left out"),
        Key(name="class", form=Form.TEXTS, about="the classes; each counts for itself", required=True, values=CLASSES),
        Key(name="channel", form=Form.TEXTS, about="the channels; all where left out", values=CHANNELS),
        Key(name="hours", form=Form.TEXT, about="hours by weekday, besides the quiet hours: Mo-Fr 09:00-18:00; PH off"),
        Key(name="per_day", form=Form.WHOLE, about="the most messages to one person on a day of the place"),
        Key(name="per_week", form=Form.WHOLE, about="the most messages to one person on seven days in a row"),
        Key(name="days_between", form=Form.WHOLE, about="whole days without a message between two"),
        Key(name="channels_per_week", form=Form.WHOLE, about="the most channels on seven days in a row"),
        Key(
            name="consent",
            form=Form.TEXT,
            about="whether only who said yes is written to",
            values=("needed", "not_needed"),
        ),
        Key(
            name="instead_of_law",
            form=Form.TEXT,
            about="why this holds in place of what the contact law says of the same: who decided it, and when",
        ),
    ),
)
ATTRIBUTE = Shape(
    what="an attribute",
    keys=(
        Key(name="type", form=Form.TEXT, about="the type of its values", required=True, values=ATTRIBUTE_TYPES),
        Key(
            name="currency",
            form=Form.TEXT,
            about="of money: COP; where left out, that of the row",
        ),
        Key(name="about", form=Form.TEXT, about="what it says"),
    ),
)
TOUCHPOINT = Shape(
    what="a touchpoint",
    keys=(Key(name="name", form=Form.TEXT, about="its name in words"),),
)

TOPICS_FILE = Shape(
    what="rules/topics.yaml",
    keys=(Key(name="topics", form=Form.NAMED, about="what promises and claims are about", shape=TOPIC),),
)
CAMPAIGNS_FILE = Shape(
    what="rules/campaigns.yaml",
    keys=(Key(name="campaigns", form=Form.NAMED, about="what campaigns promise, by their code", shape=CAMPAIGN),),
)
OWNERS_FILE = Shape(
    what="rules/owners.yaml",
    keys=(Key(name="owners", form=Form.NAMED, about="teams that answer for rules and checks", shape=OWNER),),
)
CAUSES_FILE = Shape(
    what="rules/causes.yaml",
    keys=(
        Key(name="causes", form=Form.NAMED, about="why promises are broken", shape=CAUSE),
        Key(
            name="needed_by",
            form=Form.TEXTS,
            about="the commands that close nothing without a cause; both where left out",
            one="command",
            values=CLOSING_COMMANDS,
        ),
    ),
)
AUTHORITY_FILE = Shape(
    what="rules/authority.yaml",
    keys=(
        Key(name="authority", form=Form.ENTRIES, about="how much a person may give away", shape=AUTHORITY_LIMIT),
        Key(
            name="roles", form=Form.NAMED, about="who has which role: names as given with --by", short=Form.EXPRESSIONS
        ),
    ),
)
CONTACT_POINTS_FILE = Shape(
    what="rules/contact_points.yaml",
    keys=(Key(name="contact_points", form=Form.NAMED, about="the ways out to a human", shape=CONTACT_POINT),),
)
HOURS_FILE = Shape(
    what="rules/hours.yaml",
    keys=(Key(name="hours", form=Form.LIST, about="changed hours of sites on dates", shape=HOURS_EXCEPTION),),
)
MERGED_CLASSES = tuple(name for name in CLASSES if name != NoticeClass.SAFETY)
MERGE = Shape(
    what="merge",
    keys=(
        Key(
            name="within",
            form=Form.TEXT,
            about="how long a notice waits for others to the same person: 15m",
            required=True,
        ),
        Key(
            name="channels",
            form=Form.TEXTS,
            about="where they go in one message; both where left out",
            one="channel",
            values=CHANNELS,
        ),
        Key(
            name="classes",
            form=Form.TEXTS,
            about="the classes that wait, each for its own; all but safety where left out",
            one="class",
            values=MERGED_CLASSES,
        ),
    ),
)
APPROVAL_BY_CLASS = Shape(
    what="approval",
    keys=tuple(
        Key(name=name, form=Form.TEXT, about=f"by how many people notices of class {name}", values=APPROVALS)
        for name in CLASSES
    ),
)
POLICY_FILE = Shape(
    what="rules/policy.yaml",
    keys=(
        Key(name="quiet_hours", form=Form.ENTRIES, about="when each class may speak", shape=QUIET_HOURS),
        Key(
            name="contact_law",
            form=Form.TEXTS,
            about="whose contact law holds: by_country, or countries and regions: [CO, MX, US-FL]",
        ),
        Key(name="contact_limits", form=Form.ENTRIES, about="how often people are written to", shape=CONTACT_LIMIT),
        Key(
            name="safety_after_stop",
            form=Form.TEXT,
            about="safety notices go also to those who asked for no more, unless the provider blocks them",
            values=("tell",),
        ),
        Key(name="fallback_after", form=Form.TEXT, about="the same key of every rule that does not say it: 30m"),
        Key(name="approval", form=Form.MAPPING, about="the same key of every rule of a class", shape=APPROVAL_BY_CLASS),
        Key(
            name="merge",
            form=Form.MAPPING,
            about="what falls due for one person within minutes goes in one message",
            shape=MERGE,
        ),
        Key(
            name="supersedes",
            form=Form.NAMED,
            about="whose promises a promise of each source may take the place of: contract: [quote, sales]",
            short=Form.EXPRESSIONS,
        ),
        Key(
            name="costs",
            form=Form.NAMED,
            about="what a thing costs the company once: truck_roll: 45000 COP",
            short=Form.TEXT,
        ),
    ),
)
ATTRIBUTES_FILE = Shape(
    what="rules/attributes.yaml",
    keys=(
        Key(
            name="attributes",
            form=Form.NAMED,
            about="a business's own fields, by entity and name",
            by_entity=ByEntity.FIELDS,
            shape=ATTRIBUTE,
            short=Form.TEXT,
        ),
    ),
)
JOURNEY_FILE = Shape(
    what="rules/journey.yaml",
    keys=(
        Key(
            name="touchpoints",
            form=Form.NAMED,
            about="the points of the customer's journey",
            shape=TOUCHPOINT,
            may_be_empty=True,
        ),
    ),
)

PUBLISHED = Shape(
    what="what is published",
    keys=(
        Key(name="files", form=Form.TEXTS, about="the saved pages and lists: pages/*.html", required=True),
        Key(
            name="about",
            form=Form.TEXT,
            about="the entity of the rows that must agree",
            required=True,
            names=Named.ENTITY,
        ),
        Key(
            name="named",
            form=Form.EXPRESSIONS,
            about="what a page may call a row: charge.product, or [site.id, site.name]",
            required=True,
        ),
        Key(name="when", form=Form.EXPRESSIONS, about="which of the rows count"),
        Key(
            name="topic",
            form=Form.TEXT,
            about="the topic of the values; without it, the opening hours of sites",
            names=Named.TOPIC,
        ),
        Key(name="actual", form=Form.EXPRESSION, about="the value of a row that must agree"),
        Key(
            name="columns",
            form=Form.NAMED,
            about="how a list calls the columns name, value, currency and topic",
            short=Form.SCALAR,
        ),
        Key(name="owner", form=Form.TEXT, about="the team that answers for what is published", names=Named.OWNER),
    ),
)
PUBLISHED_FILE = Shape(
    what="rules/published.yaml",
    keys=(Key(name="published", form=Form.NAMED, about="where something is published", shape=PUBLISHED),),
)

EXPECTED_NOTICE = Shape(
    what="an expected notice",
    keys=(
        Key(name="rule", form=Form.TEXT, about="the rule that speaks", required=True, names=Named.RULE),
        Key(name="customer", form=Form.SCALAR, about="the id of the customer who is told", required=True),
        Key(
            name="state",
            form=Form.TEXT,
            about="the state it is in after this entry",
            values=tuple(state.value for state in NoticeState),
        ),
        Key(name="channels", form=Form.TEXTS, about="the channels it goes out on", one="channel", values=CHANNELS),
        Key(name="sms_contains", form=Form.TEXTS, about="texts that its SMS holds"),
        Key(name="email_contains", form=Form.TEXTS, about="texts that its e-mail holds"),
        Key(name="sms_lacks", form=Form.TEXTS, about="texts that its SMS does not hold"),
        Key(name="email_lacks", form=Form.TEXTS, about="texts that its e-mail does not hold"),
        Key(name="reason", form=Form.TEXT, about="the code of its reason, or a part of the sentence"),
    ),
)
EXPECTED_CONTRADICTION = Shape(
    what="an expected contradiction",
    keys=(
        Key(name="check", form=Form.TEXT, about="the check that finds it", required=True, names=Named.CHECK),
        Key(name="subject", form=Form.TEXT, about="what the promise is about: contract:K-1", required=True),
        Key(name="promised", form=Form.SCALAR, about="the promised value"),
        Key(name="actual", form=Form.SCALAR, about="the fact's value"),
        Key(name="owner", form=Form.TEXT, about="the team that settles it", names=Named.OWNER),
        Key(
            name="state",
            form=Form.TEXT,
            about="the state it is in after this entry",
            values=tuple(state.value for state in ContradictionState),
        ),
    ),
)
EXPECTED_ALERT = Shape(
    what="an expected alert",
    keys=(
        Key(name="owner", form=Form.TEXT, about="the team that is alerted", required=True, names=Named.OWNER),
        Key(name="check", form=Form.TEXT, about="the check it is about", names=Named.CHECK),
        Key(name="rule", form=Form.TEXT, about="the rule it is about", names=Named.RULE),
        Key(name="reason", form=Form.TEXT, about="the code of its reason, or a part of the sentence"),
    ),
)
EXPECT = Shape(
    what="expect",
    keys=(
        Key(name="notices", form=Form.LIST, about="notices decided since the last expect", shape=EXPECTED_NOTICE),
        Key(name="corrections", form=Form.LIST, about="corrections since the last expect", shape=EXPECTED_NOTICE),
        Key(name="follow_ups", form=Form.LIST, about="follow-ups since the last expect", shape=EXPECTED_NOTICE),
        Key(
            name="contradictions",
            form=Form.LIST,
            about="contradictions that opened or changed since the last expect",
            shape=EXPECTED_CONTRADICTION,
        ),
        Key(name="alerts", form=Form.LIST, about="alerts to owners since the last expect", shape=EXPECTED_ALERT),
    ),
)
SCENARIO_RECEIPT = Shape(
    what="a receipt",
    keys=(
        Key(name="customer", form=Form.SCALAR, about="the id of the customer whose last message it is", required=True),
        Key(name="channel", form=Form.TEXT, about="the channel of that message", required=True, values=CHANNELS),
        Key(
            name="state",
            form=Form.TEXT,
            about="what became of it",
            required=True,
            values=("delivered", "undelivered"),
        ),
        Key(name="code", form=Form.SCALAR, about="the code of Twilio for it: 30003"),
    ),
)
SCENARIO_REPLY = Shape(
    what="a reply",
    keys=(
        Key(name="customer", form=Form.SCALAR, about="the id of the customer who writes", required=True),
        Key(name="text", form=Form.SCALAR, about="what they write: SI", required=True),
        Key(name="channel", form=Form.TEXT, about="how; sms where left out", values=CHANNELS),
    ),
)
SCENARIO_OPT_OUT = Shape(
    what="an opt-out",
    keys=(
        Key(name="customer", form=Form.SCALAR, about="the id of the customer who wants no more", required=True),
        Key(
            name="channel",
            form=Form.TEXT,
            about="sms: they answer STOP; email: they follow the link of the last mail",
            required=True,
            values=CHANNELS,
        ),
    ),
)
NOTICE_DECISIONS = ("approve", "release", "cancel")
CONTRADICTION_DECISIONS = ("ack", "resolve", "waive", "honour", "tell", "withdraw", "agree")
SCENARIO_DECISION = Shape(
    what="a decision",
    keys=(
        Key(
            name="do",
            form=Form.TEXT,
            about="about a notice: approve, release or cancel it; about a contradiction: ack, resolve or waive it, "
            "settle it (honour, tell, withdraw), or agree to a settling as the second person",
            required=True,
            values=(*NOTICE_DECISIONS, *CONTRADICTION_DECISIONS),
        ),
        Key(name="rule", form=Form.TEXT, about="the rule of the notice"),
        Key(name="customer", form=Form.SCALAR, about="the id of the customer whose notice it is"),
        Key(name="check", form=Form.TEXT, about="the check of the contradiction"),
        Key(name="subject", form=Form.TEXT, about="what the promise is about: contract:K-1"),
        Key(name="by", form=Form.TEXT, about="who decides; somebody where left out"),
        Key(name="reason", form=Form.TEXT, about="why; the scenario's name where left out"),
        Key(name="until", form=Form.TEXT, about="with waive, honour and tell: until when, with its offset"),
        Key(name="owner", form=Form.TEXT, about="with honour: the team that corrects the fact"),
        Key(name="remedy", form=Form.TEXT, about="with tell: what the customer gets"),
        Key(name="next", form=Form.TEXT, about="with tell: what happens next"),
        Key(name="evidence", form=Form.TEXT, about="with withdraw: what shows that the promise does not stand"),
        Key(name="credit", form=Form.TEXT, about="with a settling: what is given: 20000 COP"),
        Key(name="cause", form=Form.TEXT, about="why the promise was broken, from rules/causes.yaml"),
        Key(name="action", form=Form.TEXT, about="what is done about the cause"),
        Key(name="refused", form=Form.TEXT, about="it is refused, and this is a part of the sentence that says why"),
    ),
)
RULE_EDIT = Shape(
    what="an edit",
    keys=(
        Key(
            name="file",
            form=Form.TEXT,
            about="the file below rules/ or templates/: rules/telco/billing.yaml",
            required=True,
        ),
        Key(name="replace", form=Form.TEXT, about="a text that stands once in the file", required=True),
        Key(name="with", form=Form.SCALAR, about="what stands there from then on; nothing where left out"),
    ),
)
TIMELINE_ENTRY = Shape(
    what="a timeline entry",
    keys=(
        Key(name="at", form=Form.TEXT, about="the instant, with its offset", required=True),
        Key(name="set", form=Form.NAMED, about="rows that are written then, by entity", by_entity=ByEntity.ROWS),
        Key(
            name="delete", form=Form.NAMED, about="ids of rows that are deleted then, by entity", by_entity=ByEntity.IDS
        ),
        Key(
            name="receipts",
            form=Form.LIST,
            about="what providers say then of the last message to a customer",
            shape=SCENARIO_RECEIPT,
        ),
        Key(name="replies", form=Form.LIST, about="what customers write back then", shape=SCENARIO_REPLY),
        Key(name="opt_out", form=Form.ENTRIES, about="who wants no more from then on", shape=SCENARIO_OPT_OUT),
        Key(name="decide", form=Form.ENTRIES, about="what people decide then", shape=SCENARIO_DECISION),
        Key(name="rule_edit", form=Form.ENTRIES, about="edits of files that come into force then", shape=RULE_EDIT),
        Key(name="restart", form=Form.TRUTH, about="the daemon ends and starts anew before this entry"),
        Key(name="down_until", form=Form.TEXT, about="the daemon is off from this entry until then, with its offset"),
        Key(
            name="clock_skew",
            form=Form.TEXT,
            about="how far its clock is ahead from then on: 2h; -2h is behind, 0s is right again",
        ),
        Key(name="expect", form=Form.MAPPING, about="what is new since the last expect", shape=EXPECT),
    ),
)
SCENARIO_LEARNED = Shape(
    what="what was learned",
    keys=(
        Key(name="rule", form=Form.TEXT, about="the rule whose forecasts say it", required=True, names=Named.RULE),
        Key(name="left", form=Form.TEXT, about="how long it takes from the forecast's point on: 12d", required=True),
        Key(name="probability", form=Form.SCALAR, about="of the forecasts meant: 0.8; all where left out"),
        Key(
            name="cases",
            form=Form.WHOLE,
            about="the completed rows behind it; 100 where left out, under 20 nothing can be said",
        ),
    ),
)
SCENARIO = Shape(
    what="a scenario",
    keys=(
        Key(name="scenario", form=Form.TEXT, about="what it shows, in a sentence", required=True),
        Key(name="rules", form=Form.TEXTS, about="the rule files in force, in the same folder; all where left out"),
        Key(name="given", form=Form.NAMED, about="the state before, by entity", by_entity=ByEntity.ROWS),
        Key(name="learned", form=Form.LIST, about="what forecasts say", shape=SCENARIO_LEARNED),
        Key(name="timeline", form=Form.LIST, about="what happens, in order", required=True, shape=TIMELINE_ENTRY),
    ),
)
SCENARIO_FILE = Shape(
    what="a scenario file",
    keys=(Key(name="scenarios", form=Form.LIST, about="the scenarios", required=True, shape=SCENARIO),),
)
