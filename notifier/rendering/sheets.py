"""A notice's claims, recipient and way out -> the sheet that all its texts are printed from.

SMS, mail text, HTML and subject are printed from one sheet: no fact can come from anywhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from notifier.model.notices import Claims, NoticeKind, Recipient
from notifier.model.phones import spaced
from notifier.model.plain_values import plain_value
from notifier.rendering.catalogue import Wording
from notifier.rendering.context import (
    CHANGES,
    CURRENT,
    PREVIOUS,
    WORDS,
    Changed,
    Names,
    PrintableClaim,
    Voice,
    clean,
    printable,
)
from notifier.rendering.corrections import Changes, changed_names
from notifier.rendering.errors import RenderingError
from notifier.rendering.formats import zone_of
from notifier.rendering.greetings import NOBODY, NoName, first_name
from notifier.rendering.hours import hours_in_words
from notifier.rendering.labels import labels_of
from notifier.rendering.layout import Way
from notifier.rendering.lists import rows_named, told_apart
from notifier.rendering.saying import Said as Said
from notifier.rendering.words import Words
from notifier.rules.checked_owners import ContactPoint, Owner

BY_NUMBER = ("phone", "sms", "whatsapp")
"""The channels of contact points whose address is a telephone number."""


@dataclass(slots=True, kw_only=True)
class Sheet:
    """What the texts of one notice are printed from, and what parity checks them against."""

    names: Mapping[str, object]
    """Everything a template sees."""
    voice: Voice
    reference: str
    changes: Changes | None = None
    """What changed, for a correction."""
    way: Way | None = None
    """None for an alert to an owner: its text says what to do."""
    only_claims: bool = False
    """Whether every figure must be a claim; alerts name ids."""
    required: Mapping[str, str] = field(default_factory=dict)
    """The texts that every channel must print, by their names in templates."""
    first_rows: Mapping[str, object] = field(default_factory=dict)
    """The lists by name, as a first notice of the same claims would have them."""


@plain_value(frozen=True, kw_only=True)
class Exit:
    """A contact point in one language, as templates see it and as the layout shows it."""

    names: Names
    way: Way


EACH_CLAIM = "each_claim"
"""What built-in texts call the claims that have a value: they know none of them by name."""
_NOTHING_TOLD = Names("told", {})
_NO_PREVIOUS = Names("previous", {})


def notice_sheet(
    said: Said,
    *,
    recipient: Recipient,
    wording: Wording,
    words: Words,
    voice: Voice,
    reference: str,
    status_page: str,
    exit_: Exit,
    owner: Owner,
    company: str,
) -> Sheet:
    """The sheet of a notice to a customer. Raises RenderingError for an unprintable name.

    `status_page` is the link to the page on which they see how things stand; empty where there is none.
    """
    name = clean(recipient.name)
    way = exit_.way
    names, changes = _claims_named(said, wording, words, voice)
    lists, first_rows = _rows(said, voice) if said.is_listed else ({}, {})
    names |= {
        **lists,
        "customer": _fixed("customer", {"name": usable(name), "first_name": first_name(name, wording.language)}, voice),
        "exit": _fixed("exit", exit_.names, voice),
        "owner": _fixed("owner", {"name": clean(owner.name)}, voice),
        "reference": voice.text("reference", reference),
        "status_page": voice.text("status_page", status_page) if status_page else NoName(""),
        "company": voice.text("company", company),
        WORDS: words,
    }
    return Sheet(
        names=names,
        voice=voice,
        reference=reference,
        changes=changes,
        way=way,
        only_claims=True,
        required={"reference": reference, "exit.address": way.address},
        first_rows=first_rows,
    )


def _claims_named(said: Said, wording: Wording, words: Words, voice: Voice) -> tuple[dict[str, object], Changes | None]:
    """The names of the claims, of what was told and of what is true; and what a correction must say."""
    known = printable(said.claims, voice)
    told, current = _NOTHING_TOLD, Names("current", known)
    changed: tuple[str, ...] = ()
    changes = None
    match said.kind:
        case NoticeKind.CORRECTION:
            before = _printable_among(known, said.previous, voice, PREVIOUS)
            told = Names("told", before)
            changed = changed_names(said.previous, said.claims)
            labels = labels_of(changed, said.labels, wording.locale, words)
            changes = Changes(
                names=changed,
                before=before,
                now=known,
                labels=labels,
                words=words,
                reopens=said.is_reinstated,
                known_by=told_apart(known, changed) if said.is_listed else {},
            )
        case NoticeKind.FOLLOW_UP if said.is_reinstated:
            told = Names("told", _printable_among(known, said.previous, voice, PREVIOUS))
            changed = changed_names(said.previous, said.claims)
        case NoticeKind.FOLLOW_UP:
            told = Names("told", known)
            current = Names("current", _printable_among(known, said.current, voice, CURRENT))
            changed = changed_names(said.claims, said.current)
        case _:
            pass
    names: dict[str, object] = {
        EACH_CLAIM: [claim for claim in known.values() if claim is not None and not claim.claim.seen],
        **known,
        "told": told,
        "current": current,
        "previous": _NO_PREVIOUS if changes is None else Names("previous", told),
        "correction": changes is not None,
        "changed": Changed(changed, known, voice),
        "changes": None if changes is None else CHANGES,
    }
    return names, changes


def _rows(said: Said, voice: Voice) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """The lists by name; and as a first notice of the same claims would have them."""
    known = printable(said.claims, voice)
    told: Mapping[str, PrintableClaim | None] = {}
    current = told
    changed: tuple[str, ...] = ()
    if said.kind is NoticeKind.CORRECTION or said.is_reinstated:
        told = _printable_among(known, said.previous, voice, PREVIOUS)
        changed = changed_names(said.previous, said.claims)
    elif said.kind is NoticeKind.FOLLOW_UP:
        told, current = known, _printable_among(known, said.current, voice, CURRENT)
        changed = changed_names(said.claims, said.current)
    return rows_named(known, told, current, changed, voice), rows_named(known, {}, {}, (), voice)


def _printable_among(
    known: Mapping[str, object], claims: Claims, voice: Voice, prefix: str
) -> dict[str, PrintableClaim | None]:
    """Other values of the known claims, by name; None for one that has none."""
    values = printable({name: claims[name] for name in known if name in claims}, voice, prefix)
    return {name: values.get(name) for name in known}


def as_first_told(sheet: Sheet) -> Mapping[str, object]:
    """The names of a correction's sheet as a first notice of the same claims would have them."""
    first = {"correction": False, "previous": _NO_PREVIOUS, "told": _NOTHING_TOLD, "changes": None}
    changed = sheet.names["changed"]
    assert isinstance(changed, Changed)
    return {**sheet.names, **sheet.first_rows, **first, "changed": Changed((), changed.claims, changed.voice)}


