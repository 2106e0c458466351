"""The page for whoever picks up the phone becomes a sheet: what to say first, then what stands behind it."""

from collections.abc import Iterator, Mapping, Sequence

from notifier.answers.brief import Brief, Offered, Promised
from notifier.answers.conversations import Conversation
from notifier.answers.facts import Fact
from notifier.answers.given import Given
from notifier.answers.next_words import Say, Why
from notifier.answers.records import NoticeRecord
from notifier.answers.speech import Speech
from notifier.answers.timeline_entries import Value, actual_of
from notifier.answers.timeline_words import is_so_text, medium, sentence, value_text, word
from notifier.cli.sheets.moments import left, moment
from notifier.cli.sheets.sheet import Line, Section, Sheet, Tone
from notifier.cli.shown.notices import arrival_text
from notifier.model.contradictions import Contradiction
from notifier.model.durations import duration_text
from notifier.model.notices import NoticeState
from notifier.model.rescues import in_language
from notifier.model.texts import one_line
from notifier.model.types import TopicType
from notifier.rendering.reasons import reason_in
from notifier.rules.checked_owners import Owner

_WHY: Mapping[Why, tuple[str, str, Tone]] = {
    Why.BROKEN: ("admit it", "admítalo", Tone.BAD),
    Why.IN_DOUBT: ("in doubt", "en duda", Tone.BAD),
    Why.NOT_ARRIVED: ("did not arrive", "no le llegó", Tone.WAITING),
    Why.TO_COME: ("to come", "por llegar", Tone.GOOD),
    Why.PROMISED: ("promised", "prometido", Tone.WAITING),
    Why.NO_MORE: ("asked for no more", "pidió no más", Tone.PLAIN),
}
_STATES = {NoticeState.READY: Tone.GOOD, NoticeState.HELD: Tone.BAD, NoticeState.DEFERRED: Tone.WAITING}
_FIELDS = {
    "amount": "valor",
    "bill_at": "se cobra",
    "billed": "facturado",
    "cancelled_at": "cancelado",
    "cause": "causa",
    "completed_at": "completado",
    "email": "correo",
    "ends_at": "hasta",
    "expected_end_at": "regreso previsto",
    "handed_over_at": "entregado al transporte",
    "kind": "tipo",
    "language": "idioma",
    "name": "nombre",
    "party_size": "personas",
    "period_end": "fin del periodo",
    "period_start": "inicio del periodo",
    "phone": "teléfono",
    "place": "lugar",
    "placed_at": "pedido el",
    "preferred_channel": "canal preferido",
    "product": "producto",
    "promised_at": "prometido para",
    "said": "dijo",
    "site": "sede",
    "started_at": "desde",
    "starts_at": "fecha y hora",
    "status": "estado",
    "status_since": "en ese estado desde",
    "total": "total",
    "zone": "zona",
}


def brief_sheet(
    found: Brief, given: Sequence[Given], say: Sequence[Say], speech: Speech, owners: Mapping[str, Owner]
) -> Sheet:
    """The sheet of one customer."""
    return _BriefSheet(found, speech, owners).sheet(given, say)


