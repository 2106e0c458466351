"""The words of the page of a drill, in the languages that it speaks."""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "title": "Drill",
        "played": "Played from {}. Nothing was sent and nothing was written.",
        "customers": "Affected customers",
        "people": "People expected",
        "hear": "Hear of it before",
        "hear_planned": "With the plan",
        "lead": "Lead, median",
        "rules": "First word by",
        "not_told": "Not told",
        "as_is": "as it is",
        "planned": "with the plan",
        "reached": "Who hears of it",
        "by_hour": "People there, by hour",
        "needs": "What the day needs",
        "need": "Need",
        "owner": "Owner",
        "needed": "Needed",
        "at": "At",
        "the_day": "the day",
        "have": "Have",
        "short": "Short",
        "short_planned": "Short with the plan",
        "enough": "enough",
        "hours": "{} ({} h)",
        "alarm": "Short also with the plan: {} {}",
        "of": "{} of {}",
        "too_few": "{} of {}: too few to say",
        "nothing": "none",
        "footnote": "A rate always stands beside its cases. Intervals are by Wilson.",
        "loads": "Written by notifier simulate --drill. This page loads nothing from anywhere.",
    }
)
SPANISH: Mapping[str, str] = MappingProxyType(
    {
        "title": "Simulacro",
        "played": "Jugado desde el {}. No se envió ni se guardó nada.",
        "customers": "Clientes afectados",
        "people": "Personas esperadas",
        "hear": "Lo saben antes",
        "hear_planned": "Con el plan",
        "lead": "Anticipación, mediana",
        "rules": "Primera palabra por",
        "not_told": "Sin aviso",
        "as_is": "como está",
        "planned": "con el plan",
        "reached": "Quién lo sabe",
        "by_hour": "Personas presentes, por hora",
        "needs": "Qué necesita el día",
        "need": "Necesidad",
        "owner": "Responsable",
        "needed": "Hace falta",
        "at": "A las",
        "the_day": "el día",
        "have": "Hay",
        "short": "Falta",
        "short_planned": "Falta con el plan",
        "no rule speaks": "ninguna regla habla",
        "told too late": "avisado tarde",
        "enough": "alcanza",
        "hours": "{} ({} h)",
        "alarm": "Falta también con el plan: {} {}",
        "of": "{} de {}",
        "too_few": "{} de {}: muy pocos para decirlo",
        "nothing": "ninguno",
        "footnote": "Cada tasa va con sus casos. Intervalos de Wilson.",
        "loads": "Escrito por notifier simulate --drill. Esta página no carga nada de ningún lugar.",
    }
)
WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": ENGLISH, "es": SPANISH})


def drill_words(locale: str) -> tuple[str, Mapping[str, str]]:
    """The page's language for the locale, and its words; English where it speaks no other one."""
    language = locale.replace("_", "-").split("-")[0].lower()
    language = language if language in WORDS else "en"
    return language, WORDS[language]
