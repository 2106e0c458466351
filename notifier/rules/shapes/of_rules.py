"""The keys of rules, and of the files that have rules and checks."""

from dataclasses import replace

from notifier.model.notices import ThreadEvent
from notifier.rules.hush_codes import CODES
from notifier.rules.shapes.choices import APPROVALS, CHANNELS, CLASSES
from notifier.rules.shapes.form import Form, Key, Named, Shape
from notifier.rules.shapes.of_checks import CHECK

GROUPS = ("customer", "day", "order")
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
        Key(
            name="template",
            form=Form.CHOICE,
            about="the folder of its texts under templates/; or, with `when`, which by a value of the row",
            names=Named.TEMPLATE,
        ),
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
        Key(
            name="invitation",
            form=Form.TEXT,
            about="what its mail does to the entry in the reader's calendar, where the rule has an `invitation`",
            values=("update", "cancel"),
        ),
    ),
)
INVITATION = Shape(
    what="an invitation",
    keys=(
        Key(
            name="starts",
            form=Form.TEXT,
            about="the claim with the instant at which it begins, or the window",
            required=True,
        ),
        Key(name="ends", form=Form.TEXT, about="the claim with the instant at which it ends"),
        Key(name="place", form=Form.TEXT, about="the claim that says where"),
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
RESCUE = Shape(
    what="a rescue",
    keys=(
        Key(
            name="admission",
            form=Form.CHOICE,
            about="what is said first when it went wrong, once or by language: es: …, en: …",
        ),
        Key(name="remedy", form=Form.CHOICE, about="what the customer gets then, once or by language"),
        Key(name="decides", form=Form.TEXT, about="who decides it without asking anybody", names=Named.OWNER),
        Key(name="by", form=Form.TEXT, about="how soon after it went wrong: 4h"),
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
HOLDOUT = Shape(
    what="a holdout",
    keys=(
        Key(name="share", form=Form.TEXT, about="how many are not told, by lot: 5%; at most 20%", required=True),
        Key(name="until", form=Form.TEXT, about="the last day on which they are not: 2026-06-30", required=True),
        Key(name="decided_by", form=Form.TEXT, about="who decided it", required=True),
        Key(
            name="contacts",
            form=Form.TEXTS,
            about="the reasons of contacts that the notice is to spare customers",
            required=True,
        ),
        Key(name="within", form=Form.TEXT, about="how long after it a contact counts; default: 14d"),
        Key(name="name", form=Form.TEXT, about="by which customers are drawn, for a second one; default: the rule's"),
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
            name="lead",
            form=Form.TEXT,
            about="how long before its moment's anchor it is told at the latest: 24h; its owner hears of later ones",
        ),
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
            about="what goes in one message: what falls due at once for a customer, or of this what is on one day, or "
            "of one order",
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
            about="where it goes; sms and email where left out",
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
        Key(
            name="invitation",
            form=Form.MAPPING,
            about="its mails carry an entry for the reader's calendar, made of claims",
            shape=INVITATION,
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
            name="duty",
            form=Form.TEXT,
            about="the law, contract or word that demands that everybody is told: no `holdout` is allowed",
        ),
        Key(
            name="holdout",
            form=Form.MAPPING,
            about="some customers are not told for a time, by lot, so that it can be seen what telling changes",
            shape=HOLDOUT,
        ),
        Key(
            name="mode",
            form=Form.TEXT,
            about="shadow: it decides and records what it would tell, and tells nobody; default: live",
            values=("live", "shadow"),
        ),
        Key(name="plan", form=Form.LIST, about="what the company does besides speaking", shape=PLANNED_ACTION),
        Key(
            name="copy",
            form=Form.TEXTS,
            about="who gets what the customer is told by mail, too",
            one="reader of a copy",
            values=("seller", "owner"),
        ),
        Key(
            name="rescue",
            form=Form.TEXT_OR_MAPPING,
            about="what is offered when it goes wrong; or `none because`, and why nothing can",
            shape=RESCUE,
        ),
        Key(
            name="hush",
            form=Form.MAPPING,
            about="warnings of `rules check` not to show, by code, each with the reason",
            shape=HUSH,
        ),
    ),
)
RULE_FILE = Shape(
    what="a rule file",
    keys=(
        Key(name="rules", form=Form.LIST, about="known contingencies", shape=RULE),
        Key(name="checks", form=Form.LIST, about="comparisons of promises with facts", shape=CHECK),
    ),
)