def _fixed(called: str, texts: Mapping[str, object], voice: Voice) -> Names:
    """A group of names whose texts are noted where they are printed; one that is false prints nothing."""
    return Names(
        called,
        {
            name: voice.text(f"{called}.{name}", text) if isinstance(text, str) and text else text
            for name, text in texts.items()
        },
    )


def usable(name: str) -> str:
    """The name as it was recorded, or one that is false and prints nothing where it has no letter or digit."""
    return name if any(character.isalnum() for character in name) else NoName(NOBODY)


def voice_of(recipient: Recipient, wording: Wording) -> Voice:
    """How this recipient is spoken to. Raises RenderingError for an unknown zone."""
    if recipient.timezone is None:
        raise RenderingError("the recipient's zone is unknown")
    try:
        zone_of(recipient.timezone)
    except ValueError as error:
        raise RenderingError(f"the recipient's zone is unknown: {error}") from error
    return Voice(locale=wording.formats, zone=recipient.timezone)


def exit_of(point: ContactPoint, words: Words) -> Exit:
    """A contact point in one language: hours as people read them, and the link that a tap opens."""
    hours = hours_in_words(point.hours, words) if point.hours else None
    address = clean(spaced(point.address) if point.channel in BY_NUMBER else point.address)
    names = Names("exit", {"channel": point.channel, "address": address, "hours": hours})
    action = words.channels.get(point.channel, point.channel.capitalize())
    return Exit(names=names, way=Way(action=action, address=address, hours=hours, link=_link(point)))


def _link(point: ContactPoint) -> str | None:
    address = point.address
    if address.startswith("https://"):
        return address
    digits = "".join(character for character in address if character.isdigit() or character == "+")
    match point.channel:
        case "phone":
            return f"tel:{digits}"
        case "sms":
            return f"sms:{digits}"
        case "whatsapp":
            return f"https://wa.me/{digits.lstrip('+')}"
        case "email":
            return f"mailto:{quote(address, safe='@')}"
        case _:
            return None
