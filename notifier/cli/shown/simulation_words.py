"""What the terminal says of a replay, in the languages that it speaks: each text by what it is in English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

from notifier.cli.shown.values import cost_text, count_text, placed_text, span_text
from notifier.model.figures import Spans
from notifier.model.shares import FEWEST, Share

SPANISH: Mapping[str, str] = MappingProxyType(
    {
        "Replay from {} to {}": "Repetición de {} a {}",
        "{}, {} of the clock": "{}, {} del reloj",
        "row": "fila",
        "rows": "filas",
        "row written": "fila escrita",
        "rows written": "filas escritas",
        "stop": "parada",
        "stops": "paradas",
        "segment": "segmento",
        "segments": "segmentos",
        "message": "mensaje",
        "messages": "mensajes",
        "Nobody was told until the end. Something falls due after it, {}; --to {} plays on": (
            "Nadie fue avisado hasta el final. Algo vence después, {}; con --to {} sigue"
        ),
        "rule": "regla",
        "told": "avisos",
        "customers": "clientes",
        "mails": "correos",
        "cost": "costo",
        "no cost known": "costo desconocido",
        "not told": "sin aviso",
        "nothing from: {}": "nada de: {}",
        "fullest hour: {} from {}": "hora más llena: {} desde {}",
        "fullest days: {}": "días más llenos: {}",
        "told most often: {}": "quién fue avisado más veces: {}",
        "nobody was told more than once": "nadie fue avisado más de una vez",
        "moved": "se mueve",
        "{} told earlier (median {})": "{} más temprano (mediana {})",
        "{} told later (median {})": "{} más tarde (mediana {})",
        "alerts: {}": "alertas a responsables: {}",
        "check": "verificación",
        "contradictions": "contradicciones",
        "found before": "halladas antes",
        "lead": "anticipación",
        "Held against what became of {}": "Frente a lo que pasó al final con {}",
        "precision": "precisión",
        "recall": "cobertura",
        "word before the complaint": "palabra antes de la queja",
        "that long before": "cuánto antes",
        "late: {}": "tarde: {}",
        "score where late: {}; on time: {}": "puntaje si llegó tarde: {}; a tiempo: {}",
        "complaints (score {} or less, or a contact): {}": "quejas (puntaje {} o menos, o un contacto): {}",
        "  after a promise was broken: {}, {}": "  después de romperse una promesa: {}, {}",
        "none": "ninguna",
        "{} of {}": "{} de {}",
        "({} of {})": "({} de {})",
        "{} (of {})": "{} (de {})",
        "{} (95 %: {}-{}, of {})": "{} (95 %: {}-{}, de {})",
        "cannot be said ({} of {}, fewer than {})": "no se puede decir ({} de {}, menos de {})",
        "median {}, a tenth within {} (of {})": "mediana {}, una décima parte en {} o menos (de {})",
        "{}.{}: {} kept back until the row's last change, because no 'history' says when it became known": (
            "{}.{}: {} guardadas hasta su último cambio, porque ningún 'history' dice cuándo se supo"
        ),
        "{}: {} as they are today": "{}: {} como están hoy",
        "{}: {} left out: they were not there yet, and lack what a new one needs": (
            "{}: {} sin escribir: aún no existían, y les falta lo que una nueva necesita"
        ),
        "without {}": "sin {}",
        "with {}": "con {}",
        "What the plan changes: {}": "Qué cambia el plan: {}",
        "late rows that heard of it in time": "tardes que lo supieron a tiempo",
        "complaints that had a word before": "quejas que tuvieron una palabra antes",
        "told about what came late": "avisos de lo que llegó tarde",
        "{}: {} without it, {} with it": "{}: {} sin él, {} con él",
        "The database is {}; NOTIFIER_DATABASE_URL=sqlite:///{} asks it.": (
            "La base de datos es {}; con NOTIFIER_DATABASE_URL=sqlite:///{} se le pregunta."
        ),
        "{} has the replay": "{} tiene la repetición",
    }
)


@dataclass(frozen=True)
class ReplayWords:
    """The words of one language; what Spanish does not say otherwise is English."""

    language: str
    weekdays: Sequence[str]
    parts: Mapping[str, str] = field(default_factory=dict)
    """What the pages say for a verdict, a unit of time, and the state of a contradiction."""
    spanish: Mapping[str, str] = field(default_factory=lambda: SPANISH)
    """Each text in Spanish, by what it is in English."""

    def __call__(self, english: str, *put_in: object) -> str:
        """The text in the language, with what is put in."""
        own = self.spanish.get(english, english) if self.language == "es" else english
        return own.format(*put_in) if put_in else own

    def count(self, number: int, one: str, many: str | None = None) -> str:
        """`1 row`, `3 rows`."""
        return count_text(number, self(one), self(many or one + "s"))

    def instant(self, value: datetime, timezone: str) -> str:
        """`Thu 2026-03-05 10:00 (America/Bogota)`."""
        if self.language == "en":
            return placed_text(value, timezone)
        local = value.astimezone(ZoneInfo(timezone))
        return f"{self.weekdays[local.weekday()]} {local:%Y-%m-%d %H:%M} ({timezone})"

    def span(self, value: timedelta) -> str:
        """`5 days 14 h`."""
        return " ".join(self.parts.get(word, word) for word in span_text(value).split())

    def median(self, spans: Spans) -> str:
        """`2 days 12 h of 40`; empty where there is no case."""
        return "" if spans.median is None else self("{} of {}", self.span(spans.median), f"{spans.count:,}")

    def spans(self, spans: Spans) -> str:
        """`median 2 days 12 h, a tenth within 3 h (of 40)`."""
        if spans.median is None or spans.tenth is None:
            return self("none")
        tenth = self.span(spans.tenth)
        return self("median {}, a tenth within {} (of {})", self.span(spans.median), tenth, f"{spans.count:,}")

    def share(self, share: Share) -> str:
        """`82.1 % of 244`; `cannot be said (3 of 7, fewer than 20)`; `none` where there is no case."""
        if not share.whole:
            return self("none")
        if share.value is None:
            return self("cannot be said ({} of {}, fewer than {})", share.part, share.whole, FEWEST)
        return self("{} of {}", f"{share.value * 100:.1f} %", f"{share.whole:,}")

    def brief_share(self, share: Share) -> str:
        """For a cell of a table: `82.1 % of 244`; `(3 of 7)` where it cannot be said; empty where there is no case."""
        if share.whole and not share.can_be_said:
            return self("({} of {})", share.part, share.whole)
        return self.share(share) if share.whole else ""

    def cost(self, costs: Mapping[str, Decimal]) -> str:
        """`COP 1,250 + USD 0.80`; empty where nothing was sent."""
        return self(cost_text(dict(costs))) if costs else ""

    def verdict(self, state: str) -> str:
        """`held`."""
        return self.parts.get(state, state)

    def ended(self, state: str) -> str:
        """How contradictions ended: `settled`."""
        return self.parts.get(f"state_{state}", state)
