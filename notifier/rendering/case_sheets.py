"""The customer of a case, and what passed between them and the company, as an owner reads it in an alert."""

from collections.abc import Mapping

from notifier.model.case_briefs import CaseBrief, CaseWord
from notifier.model.notices import ClaimValue
from notifier.model.types import TopicType
from notifier.rendering.context import Names, Voice, clean
from notifier.rendering.said import said
from notifier.rendering.words import Words

LONGEST = 300
"""Letters of what somebody wrote that an owner reads; `notifier timeline` has all of them."""
_SPANISH: Mapping[str, str] = {
    "phone": "teléfono",
    "email": "correo",
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "social": "redes",
    "shop": "sede",
    "answered": "contestado",
    "unanswered": "sin contestar",
    "solved": "resuelto",
    "open": "abierto",
    "cancel": "quiere irse",
}


def case_names(brief: CaseBrief, voice: Voice, words: Words) -> Names:
    """`name`, `reach` (the ways to reach them), `words` with `at`, `who`, `text`, `outcome` and `score`, and `told`."""
    reach = [each for each in (brief.phone, brief.email, brief.locale) if each]
    return Names(
        "brief",
        {
            "name": _written(brief.name or brief.customer_id),
            "reach": ", ".join(_written(each) for each in reach),
            "words": [_word(each, voice, words) for each in brief.words],
            "told": [
                Names(
                    "told",
                    {
                        "rule": each.rule,
                        "subject": _written(each.subject),
                        "at": said("at", ClaimValue(type=TopicType.TIMESTAMP, value=each.told_at), voice, words),
                    },
                )
                for each in brief.told
            ],
        },
    )


def _word(word: CaseWord, voice: Voice, words: Words) -> Names:
    text = _written(word.text)
    return Names(
        "word",
        {
            "at": said("at", ClaimValue(type=TopicType.TIMESTAMP, value=word.at), voice, words),
            "inbound": word.inbound,
            "channel": _in_language(word.channel, words),
            "outcome": _in_language(word.outcome, words),
            "score": word.score,
            "text": text if len(text) <= LONGEST else f"{text[: LONGEST - 3].rstrip()}...",
        },
    )


def _in_language(word: str | None, words: Words) -> str | None:
    return None if word is None else _written(_SPANISH.get(word, word) if words.language == "es" else word)


def _written(text: str) -> str:
    """On one line and without control characters: what a customer wrote must not keep an alert from going out."""
    return clean("".join(letter if letter.isprintable() else " " for letter in text))
