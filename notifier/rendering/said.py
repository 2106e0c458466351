"""Claims as owners read them: booleans as words, reasons in their language, amounts without a currency as numbers."""

from dataclasses import replace

from notifier.model.notices import Claims, ClaimValue
from notifier.model.types import TopicType
from notifier.rendering.context import PrintableClaim, Voice, printable
from notifier.rendering.hours import hours_in_words
from notifier.rendering.reasons import reason_in
from notifier.rendering.words import Words


def said(name: str, claim: ClaimValue, voice: Voice, words: Words) -> PrintableClaim | None:
    """The claim as owners read it; None where it has no value."""
    return printable(spoken({name: claim}, words), voice)[name]


def spoken(claims: Claims, words: Words) -> Claims:
    """The claims as owners read them: booleans as words, and amounts without a currency as numbers."""
    return {name: _plainly(_in_their_language(name, claim, words), words) for name, claim in claims.items()}


def _in_their_language(name: str, claim: ClaimValue, words: Words) -> ClaimValue:
    """A reason in the owner's language, as far as its parts are known in it."""
    if name != "reason" or not isinstance(claim.value, str):
        return claim
    return replace(claim, value=reason_in(claim.value, words.language))


def _plainly(claim: ClaimValue, words: Words) -> ClaimValue:
    if isinstance(claim.value, bool):
        return ClaimValue(type=TopicType.TEXT, value=words.truths[claim.value])
    if claim.type is TopicType.OPENING_HOURS and isinstance(claim.value, str):
        return replace(claim, type=TopicType.TEXT, value=hours_in_words(claim.value, words))
    if claim.type is TopicType.MONEY and claim.currency is None:
        return replace(claim, type=TopicType.NUMBER)
    return claim
