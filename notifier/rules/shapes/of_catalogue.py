"""The keys of the files that rules and checks refer to: topics, owners, ways out, campaigns, hours and others."""

from notifier.rules.shapes.choices import (
    ALERT_CHANNELS,
    ATTRIBUTE_TYPES,
    CLOSING_COMMANDS,
    CONTACT_CHANNELS,
    TOPIC_TYPES,
)
from notifier.rules.shapes.form import ByEntity, Form, Key, Named, Shape

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
        Key(
            name="label",
            form=Form.NAMED,
            about="what people read for it on pages, by language: es: precio mensual, en: monthly price",
            short=Form.TEXT,
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
            refused=(("whatsapp", "WhatsApp lets nothing through but texts that it approved, and an alert is none"),),
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
        Key(name="weekly", form=Form.TEXT, about="when their week is told by mail, in their zone: monday 08:00"),
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
        Key(
            name="instead",
            form=Form.NAMED,
            about="by an attribute of the customer that is true, the contact point that they are given instead",
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
FORESEEN = Shape(
    what="a foreseen failure",
    keys=(
        Key(name="failure", form=Form.TEXT, about="what may fail, in words", required=True),
        Key(
            name="severity",
            form=Form.WHOLE,
            about="from 1, a nuisance, to 5: it costs the customer money or safety, or us the customer",
            required=True,
        ),
        Key(
            name="reasons",
            form=Form.TEXTS,
            about="the reasons for which customers write or call about it, from rules/reasons.yaml",
            one="reason",
        ),
        Key(name="rule", form=Form.TEXTS, about="the rules that tell of it", names=Named.RULE),
        Key(name="check", form=Form.TEXTS, about="the checks that find it", names=Named.CHECK),
        Key(name="accepted", form=Form.TEXT, about="why nothing is done about it: because …"),
    ),
)
TOUCHPOINT = Shape(
    what="a touchpoint",
    keys=(
        Key(name="name", form=Form.TEXT, about="its name in words"),
        Key(name="stage", form=Form.TEXT, about="where on the way it lies: one of the stages of this file"),
        Key(name="owner", form=Form.TEXT, about="the team that answers for it", names=Named.OWNER),
        Key(name="systems", form=Form.TEXTS, about="the systems behind it, in words", one="system"),
        Key(
            name="topics",
            form=Form.TEXTS,
            about="what is promised or claimed there, from rules/topics.yaml",
            one="topic",
            names=Named.TOPIC,
        ),
        Key(name="foreseen", form=Form.ENTRIES, about="what may fail there", shape=FORESEEN),
        Key(name="nothing_foreseen", form=Form.TEXT, about="why nothing is foreseen to fail there: because …"),
    ),
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
            name="stages",
            form=Form.NAMED,
            about="the stages of the journey in their order, each with its name in words",
            short=Form.TEXT,
        ),
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
APPROVED_TEXT = Shape(
    what="a WhatsApp text",
    keys=(
        Key(
            name="template",
            form=Form.TEXT,
            about="the template that writes it",
            required=True,
            names=Named.TEMPLATE,
        ),
        Key(name="locale", form=Form.TEXT, about="that of its file: es, es-CO", required=True),
        Key(
            name="body",
            form=Form.TEXT,
            about="its words, with {{1}} where the first value stands: `notifier rules whatsapp --write` writes them",
            required=True,
        ),
        Key(
            name="content_sid",
            form=Form.TEXT,
            about="Twilio's id of the approved text, HX…; the text is not sent before it stands here",
        ),
    ),
)
WHATSAPP_FILE = Shape(
    what="rules/whatsapp.yaml",
    keys=(
        Key(
            name="texts",
            form=Form.LIST,
            about="the WhatsApp texts that were handed in for approval",
            shape=APPROVED_TEXT,
        ),
    ),
)