class _BriefSheet:
    def __init__(self, found: Brief, speech: Speech, owners: Mapping[str, Owner]) -> None:
        self._found = found
        self._speech = speech
        self._owners = owners

    def sheet(self, given: Sequence[Given], say: Sequence[Say]) -> Sheet:
        found, speech, pick = self._found, self._speech, self._speech.pick
        who = found.who
        open_ = found.counts["contradictions"]
        return Sheet(
            kind="brief",
            language=speech.language,
            title=f"{who.name or who.id}",
            subtitle=pick(
                f"customer {who.id} · as of {moment(speech, found.now)} ({speech.timezone})",
                f"cliente {who.id} · al {moment(speech, found.now)} ({speech.timezone})",
            ),
            facts=list(self._who()),
            sections=[
                Section(
                    title=pick("Say next", "Qué decir ahora"),
                    lines=[self._say(each) for each in say],
                    empty=pick("Nothing is open.", "No hay nada pendiente."),
                ),
                Section(
                    title=pick("In doubt: repeat neither side", "En duda: no repita ningún lado"),
                    lines=[self._contradiction(each) for each in found.open],
                    count=open_,
                    note=self._more(open_, len(found.open), f"notifier contradictions list --customer {who.id}"),
                ),
                Section(
                    title=pick("Promised", "Prometido"),
                    lines=[self._promised(each) for each in found.promises],
                    empty=pick("No promise is open.", "No hay promesas abiertas."),
                    count=found.counts["promises"],
                    note=self._more(
                        found.counts["promises"], len(found.promises), f"notifier promise list --customer {who.id}"
                    ),
                ),
                Section(
                    title=pick("True now", "Lo que es cierto ahora"),
                    lines=[self._fact(each) for each in found.facts.rows],
                    note=self._kinds(),
                ),
                Section(title=pick("Coming", "Por llegar"), lines=[*self._coming()]),
                Section(
                    title=pick("Told", "Avisado"),
                    lines=[self._told(each) for each in found.told],
                    empty=pick("Nothing was told yet.", "Aún no se le ha avisado nada."),
                ),
                Section(
                    title=pick("If it goes wrong: what we offer", "Si algo sale mal: qué ofrecemos"),
                    lines=[self._offered(each) for each in found.offered],
                ),
                Section(
                    title=pick("Known already: do not ask again", "Ya lo sabemos: no lo pregunte otra vez"),
                    lines=[self._given(each) for each in given],
                ),
                Section(
                    title=pick("Earlier conversations, by case", "Conversaciones anteriores, por caso"),
                    lines=[line for each in found.conversations for line in self._conversation(each)],
                ),
            ],
            footer=pick(
                f"Everything, in order: notifier timeline {who.id}", f"Todo, en orden: notifier timeline {who.id}"
            ),
        )

    def _who(self) -> Iterator[tuple[str, str]]:
        who, speech, pick = self._found.who, self._speech, self._speech.pick
        if not who.known:
            yield pick("state", "datos"), pick("not in the state", "no está en los datos")
        own = "" if who.has_own_locale else pick(" (the project's)", " (del proyecto)")
        yield pick("language", "idioma"), f"{who.locale}{own}"
        if who.preferred_channel:
            yield pick("prefers", "prefiere"), medium(speech, who.preferred_channel)
        for label, value in ((pick("phone", "teléfono"), who.phone), (pick("mail", "correo"), who.email)):
            yield label, value or pick("none", "no hay")
        if who.timezone:
            yield pick("zone", "zona"), who.timezone
        for name, value in who.attributes.items():
            yield name.replace("_", " "), one_line(str(value))
        for each in who.barriers:
            yield pick("not written to", "no se le escribe"), f"{medium(speech, each.channel)}: {each.reason}"
        if (last := self._found.last_contact) is not None:
            yield pick("last spoken to", "último contacto"), f"{moment(speech, last.at)}, {sentence(last, speech)}"

    def _say(self, each: Say) -> Line:
        english, spanish, tone = _WHY[each.why]
        return Line(tag=self._speech.pick(english, spanish), tone=tone, text=each.text)

    def _contradiction(self, each: Contradiction) -> Line:
        speech, pick = self._speech, self._speech.pick
        said = self._side(each, each.promised, each.currency)
        owner = self._owners[each.owner].name if each.owner in self._owners else each.owner
        promised = moment(speech, each.promised_at)
        more = [
            pick(
                f"promised by {one_line(each.promised_by)}, {promised}",
                f"prometido por {one_line(each.promised_by)}, {promised}",
            ),
            f"{pick('owner', 'responsable')}: {owner} · {word(speech, each.state)}",
        ]
        more += [f"{pick('evidence', 'prueba')}: {one_line(each.evidence)}"] if each.evidence else []
        row = speech.row(f"{each.subject_type}:{each.subject_id}")
        return Line(
            tag=left(speech, each.surfaces_at, self._found.now),
            tone=Tone.BAD,
            text=f"{row}, {speech.topic(each.topic)}: {pick('promised', 'prometido')} {said}, "
            + is_so_text(speech, actual_of(each)),
            more=more,
            command=f"notifier contradictions show {each.id}",
        )

    def _side(self, each: Contradiction, text: str | None, currency: str | None) -> str:
        value = Value(topic=each.topic, type=each.topic_type, text=text, currency=currency)
        return value_text(self._speech, value)

    def _promised(self, each: Promised) -> Line:
        speech, pick, entry = self._speech, self._speech.pick, each.entry
        more = []
        if each.actual is not None:
            more.append(f"{is_so_text(speech, each.actual)} ({each.contradiction})")
        elif each.checks:
            more.append(pick("no fact disagrees", "ningún hecho lo contradice"))
        else:
            more.append(pick("no check compares it with a fact", "ninguna regla lo compara con un hecho"))
        for label, at in (
            (pick("due", "vence"), each.due_at),
            (pick("valid until", "válido hasta"), each.valid_until),
        ):
            more += [f"{label} {moment(speech, at)}"] if at is not None else []
        more += [f"{pick('evidence', 'prueba')}: {one_line(entry.evidence)}"] if entry.evidence else []
        return Line(
            when=moment(speech, entry.at),
            tag=pick("disagrees", "no coincide") if each.contradiction else "",
            tone=Tone.BAD,
            text=f"{sentence(entry, speech)}{f', {speech.row(entry.about)}' if entry.about else ''}",
            more=more,
        )

    def _fact(self, fact: Fact) -> Line:
        speech = self._speech
        cells = []
        for cell in fact.cells:
            is_bool = cell.type is TopicType.BOOL
            shown = speech.value(cell.type, cell.text, cell.currency) if not is_bool else self._truth(cell.text)
            shown = word(speech, shown).replace("_", " ") if cell.name in ("status", "kind") else shown
            cells.append(f"{self._field(cell.name)} {shown}")
        return Line(tag=speech.row(fact.about), text=" · ".join(cells))

    def _truth(self, text: str) -> str:
        return self._speech.pick("yes", "sí") if text == "true" else "no"

    def _field(self, name: str) -> str:
        plain = name.replace("_", " ")
        return self._speech.pick(plain, _FIELDS.get(name, plain))

    def _kinds(self) -> str:
        shown: dict[str, int] = {}
        for fact in self._found.facts.rows:
            shown[fact.entity] = shown.get(fact.entity, 0) + 1
        more = [f"{count:,} {name}" for name, count in self._found.facts.counts.items() if count > shown.get(name, 0)]
        return "" if not more else self._speech.pick(f"in all: {', '.join(more)}", f"en total: {', '.join(more)}")

    def _coming(self) -> Iterator[Line]:
        speech, pick = self._speech, self._speech.pick
        for record in self._found.pending:
            draft, state = record.draft, record.draft.verdict.state
            at = draft.verdict.send_at
            yield Line(
                when="" if at is None else moment(speech, at),
                tag=word(speech, state),
                tone=_STATES.get(state, Tone.PLAIN),
                text=f"{draft.rule}, {draft.reference}: {self._reason(record)}",
            )
        for each in self._found.ahead:
            yield Line(
                when=moment(speech, each.at),
                tag=pick("held, as things stand", "se retendría, como van las cosas")
                if each.held
                else pick("as things stand", "como van las cosas"),
                tone=Tone.BAD if each.held else Tone.PLAIN,
                text=f"{each.rule}, {speech.row(each.about)}",
            )

    def _reason(self, record: NoticeRecord) -> str:
        return reason_in(one_line(record.draft.verdict.reason.text), self._speech.language)

    def _told(self, record: NoticeRecord) -> Line:
        speech, draft = self._speech, record.draft
        assert record.told_at is not None
        texts = [each.message.subject or each.message.text for each in record.messages if each.accepted_at]
        arrived = arrival_text(record)
        lost = "undelivered" in arrived or "unknown" in arrived
        more = [f"«{one_line(texts[0])}»" if speech.is_spanish else f"“{one_line(texts[0])}”"] if texts else []
        return Line(
            when=moment(speech, record.told_at),
            tag=", ".join(
                f"{medium(speech, each.split()[0])} {word(speech, each.split()[1])}" for each in arrived.split(", ")
            )
            if arrived
            else speech.pick("through another notice", "por otro aviso"),
            tone=Tone.BAD if lost else Tone.GOOD,
            text=f"{draft.rule}, {speech.row(f'{draft.subject_type}:{draft.subject_id}')}, {draft.reference}",
            more=more,
        )

    def _offered(self, each: Offered) -> Line:
        speech, rescue = self._speech, each.rescue
        more = [one_line(in_language(rescue.remedy, speech.language))] if rescue.remedy else []
        if rescue.decides is not None:
            owner = self._owners[rescue.decides].name if rescue.decides in self._owners else rescue.decides
            by = "" if rescue.by is None else f" ({duration_text(rescue.by)})"
            more.append(f"{speech.pick('decides', 'decide')}: {owner}{by}")
        return Line(tag=each.rule, text=one_line(in_language(rescue.admission, speech.language)), more=more)

    def _given(self, each: Given) -> Line:
        speech = self._speech
        about = f" ({self._case(each.about)})" if each.about else ""
        return Line(
            when="" if each.at is None else moment(speech, each.at),
            tag=self._field(each.what),
            text=f"{one_line(each.value)}{about}",
        )

    def _conversation(self, each: Conversation) -> Iterator[Line]:
        speech = self._speech
        case = self._case(each.case) if each.case else speech.pick("no case noted", "sin caso anotado")
        references = f" · {', '.join(each.references)}" if each.references else ""
        for contact in each.contacts:
            yield Line(
                when=moment(speech, contact.at),
                tag=f"{case}{references}",
                text=sentence(contact, speech),
            )

    def _case(self, about: str) -> str:
        return self._speech.row(about) if ":" in about else about

    def _more(self, of: int, shown: int, command: str) -> str:
        return "" if of <= shown else self._speech.pick(f"{of:,} in all: {command}", f"{of:,} en total: {command}")
