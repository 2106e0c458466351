"""A notice's claims, recipient and way out -> the sheet that all its texts are printed from.

SMS, mail text, HTML and subject are printed from one sheet: no fact can come from anywhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from notifier.model.notices import Claims, Recipient
from notifier.rendering.catalogue import Wording
from notifier.rendering.context import Names, PrintableClaim, Voice, clean, previously_told, printable
from notifier.rendering.errors import RenderingError
from notifier.rendering.formats import zone_of
from notifier.rendering.layout import Way
from notifier.rendering.words import Words, hours_text
from notifier.rules.checked import ContactPoint, Owner


@dataclass(slots=True, kw_only=True)
class Sheet:
    """What the texts of one notice are printed from, and what parity checks them against."""

    claims: Claims
    claims_now: Mapping[str, PrintableClaim | None]
    """`claims`, as templates see them."""
    previous: Names
    names: Mapping[str, object]
    """Everything a template sees."""
    voice: Voice
    reference: str
    correction: bool = False
    way: Way | None = None
    """None for an alert to an owner: its text says what to do."""
    fixed: tuple[str, ...] | None = None
    """The texts that may hold digits without being claims; None: figures are not checked (alerts name ids)."""
    required: Mapping[str, str] = field(default_factory=dict)
    """The texts that every channel must print, by their names in templates."""


@dataclass(frozen=True, kw_only=True)
class Exit:
    """A contact point in one language, as templates see it and as the layout shows it."""

    names: Names
    way: Way


def notice_sheet(
    *,
    claims: Claims,
    previous: Claims,
    recipient: Recipient,
    wording: Wording,
    reference: str,
    exit_: Exit,
    owner: Owner,
    company: str,
    correction: bool,
) -> Sheet:
    """The sheet of a notice to a customer. Raises RenderingError for an unknown zone or an unprintable name."""
    voice = voice_of(recipient, wording)
    known = printable(claims, voice)
    told_before = previously_told(previous, claims if correction else {}, voice)
    name = clean(recipient.name)
    way = exit_.way
    names: dict[str, object] = {
        **known,
        "customer": Names("customer", {"name": name, "first_name": first_name(name)}),
        "exit": exit_.names,
        "owner": Names("owner", {"name": owner.name}),
        "reference": reference,
        "company": company,
        "correction": correction,
        "previous": told_before,
    }
    return Sheet(
        claims=claims,
        claims_now=known,
        previous=told_before,
        names=names,
        voice=voice,
        reference=reference,
        correction=correction,
        way=way,
        fixed=(name, reference, company, owner.name, way.address, *([way.hours] if way.hours else ())),
        required={"reference": reference, "exit.address": way.address},
    )


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
    hours = hours_text(point.hours, words) if point.hours else None
    names = Names("exit", {"channel": point.channel, "address": point.address, "hours": hours})
    action = words.channels.get(point.channel, point.channel.capitalize())
    return Exit(names=names, way=Way(action=action, address=point.address, hours=hours, link=_link(point)))


def first_name(name: str) -> str:
    """`Ana` of `Ana Ruiz` and of `Ruiz, Ana`: how a customer is greeted."""
    given = name.partition(",")[2].strip() or name
    return given.split(" ", 1)[0]


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
