"""An entry of a timeline in one sentence, in the reader's language."""

from collections.abc import Mapping

from notifier.answers.speech import Speech
from notifier.answers.timeline_entries import Entry, Value
from notifier.answers.timeline_sources import EntryKind
from notifier.model.texts import one_line
from notifier.rendering.reasons import reason_in
from notifier.rendering.spoken_names import channel_name

LONGEST = 300
"""Letters of somebody's own words in a sentence; the whole text is in the document."""
HEADINGS: Mapping[EntryKind, tuple[str, str]] = {
    EntryKind.ALLOWED: ("consent", "permiso"),
    EntryKind.ASKED: ("asked", "contacto"),
    EntryKind.CAME_BACK: ("came back", "devuelto"),
    EntryKind.CONSENT: ("consent", "permiso"),
    EntryKind.DECIDED: ("decided", "decidido"),
    EntryKind.DELIVERED: ("delivered", "entrega"),
    EntryKind.FEEDBACK: ("feedback", "opinión"),
    EntryKind.FOUND: ("found", "hallado"),
    EntryKind.PROMISED: ("promised", "prometido"),
    EntryKind.SETTLED: ("settled", "cerrado"),
    EntryKind.TOLD: ("told", "avisado"),
    EntryKind.TOLD_THROUGH: ("told", "avisado"),
    EntryKind.WITHHELD: ("not told", "no avisado"),
}
_SPANISH = {
    "delivered": "llegó",
    "undelivered": "no llegó",
    "delayed": "se retrasa",
    "complaint": "llegó, y se quejaron de él",
    "accepted": "entregado al proveedor",
    "unknown": "no se sabe si salió",
    "held": "retenido",
    "suppressed": "no se envía",
    "expired": "vencido",
    "cancelled": "cancelado",
    "failed": "falló",
    "ready": "por salir",
    "deferred": "aplazado",
    "open": "abierta",
    "acknowledged": "reconocida",
    "settled": "resuelta",
    "waived": "aceptada",
    "lapsed": "el cliente se enteró",
    "kept": "cumplida",
    "broken": "rota",
    "superseded": "reemplazada",
    "withdrawn": "retirada",
    "out": "no más",
    "in": "sí",
    "probable": "parece que no más",
    "lifted": "ya no cuenta",
    "answered": "contestada",
    "unanswered": "sin contestar",
    "solved": "resuelto",
    "cancel": "pide cancelar",
    "sales": "ventas",
    "quote": "cotización",
    "contract": "contrato",
    "agent": "agente",
    "robot": "robot",
    "order": "pedido",
    "customer": "cliente",
    "campaign": "campaña",
    "pending": "pendiente",
    "active": "activo",
    "suspended": "suspendido",
    "terminated": "terminado",
    "initialized": "iniciada",
    "confirmed": "confirmada",
    "completed": "completado",
    "in_progress": "en curso",
    "shipped": "despachado",
    "planned": "planeado",
    "resolved": "resuelto",
    "closed": "cerrado",
    "installation": "instalación",
    "repair": "reparación",
    "delivery": "entrega",
    "reservation": "reserva",
    "visit": "visita",
    "recurring": "recurrente",
    "one_off": "único",
    "tax": "impuesto",
    "fee": "cargo",
    "discount": "descuento",
    "outage": "corte",
    "maintenance": "mantenimiento",
    "delay": "demora",
    "other": "otro",
    "social": "redes sociales",
}


_SPEAKERS = {
    "sales": ("the seller", "el vendedor"),
    "quote": ("the quote", "la cotización"),
    "contract": ("the contract", "el contrato"),
    "order": ("the order", "el pedido"),
    "campaign": ("the campaign", "la campaña"),
    "web": ("the website", "la página web"),
    "social": ("a post", "una publicación"),
    "agent": ("the agent", "el agente"),
    "robot": ("the robot", "el robot"),
    "customer": ("the customer", "el cliente"),
}
"""Who speaks in a promise, by its source."""


def heading(entry: Entry, speech: Speech) -> str:
    """The kind in one or two words."""
    return speech.pick(*HEADINGS[entry.kind])


def word(speech: Speech, english: str | None) -> str:
    """A state or source, as this reader says it."""
    return (_SPANISH.get(english or "", english) if speech.is_spanish else english) or ""


def medium(speech: Speech, channel: str | None) -> str:
    """A channel, as this reader says it."""
    named = channel or speech.pick("an unknown channel", "un canal desconocido")
    if not speech.is_spanish:
        return named
    return ", ".join(channel_name(each, speech.language) for each in named.split(", "))


def value_text(speech: Speech, value: Value) -> str:
    """A value as a person says it; a topic that is true or false is named."""
    if value.type == "bool" and value.text is not None:
        named = speech.topic(value.topic)
        return named if value.text == "true" else speech.pick(f"not {named}", f"sin {named}")
    return speech.value(value.type, value.text, value.currency)


def is_so_text(speech: Speech, actual: Value) -> str:
    """`the fact is COP 111,860`; of two promises that disagree `the quote says COP 111,860`."""
    return f"{whose_side(speech, actual)} {value_text(speech, actual)}"


def whose_side(speech: Speech, actual: Value) -> str:
    """What stands before the value: `the fact is`, or `the quote says`."""
    if actual.promised_by is None:
        return speech.pick("the fact is", "el hecho es")
    english, spanish = _SPEAKERS.get(actual.promised_by, (actual.promised_by, word(speech, actual.promised_by)))
    return speech.pick(f"{english} says", f"{spanish} dice")


