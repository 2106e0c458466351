"""The words of the page of the journey, in the languages that it speaks."""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "title": "The customer's journey",
        "all_time": "of all time",
        "since": "from {}",
        "until": "before {}",
        "made": "computed at {}",
        "red_points": "Red points",
        "said": "Said",
        "contacts": "Contacts",
        "feedback": "Feedback",
        "touchpoints": "Touchpoints",
        "unreached": "No rule reaches",
        "unclear": "Reason not known yet",
        "heat": "Where it hurts",
        "heat_says": "Each cell: contacts and feedback, times how often each matter was brought up. "
        "The redder, the more of it, and the more severe.",
        "severity": "Severity",
        "cell": "{} × {}",
        "red": "Red",
        "red_point": "Red point",
        "per_matter": "Per matter",
        "again": "Brought up again",
        "told": "Told",
        "found": "Found by checks",
        "done": "What is done",
        "owner": "Owner",
        "nobody": "nobody",
        "map": "The map",
        "touchpoint": "Touchpoint",
        "systems": "Systems",
        "reached": "Reached by",
        "no_rule": "no rule tells customers anything here",
        "in_shadow": "in shadow",
        "foreseen": "Foreseen failures",
        "nothing": "nothing is foreseen, {}",
        "nothing_said": "nobody said why",
        "rules": "rules: {}",
        "checks": "checks: {}",
        "accepted": "accepted {}",
        "of": "{} of {}",
        "too_few": "{} of {}: too few to say",
        "none": "none",
        "no_stage": "In no stage",
        "elsewhere": "Not on the map",
        "reasons_elsewhere": "Reasons at no touchpoint",
        "rules_elsewhere": "Rules at no touchpoint",
        "checks_elsewhere": "Checks at no foreseen failure",
        "quiet": "Nobody said anything about what is foreseen to fail.",
        "footnote": "Red is contacts and feedback × severity (1 to 5) × contacts per matter. "
        "What one customer brings up about one row is one matter.",
        "loads": "Written by notifier journey. This page loads nothing from anywhere.",
    }
)
SPANISH: Mapping[str, str] = MappingProxyType(
    {
        "title": "El camino del cliente",
        "all_time": "de siempre",
        "since": "desde {}",
        "until": "antes de {}",
        "made": "calculado el {}",
        "red_points": "Puntos rojos",
        "said": "Dicho",
        "contacts": "Contactos",
        "feedback": "Opiniones",
        "touchpoints": "Puntos de contacto",
        "unreached": "Sin regla que llegue",
        "unclear": "Motivo aún sin conocer",
        "heat": "Dónde duele",
        "heat_says": "Cada celda: contactos y opiniones, por las veces que se trató cada asunto. "
        "Más rojo: hay más, y es más grave.",
        "severity": "Gravedad",
        "cell": "{} × {}",
        "red": "Rojo",
        "red_point": "Punto rojo",
        "per_matter": "Por asunto",
        "again": "Volvió a contactar",
        "told": "Avisados",
        "found": "Hallado al verificar",
        "done": "Qué se hace",
        "owner": "Responsable",
        "nobody": "nadie",
        "map": "El mapa",
        "touchpoint": "Punto de contacto",
        "systems": "Sistemas",
        "reached": "Llega",
        "no_rule": "ninguna regla avisa aquí",
        "in_shadow": "en la sombra",
        "foreseen": "Fallas previstas",
        "nothing": "nada se prevé, {}",
        "nothing_said": "nadie dijo por qué",
        "rules": "reglas: {}",
        "checks": "verificaciones: {}",
        "accepted": "se acepta {}",
        "of": "{} de {}",
        "too_few": "{} de {}: muy pocos para decirlo",
        "none": "ninguno",
        "no_stage": "Sin etapa",
        "elsewhere": "Fuera del mapa",
        "reasons_elsewhere": "Motivos en ningún punto",
        "rules_elsewhere": "Reglas en ningún punto",
        "checks_elsewhere": "Verificaciones en ninguna falla prevista",
        "quiet": "Nadie dijo nada de lo que se prevé que falle.",
        "footnote": "Rojo es contactos y opiniones × gravedad (1 a 5) × contactos por asunto. "
        "Lo que un cliente trata de una misma fila es un asunto.",
        "loads": "Escrito por notifier journey. Esta página no carga nada de ningún lugar.",
    }
)
WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": ENGLISH, "es": SPANISH})


def journey_words(locale: str) -> tuple[str, Mapping[str, str]]:
    """The page's language for the locale, and its words; English where it speaks no other one."""
    language = locale.replace("_", "-").split("-")[0].lower()
    language = language if language in WORDS else "en"
    return language, WORDS[language]
