"""What the terminal says of a change of rules, in the languages that it speaks: each text by what it is in English."""

from collections.abc import Mapping
from types import MappingProxyType

SPANISH: Mapping[str, str] = MappingProxyType(
    {
        "what is in force": "lo que está en vigor",
        "the folder": "la carpeta",
        "{} and {} say the same: nothing changes for anybody.": "{} y {} dicen lo mismo: no cambia nada para nadie.",
        "Nothing changes for anybody until {}.": "No cambia nada para nadie hasta {}.",
        "What {} says differently from {}": "Qué dice {} de otra manera que {}",
        "Who is affected until {}": "A quién alcanza hasta {}",
        "before: {}": "antes:   {}",
        "after:  {}": "después: {}",
        "rule": "regla",
        "check": "verificación",
        "project": "proyecto",
        "what rules read": "lo que leen las reglas",
        "new": "nueva",
        "gone": "ya no está",
        "edited": "cambia",
        "nothing": "nada",
        "there": "está",
        "would be told, and were not": "con un aviso que no iba a recibir",
        "would not be told any more": "sin el aviso que iba a recibir",
        "would be told something else": "con otro contenido en el aviso",
        "would be told at another time": "con el aviso en otro momento",
        "customer": "cliente",
        "customers": "clientes",
        "notice": "aviso",
        "notices": "avisos",
        "message": "mensaje",
        "messages": "mensajes",
        "segment": "segmento",
        "segments": "segmentos",
        "no cost known": "costo desconocido",
        ", {} of them wait in the outbox": ", {} de ellos esperan en la bandeja de salida",
        "  … and {} more of {} (--json has all)": "  … y {} más de {} (--json los tiene todos)",
        "{}, and not {}": "{}, y no {}",
        "nobody": "nadie",
        "      because: {}; before: {}": "      porque: {}; antes: {}",
        "the rule does not say it": "la regla no lo dice",
        "{} to {}": "{} a {}",
        "{} customers would be told more, and --max-added allows {}.": (
            "{} clientes recibirían más avisos, y --max-added permite {}."
        ),
    }
)
