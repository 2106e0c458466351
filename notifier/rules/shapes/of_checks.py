"""The keys of checks."""

from notifier.rules.shapes.choices import SEVERITIES
from notifier.rules.shapes.form import Form, Key, Named, Shape

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