def sentence(entry: Entry, speech: Speech) -> str:
    """What happened, without its instant."""
    return _SENTENCES[entry.kind](entry, speech)


def _promised(entry: Entry, speech: Speech) -> str:
    assert entry.promised is not None
    topic, value = speech.topic(entry.promised.topic), value_text(speech, entry.promised)
    what = value if entry.promised.type == "bool" else f"{topic}: {value}"
    by = entry.by or word(speech, entry.source)
    source = f" ({word(speech, entry.source)})" if entry.by else ""
    over = "" if entry.state == "open" else f"; {word(speech, entry.state)}"
    return f"{what}, {speech.pick('by', 'por')} {one_line(by)}{source}{over}"


def _told(entry: Entry, speech: Speech) -> str:
    said = _quoted(entry.text, speech) if entry.text else speech.pick("text not kept", "texto no conservado")
    if entry.part_of is not None:  # its text stands there
        said = speech.pick("in the message of ", "en el mensaje de ") + entry.part_of
    went = ", ".join(f"{medium(speech, channel)} {word(speech, state)}" for channel, state in entry.arrived)
    return f"{entry.rule}, {entry.reference}: {said}{f' ({went})' if went else ''}"


def _withheld(entry: Entry, speech: Speech) -> str:
    reason = reason_in(one_line(entry.text or ""), speech.language)
    return f"{entry.rule}, {entry.reference}: {word(speech, entry.state)}, {reason}"


def _through(entry: Entry, speech: Speech) -> str:
    return f"{entry.rule}, {entry.reference}: {reason_in(one_line(entry.text or ''), speech.language)}"


def _delivered(entry: Entry, speech: Speech) -> str:
    why = f", {reason_in(one_line(entry.text), speech.language)}" if entry.text else ""
    by = speech.pick("by", "por")
    return f"{entry.reference} {by} {medium(speech, entry.channel)}: {word(speech, entry.state)}{why}"


def _asked(entry: Entry, speech: Speech) -> str:
    inbound = speech.pick("the customer to us", "el cliente a nosotros")
    outbound = speech.pick("we to the customer", "nosotros al cliente")
    who = outbound if entry.direction == "outbound" else inbound
    parts = [f"{medium(speech, entry.channel)}, {who}"]
    parts += [_quoted(entry.text, speech)] if entry.text else []
    parts += [word(speech, entry.state)] if entry.state else []
    parts += [speech.pick("about ", "sobre ") + _case(entry.about, speech)] if entry.about else []
    return "; ".join(parts)


def _case(about: str, speech: Speech) -> str:
    return speech.row(about) if ":" in about else one_line(about)


def _feedback(entry: Entry, speech: Speech) -> str:
    score = "" if entry.state is None else speech.pick(f", score {entry.state}", f", puntaje {entry.state}")
    said = f": {_quoted(entry.text, speech)}" if entry.text else ""
    return f"{word(speech, entry.source)}{score}{said}"


def _found(entry: Entry, speech: Speech) -> str:
    return f"{sides(entry, speech)}; {entry.reference}, {speech.pick('owner', 'responsable')} {entry.by}"


def sides(entry: Entry, speech: Speech) -> str:
    """Both sides of a contradiction."""
    assert entry.promised is not None
    assert entry.actual is not None
    said = value_text(speech, entry.promised)
    topic = "" if entry.promised.type == "bool" else f"{speech.topic(entry.promised.topic)}: "
    return f"{topic}{speech.pick('promised', 'prometido')} {said}, {is_so_text(speech, entry.actual)}"


def _settled(entry: Entry, speech: Speech) -> str:
    why = f", {one_line(entry.text)}" if entry.text else ""
    return f"{entry.reference}: {word(speech, entry.state)}{why}"


def _decided(entry: Entry, _: Speech) -> str:
    about = (entry.about or "").replace(":", " ", 1)
    return f"{one_line(entry.by or '')}: {entry.state} {about}; {one_line(entry.text or '')}"


def _consent(entry: Entry, speech: Speech) -> str:
    of = speech.pick("for", "para")
    why = f"; {one_line(entry.text)}" if entry.text else ""
    source = f" ({entry.source})" if entry.source else ""
    return f"{medium(speech, entry.channel)}, {of} {entry.rule}: {word(speech, entry.state)}{source}{why}"


def _came_back(entry: Entry, _: Speech) -> str:
    return f"{entry.reference}: {entry.state}, {one_line(entry.text or '')}"


def _quoted(text: str | None, speech: Speech) -> str:
    said = one_line(text or "")
    said = said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"
    return speech.pick(f"“{said}”", f"«{said}»")


_SENTENCES = {
    EntryKind.ALLOWED: _consent,
    EntryKind.ASKED: _asked,
    EntryKind.CAME_BACK: _came_back,
    EntryKind.CONSENT: _consent,
    EntryKind.DECIDED: _decided,
    EntryKind.DELIVERED: _delivered,
    EntryKind.FEEDBACK: _feedback,
    EntryKind.FOUND: _found,
    EntryKind.PROMISED: _promised,
    EntryKind.SETTLED: _settled,
    EntryKind.TOLD: _told,
    EntryKind.TOLD_THROUGH: _through,
    EntryKind.WITHHELD: _withheld,
}
