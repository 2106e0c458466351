"""The names by which warnings of `rules check` can be hushed in a rule."""

CODES = {
    "never_true": "a rule, a moment or a part of a condition that can never be true",
    "same_fact": "two rules that tell one customer the same fact at the same time",
    "other_currency": "an amount that may be compared with a figure of rows in another currency",
    "swallowed": "a moment from which quiet hours or contact law let nothing through before until",
    "sms_segments": "an SMS that a few characters make longer, and dearer",
    "empty_phrase": "words that say nothing",
    "promotion": "an offer in a notice that is no marketing",
    "apology": "an apology that says neither what went wrong nor what is made good",
    "says_what": "a text that does not name what it is about",
    "says_when": "a text without a date, a time or a word for one",
    "says_next": "a text that does not say what happens next",
    "reading_level": "words that are hard to read",
    "long_sentences": "more than 20 words a sentence",
}
"""The warnings that can be hushed, and what they are about. The others are ended by a key of the rule."""
