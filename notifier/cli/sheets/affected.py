"""All whom an incident touched, as a sheet: those who are left over first."""

from collections.abc import Mapping

from notifier.answers.speech import Speech
from notifier.answers.timeline_words import word
from notifier.cli.sheets.moments import moment
from notifier.cli.sheets.sheet import Line, Section, Sheet, Tone
from notifier.model.shares import Share
from notifier.store.reports.affected import Affected, AffectedRow, RemedyKind, WordKind

_WORDS: Mapping[WordKind | RemedyKind, tuple[str, str]] = {
    WordKind.NOTICE: ("told by a notice", "se le avisó"),
    WordKind.CONTACT: ("spoken to", "se habló con el cliente"),
    RemedyKind.CREDIT: ("credited on a bill", "abonado en una factura"),
    RemedyKind.ADMISSION: ("told first, with a remedy", "se le dijo primero, con un remedio"),
    RemedyKind.PROMISE: ("promised a refund or a discount", "se le prometió un reembolso o un descuento"),
}


def affected_sheet(found: Affected, speech: Speech, limit: int) -> Sheet:
    """The sheet of one incident, with at most `limit` contracts of each section."""
    pick = speech.pick
    ended = pick("not over", "sin terminar") if found.ended_at is None else moment(speech, found.ended_at)
    where = found.zone or found.site or ""
    left, done = found.left_over, [row for row in found.rows if not row.left_over]
    return Sheet(
        kind="affected",
        language=speech.language,
        title=pick(f"All whom incident {found.incident} touched", f"Todos los afectados por {found.incident}"),
        subtitle=" · ".join(part for part in (word(speech, found.kind), word(speech, found.status), where) if part)
        + f" · {pick('times of', 'horas de')} {speech.timezone}",
        facts=[
            (pick("began", "empezó"), moment(speech, found.started_at)),
            (pick("ended", "terminó"), ended),
            (pick("touched", "afectados"), _touched(found, speech)),
            (pick("heard of it", "lo supieron"), _of(found.word, speech)),
            (pick("got a remedy", "recibieron algo"), _of(found.remedy, speech)),
        ],
        sections=[
            Section(
                title=pick("Left over", "Faltan"),
                lines=[_line(row, speech) for row in left[:limit]],
                empty=pick("Nobody: each has a word and a remedy.", "Nadie: todos tienen aviso y remedio.")
                if found.rows
                else pick("It touched no contract.", "No afectó ningún contrato."),
                count=len(left),
                note=_more(len(left) - limit, speech),
            ),
            Section(
                title=pick("Have both", "Tienen ambos"),
                lines=[_line(row, speech) for row in done[:limit]],
                count=len(done),
                note=_more(len(done) - limit, speech),
            ),
        ],
        footer=pick(
            "A remedy is what a contract got since it began; whether it was for this incident, nobody recorded.",
            "Un remedio es lo que recibió el contrato desde que empezó; si fue por esto, nadie lo registró.",
        ),
    )


def _line(row: AffectedRow, speech: Speech) -> Line:
    pick = speech.pick
    more = []
    for kind, at, without in (
        (row.word, row.word_at, pick("no word", "sin aviso")),
        (row.remedy, row.remedy_at, pick("no remedy", "sin remedio")),
    ):
        more.append(without if kind is None or at is None else f"{pick(*_WORDS[kind])}, {moment(speech, at)}")
    return Line(
        tag=row.contract,
        tone=Tone.BAD if row.left_over else Tone.GOOD,
        text=f"{row.name} ({row.customer})" if row.name else row.customer,
        more=more,
        command=f"notifier brief {row.customer}" if row.left_over else "",
    )


def _touched(found: Affected, speech: Speech) -> str:
    contracts, customers = len(found.rows), found.customers
    return speech.pick(
        f"{contracts:,} contracts of {customers:,} customers", f"{contracts:,} contratos de {customers:,} clientes"
    )


def _of(share: Share, speech: Speech) -> str:
    return speech.pick(f"{share.part:,} of {share.whole:,}", f"{share.part:,} de {share.whole:,}")


def _more(count: int, speech: Speech) -> str:
    return speech.pick(f"{count:,} more: --limit", f"{count:,} más: --limit") if count > 0 else ""
