"""The keys of `rules/reasons.yaml`: why people get in touch."""

from notifier.rules.shapes.form import Form, Key, Named, Shape

WORTHS = ("valuable", "irritating")
LANGUAGES = ("es", "en")
"""The languages in which words of reasons are read."""

SAYING = Shape(
    what="words of a reason",
    keys=(
        Key(name="language", form=Form.TEXT, about="the language of the words", required=True, values=LANGUAGES),
        Key(
            name="say",
            form=Form.TEXTS,
            about="words that name the reason, in any inflection: 'técnico no llegó'; any of the texts does",
            required=True,
        ),
        Key(name="unless", form=Form.TEXTS, about="words beside which they do not: 'ya llegó'"),
        Key(name="why", form=Form.TEXT, about="why these words mean it, for whoever reads the file"),
    ),
)
REASON = Shape(
    what="a reason",
    keys=(
        Key(name="object", form=Form.TEXT, about="the thing that it is about: checkout", required=True),
        Key(name="step", form=Form.TEXT, about="where in dealing with it: step 3", required=True),
        Key(name="failure", form=Form.TEXT, about="what went wrong then: card declined twice", required=True),
        Key(name="owner", form=Form.TEXT, about="the team that can end it", required=True, names=Named.OWNER),
        Key(name="words", form=Form.LIST, about="how people say it", shape=SAYING),
        Key(
            name="imported_as",
            form=Form.TEXTS,
            about="what other systems call it: values of the column reason of contacts and feedback",
        ),
        Key(
            name="customer",
            form=Form.TEXT,
            about="what such a contact is for the customer; with company it says what to do about it",
            values=WORTHS,
        ),
        Key(name="company", form=Form.TEXT, about="what such a contact is for the company", values=WORTHS),
        Key(name="minutes", form=Form.WHOLE, about="how long one such contact takes the company"),
        Key(name="cost", form=Form.TEXT, about="what one such contact costs the company: 9000 COP"),
        Key(name="severity", form=Form.WHOLE, about="from 1, a nuisance, to 5, somebody is harmed"),
    ),
)
UNUSUAL_DAYS = Shape(
    what="unusual days",
    keys=(
        Key(
            name="owner",
            form=Form.TEXT,
            about="the team that hears of a day with too many contacts that no single reason explains",
            required=True,
            names=Named.OWNER,
        ),
        Key(name="fewest", form=Form.WHOLE, about="contacts of a day below which nobody is alerted; default: 10"),
        Key(
            name="false_alarms",
            form=Form.WHOLE,
            about="alerts a year that are accepted if nothing is ever the matter, of all reasons together; default: 4",
        ),
        Key(name="only", form=Form.TEXTS, about="the reasons that are watched; all where left out", one="reason"),
        Key(
            name="monthly",
            form=Form.TEXTS,
            about="the reasons that follow bills: a day is compared with the same day of the months before",
            one="reason",
        ),
    ),
)
REASONS_FILE = Shape(
    what="rules/reasons.yaml",
    keys=(
        Key(name="reasons", form=Form.NAMED, about="why people get in touch", shape=REASON),
        Key(
            name="unusual_days",
            form=Form.MAPPING,
            about="who is alerted, within the hour, of a day with more contacts than chance explains",
            shape=UNUSUAL_DAYS,
        ),
    ),
)
