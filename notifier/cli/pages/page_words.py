"""The words of the preview page in its reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from notifier.cli.shown.values import span_text
from notifier.model.notices import NoticeKind


@dataclass(frozen=True, kw_only=True)
class PageWords:
    """What the page says in one language; `{}` stands for what is put in."""

    language: str
    title: str
    heading: str
    nothing_written: str
    sms_to: str
    whatsapp_to: str
    mail_to: str
    text_part: str
    calendar_part: str
    owner: str
    helps_until: str
    not_sent: str
    recipients: str
    mails: str
    cost: str
    no_cost: str
    not_told_short: str
    contradictions: str
    open_contradictions: str
    more_contradictions: str
    alike: str
    failed: str
    promised_by: str
    fact: str
    until_found_out: str
    evidence: str
    no_customer: str
    told: str
    nobody: str
    same_text: str
    goes_wrong: str
    not_told: str
    nobody_left_out: str
    verdict: str
    rule: str
    who: str
    why: str
    alerts: str
    footer: str
    times: str
    left: str
    over: str
    no_deadline: str
    segment: tuple[str, str]
    customer: tuple[str, str]
    kinds: Mapping[NoticeKind, str]
    verdicts: Mapping[str, str]
    """Of each English word of a verdict, where the language has another."""
    weekdays: Sequence[str]
    units: Mapping[str, str]
    """Of each English word of a span of time, where the language has another."""

    def count(self, number: int, words: tuple[str, str]) -> str:
        """`1 segment`, `3 segments`."""
        return f"{number:,} {words[0] if number == 1 else words[1]}"

    def instant(self, value: datetime, timezone: str) -> str:
        """`Thu 2026-03-05 10:00` in the IANA zone."""
        local = value.astimezone(ZoneInfo(timezone))
        return f"{self.weekdays[local.weekday()]} {local:%Y-%m-%d %H:%M}"

    def time_left(self, deadline: datetime | None, now: datetime) -> str:
        """How long until a deadline, or how long ago it was."""
        if deadline is None:
            return self.no_deadline
        span = " ".join(self.units.get(word, word) for word in span_text(deadline - now).split())
        return (self.over if deadline <= now else self.left).format(span)

    def verdict_word(self, word: str) -> str:
        """`held`, as this language says it."""
        return self.verdicts.get(word, word)


ENGLISH = PageWords(
    language="en",
    title="{}: preview of {}",
    heading="What a tick would tell",
    nothing_written="Nothing was sent and nothing was written.",
    sms_to="SMS to {}",
    whatsapp_to="WhatsApp to {}",
    mail_to="Mail to {}",
    text_part="Text part",
    calendar_part="Calendar entry",
    owner="owner",
    helps_until="helps until {}",
    not_sent="not sent",
    recipients="Recipients",
    mails="Mails",
    cost="Cost",
    no_cost="no cost known",
    not_told_short="Not told",
    contradictions="Contradictions",
    open_contradictions="Open contradictions",
    more_contradictions="… and {} more: notifier contradictions list",
    alike="and {} more like it, each with a contradiction of its own",
    failed="{} could not be evaluated",
    promised_by="promised by {}",
    fact="fact",
    until_found_out="until the customer finds out",
    evidence="Evidence: {}",
    no_customer="no customer",
    told="Would be told",
    nobody="Nobody.",
    same_text="The same text goes to {}, each with their own name and reference. It is shown as {} gets it.",
    goes_wrong="If it goes wrong: what we offer",
    not_told="Would not be told, and why",
    nobody_left_out="Nobody is left out.",
    verdict="Verdict",
    rule="Rule",
    who="Who",
    why="Why",
    alerts="Alerts to owners",
    footer="Written by notifier preview --html. This page loads nothing from anywhere.",
    times="Times without a zone are those of {}.",
    left="{} left",
    over="over since {}",
    no_deadline="no deadline",
    segment=("segment", "segments"),
    customer=("customer", "customers"),
    kinds={
        NoticeKind.NOTICE: "notice",
        NoticeKind.CORRECTION: "correction",
        NoticeKind.FOLLOW_UP: "follow-up",
        NoticeKind.ALERT: "alert",
    },
    verdicts={},
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    units={},
)

SPANISH = PageWords(
    language="es",
    title="{}: vista previa del {}",
    heading="Qué se avisaría ahora",
    nothing_written="No se envió ni se guardó nada.",
    sms_to="SMS a {}",
    whatsapp_to="WhatsApp a {}",
    mail_to="Correo a {}",
    text_part="Parte de texto",
    calendar_part="Entrada de calendario",
    owner="responsable",
    helps_until="sirve hasta el {}",
    not_sent="no se envía",
    recipients="Destinatarios",
    mails="Correos",
    cost="Costo",
    no_cost="costo desconocido",
    not_told_short="Sin aviso",
    contradictions="Contradicciones",
    open_contradictions="Contradicciones abiertas",
    more_contradictions="… y {} más: notifier contradictions list",
    alike="y {} más como este, cada uno con su contradicción",
    failed="{} no se pudo evaluar",
    promised_by="prometido por {}",
    fact="hecho",
    until_found_out="hasta que el cliente lo descubra",
    evidence="Evidencia: {}",
    no_customer="sin cliente",
    told="Se avisaría",
    nobody="A nadie.",
    same_text="El mismo texto va a {}, cada uno con su nombre y su referencia. Se muestra como lo recibe {}.",
    goes_wrong="Si algo sale mal: qué ofrecemos",
    not_told="No se avisaría, y por qué",
    nobody_left_out="Nadie queda sin aviso.",
    verdict="Decisión",
    rule="Regla",
    who="Quién",
    why="Por qué",
    alerts="Alertas a responsables",
    footer="Escrito por notifier preview --html. Esta página no carga nada de ningún lugar.",
    times="Las horas sin zona son las de {}.",
    left="quedan {}",
    over="venció hace {}",
    no_deadline="sin plazo",
    segment=("segmento", "segmentos"),
    customer=("cliente", "clientes"),
    kinds={
        NoticeKind.NOTICE: "aviso",
        NoticeKind.CORRECTION: "corrección",
        NoticeKind.FOLLOW_UP: "seguimiento",
        NoticeKind.ALERT: "alerta",
    },
    verdicts={
        "tell": "se avisa",
        "held": "retenido",
        "deferred": "aplazado",
        "suppressed": "sin vía",
        "expired": "vencido",
        "cancelled": "cancelado",
        "told already": "ya avisado",
        "in shadow": "en la sombra",
        "failed": "fallido",
        "backlog": "pendiente de antes",
        "baseline": "carga inicial",
        "open": "abierta",
        "acknowledged": "en trámite",
        "low": "gravedad baja",
        "medium": "gravedad media",
        "high": "gravedad alta",
    },
    weekdays=("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
    units={"day": "día", "days": "días", "no": "menos de", "time": "un minuto"},
)

WORDS: Mapping[str, PageWords] = {words.language: words for words in (ENGLISH, SPANISH)}


def page_words(locale: str) -> PageWords:
    """Those of a locale's language; English where there are none."""
    return WORDS.get(locale.partition("-")[0].partition("_")[0].lower(), ENGLISH)
