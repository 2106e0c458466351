"""The keys of `rules/policy.yaml`."""

from notifier.model.types import NoticeClass
from notifier.rules.shapes.choices import APPROVALS, CHANNELS, CLASSES, MERGED_CHANNELS
from notifier.rules.shapes.form import Form, Key, Shape

OVERRIDING = ("late_correction",)
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
            values=MERGED_CHANNELS,
            refused=(("whatsapp", "WhatsApp approves each text by itself, so nothing goes in one message there"),),
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
