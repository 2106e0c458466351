"""The keys that a map file may have."""

from notifier.intake.foreign_cells import MARKS
from notifier.intake.instants import Midnight
from notifier.intake.repeats import Counting
from notifier.intake.written import Written
from notifier.rules.shapes import Form, Key, Named, Shape

STEP = Shape(
    what="a step",
    keys=(
        Key(name="at", form=Form.TEXT, about="the instant at which it happened", required=True),
        Key(name="status", form=Form.TEXT, about="the status from then on", required=True),
    ),
)
AS_OF = Shape(
    what="as_of",
    keys=(
        Key(name="starts", form=Form.TEXT, about="the instant from which the row is there", required=True),
        Key(name="before", form=Form.TEXT, about="the status before the first step"),
        Key(name="steps", form=Form.LIST, about="what happens to the row, in order", shape=STEP),
    ),
)
DATES = Key(
    name="dates",
    form=Form.TEXT,
    about="how dates are written, where not like 2026-12-31T09:30: 31/12/2026, 12/31/2026, 2026-12-31 9:30 PM, or as a "
    "number since 1970",
    values=tuple(written.value for written in Written),
)
DECIMAL = Key(name="decimal", form=Form.TEXT, about="the mark before the decimals of numbers", values=tuple(MARKS))
COLUMN = Shape(
    what="a column of the map",
    keys=(
        Key(
            name="from",
            form=Form.TEXTS,
            about="their column; of a list, the first one that is filled in the row",
        ),
        Key(name="fixed", form=Form.SCALAR, about="one value for every row"),
        Key(
            name="template",
            form=Form.TEXT,
            about="a text made of their columns: {order_id}@example.com, {Start Date} {Start Time}",
        ),
        Key(name="json", form=Form.TEXT, about="with `from`: the path to the value in a cell with JSON: /address/city"),
        Key(name="values", form=Form.NAMED, about="their value: ours; any other is a problem", short=Form.SCALAR),
        Key(name="default", form=Form.SCALAR, about="the value of an empty cell"),
        DATES,
        DECIMAL,
        Key(
            name="pseudonym",
            form=Form.TRUTH,
            about="a keyed digest takes the place of the text, without regard to capitals; by NOTIFIER_PSEUDONYM_KEY",
        ),
        Key(name="unit", form=Form.TEXT, about="how amounts are written", values=("major", "minor")),
        Key(name="places", form=Form.WHOLE, about="the decimal places of the minor unit, where not the currency's"),
        Key(name="local_time", form=Form.TEXT, about="the time of day that takes the place of the cell's: 23:59:59"),
        Key(
            name="midnight",
            form=Form.TEXT,
            about="what midnight in UTC stands for: a date in the map's zone, or the instant",
            values=(Midnight.DATE.value, Midnight.INSTANT.value),
        ),
    ),
)
ROWS = Shape(
    what="rows",
    keys=(
        Key(
            name="only",
            form=Form.NAMED,
            about="their column, and the texts with which a line is read; any other line is left out",
            short=Form.TEXTS,
        ),
        Key(
            name="without",
            form=Form.NAMED,
            about='their column, and the texts with which a line is left out; "" is an empty cell',
            short=Form.TEXTS,
        ),
        Key(
            name="of_one_id",
            form=Form.TEXT,
            about="which of several lines with one id counts where filled cells differ, or `sum`: their numbers are "
            "added, and all else must agree",
            values=tuple(counting.value for counting in Counting),
        ),
    ),
)
REPEATED = Key(
    name="repeated",
    form=Form.TEXT,
    about="the older way to write `of_one_id` of `rows`",
    values=(Counting.AGREE.value, Counting.FIRST.value, Counting.LAST.value),
)
_OF_ENTITY = (
    Key(name="ignore", form=Form.TEXTS, about="their columns that are not wanted"),
    Key(
        name="others",
        form=Form.TEXT,
        about="`ignore`: only columns that the map names are read; by default any other column is a problem",
        values=("ignore", "refuse"),
    ),
    Key(
        name="rows", form=Form.MAPPING, about="which lines are read, and how lines with one id are one row", shape=ROWS
    ),
    REPEATED,
    Key(name="as_of", form=Form.MAPPING, about="how a file of history is read as of --at", shape=AS_OF),
    Key(
        name="history",
        form=Form.NAMED,
        about="for `notifier simulate`: our column: our column with the instant at which it became known",
        short=Form.TEXT,
    ),
)
ENTITY_MAP = Shape(
    what="an entry of entities",
    keys=(
        Key(name="entity", form=Form.TEXT, about="the entity that it is for", required=True, names=Named.ENTITY),
        Key(
            name="columns",
            form=Form.NAMED,
            about="our column: theirs, or how it is made",
            required=True,
            shape=COLUMN,
            short=Form.TEXTS,
        ),
        *_OF_ENTITY,
    ),
)
MAP_FILE = Shape(
    what="a map",
    keys=(
        Key(name="entity", form=Form.TEXT, about="the entity that it is for", names=Named.ENTITY),
        Key(
            name="columns",
            form=Form.NAMED,
            about="our column: theirs, or how it is made",
            shape=COLUMN,
            short=Form.TEXTS,
        ),
        Key(
            name="entities",
            form=Form.LIST,
            about="instead of `entity`: what each entity takes from every line of the file, in the order in which they "
            "are written",
            shape=ENTITY_MAP,
        ),
        Key(name="delimiter", form=Form.TEXT, about="what separates the cells of a CSV file"),
        Key(name="zone", form=Form.TEXT, about="the zone of instants without an offset"),
        DATES,
        DECIMAL,
        Key(name="empty", form=Form.TEXTS, about='their words for an empty cell: N/A, or "NULL" in quotes'),
        *_OF_ENTITY,
    ),
)
ORIGINS = ("from", "fixed", "template")
"""The keys that say where a column comes from; each column has exactly one of them."""
