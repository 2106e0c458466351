"""The keys of scenario files."""

from notifier.model.contradictions import ContradictionState
from notifier.model.notices import NoticeState
from notifier.rules.shapes.choices import CHANNELS
from notifier.rules.shapes.form import ByEntity, Form, Key, Named, Shape

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
        Key(name="whatsapp_contains", form=Form.TEXTS, about="texts that its WhatsApp message holds"),
        Key(name="sms_lacks", form=Form.TEXTS, about="texts that its SMS does not hold"),
        Key(name="whatsapp_lacks", form=Form.TEXTS, about="texts that its WhatsApp message does not hold"),
        Key(name="email_lacks", form=Form.TEXTS, about="texts that its e-mail does not hold"),
        Key(
            name="calendar_contains",
            form=Form.TEXTS,
            about="texts of the entry that its e-mail carries for a calendar, as preview shows it: REQUEST, CANCEL, "
            "20260305T150000Z, the place",
        ),
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
            about="sms and whatsapp: they answer STOP; email: they follow the link of the last mail",
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
