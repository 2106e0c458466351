"""Names of the engine in a reader's words: a topic, a row, who a promise comes from, how severe a contradiction is.

Alerts, the timeline, the brief and the customer's own page say the same. Readers of another language than Spanish read
English; a topic of a project's own is called by its name with blanks.
"""

from collections.abc import Mapping

from notifier.rendering.labels import Labels, label_of
from notifier.rendering.words import SPANISH as SPANISH_WORDS

SPANISH = SPANISH_WORDS.language
TOPICS: Mapping[str, str] = {
    "appointment": "visita",
    "bills_of_a_period": "facturas de un periodo",
    "callback": "llamada",
    "contacts_about_one_thing": "contactos por lo mismo",
    "cancelled": "cancelación",
    "discount": "descuento",
    "discount_end": "fin del descuento",
    "ended_well": "caso bien cerrado",
    "fees": "cargos",
    "first_answer": "primera respuesta",
    "installation_date": "fecha de instalación",
    "installation_fee": "costo de instalación",
    "made_good": "compensación",
    "next_word": "próxima noticia",
    "opening_hours": "horario",
    "owed_after_the_end": "saldo después de la cancelación",
    "price_hold": "precio sin aumento",
    "quantity": "cantidad",
    "refund": "devolución",
    "service_restored": "regreso del servicio",
    "solution": "solución",
    "speed": "velocidad",
    "spoken_to": "aviso o llamada",
    "taxes": "impuestos",
    "term": "plazo",
    "times_asked": "veces que se preguntó",
    "waiting_time": "tiempo de espera",
}
"""Topics in common use, for readers of Spanish. `rendering.labels` knows those that texts claim."""
SOURCES: Mapping[str, str] = {
    "agent": "agente",
    "campaign": "campaña",
    "contract": "contrato",
    "customer": "cliente",
    "notice": "aviso nuestro",
    "order": "pedido",
    "quote": "cotización",
    "robot": "robot",
    "sales": "ventas",
    "social": "redes sociales",
    "web": "página web",
}
"""Where a promise comes from, for readers of Spanish; in English they are called as they are written."""
CHANNELS: Mapping[str, str] = {
    "email": "correo",
    "phone": "teléfono",
    "shop": "tienda",
    "social": "redes sociales",
    "web": "página web",
}
"""Where people talk to each other, for readers of Spanish; the others are called the same in both languages."""
_SEVERITIES: Mapping[str, str] = {"low": "baja", "medium": "media", "high": "alta"}
_ENTITIES: Mapping[str, tuple[str, str]] = {
    "appointment": ("visit", "visita"),
    "charge": ("bill", "factura"),
    "contract": ("contract", "contrato"),
    "customer": ("account", "cuenta"),
    "incident": ("incident", "incidente"),
    "order": ("order", "pedido"),
    "site": ("site", "sede"),
}


def topic_name(name: str, language: str, labels: Labels | None = None) -> str:
    """What a topic, or a claim, is called: `monthly price`, `precio mensual`."""
    known = label_of(name, labels or {}, language)
    return known or (TOPICS.get(name) if language == SPANISH else None) or name.replace("_", " ")


def row_name(about: str, language: str) -> str:
    """A row as it is spoken of: `contract K-1`, `contrato K-1`."""
    entity, _, name = about.partition(":")
    english, spanish = _ENTITIES.get(entity, (entity, entity))
    return f"{spanish if language == SPANISH else english} {name}"


def source_name(source: str, language: str) -> str:
    """Where a promise comes from: `sales`, `ventas`."""
    return SOURCES.get(source, source) if language == SPANISH else source


def channel_name(channel: str, language: str) -> str:
    """Where somebody was spoken to: `phone`, `teléfono`."""
    return CHANNELS.get(channel, channel) if language == SPANISH else channel


def severity_name(severity: str, language: str) -> str:
    """How much a contradiction hurts: `medium`, `media`."""
    return _SEVERITIES.get(severity, severity) if language == SPANISH else severity
