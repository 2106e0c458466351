"""What waits today becomes a sheet: a section a matter, and below each thing the command that deals with it."""

from collections.abc import Mapping
from decimal import Decimal

from notifier.answers.speech import Speech
from notifier.answers.timeline_entries import actual_of, promised_of
from notifier.answers.timeline_words import is_so_text, value_text
from notifier.answers.today import COUNTED
from notifier.answers.waiting import Matter, Task, Today, Waiting
from notifier.cli.sheets.moments import left, moment
from notifier.cli.sheets.sheet import Line, Section, Sheet, Tone
from notifier.model.contradictions import Contradiction
from notifier.model.instants import utc_text
from notifier.model.settling import Group
from notifier.model.texts import one_line
from notifier.model.types import TopicType
from notifier.rendering.formats import format_number
from notifier.rendering.reasons import reason_in
from notifier.rules.checked_owners import Owner

_TITLES: Mapping[Matter, tuple[str, str]] = {
    Matter.HALTED: ("Channels that rest", "Canales detenidos"),
    Matter.SET_ASIDE: ("Set aside until a file is mended", "Fuera de uso hasta corregir un archivo"),
    Matter.SURFACING: ("Contradictions, what surfaces first", "Contradicciones, lo que se sabrá primero"),
    Matter.PROMISES_DUE: ("Promises due", "Promesas por vencer"),
    Matter.TO_APPROVE: ("To approve", "Por aprobar"),
    Matter.HELD: ("Held", "Retenidos"),
    Matter.UNKNOWN: ("Unknown: did they go out?", "No se sabe: ¿salieron?"),
    Matter.FAILED: ("Failed", "Fallidos"),
    Matter.ACTIONS: ("Actions, what is due first", "Acciones, lo que vence primero"),
    Matter.OPT_OUTS: ("Do they want no more? Decide", "¿No quieren más? Decida"),
    Matter.BOUNCES: ("Mails that came back, about no notice we know", "Correos devueltos que no llevan a ningún aviso"),
}
_MORE: Mapping[Matter, str] = {
    Matter.SURFACING: "notifier contradictions list",
    Matter.TO_APPROVE: "notifier notices list --state held",
    Matter.HELD: "notifier notices list --state held",
    Matter.UNKNOWN: "notifier notices list --unknown",
    Matter.FAILED: "notifier notices list --state failed",
    Matter.ACTIONS: "notifier actions list",
    Matter.OPT_OUTS: "notifier consent show",
    Matter.BOUNCES: "notifier bounces list --nowhere",
    Matter.PROMISES_DUE: "notifier promise list",
}
_OF_FLOODS: Mapping[Matter, tuple[str, str]] = {
    Matter.SURFACING: ("{} contradictions at once, the first:", "{} contradicciones a la vez, la primera:"),
    Matter.HELD: (
        "{} notices, held by the contradictions of one flood",
        "{} avisos, retenidos por las mismas contradicciones",
    ),
    Matter.TO_APPROVE: (
        "{} notices that admit what was not kept, of one flood",
        "{} avisos que admiten lo que no se cumplió, por lo mismo",
    ),
}
MOST_IN_COMMON = 2
"""How much of what a flood has in common is said."""
_GRAVE = (Matter.HALTED, Matter.SET_ASIDE, Matter.SURFACING, Matter.FAILED)


def today_sheet(found: Today, speech: Speech, owners: Mapping[str, Owner]) -> Sheet:
    """The sheet of everybody, or of one owner."""
    pick = speech.pick
    owner = "" if found.owner is None else owners[found.owner].name if found.owner in owners else found.owner
    title = pick("What waits for a person", "Lo que espera a una persona")
    return Sheet(
        kind="today",
        language=speech.language,
        title=f"{title}{f': {owner}' if owner else ''}",
        subtitle=pick(
            f"as of {moment(speech, found.now)} ({speech.timezone})",
            f"al {moment(speech, found.now)} ({speech.timezone})",
        ),
        sections=[_section(each, found, speech) for each in found.waiting]
        or [Section(title=pick("Nothing", "Nada"), empty=pick("Nothing waits.", "No hay nada pendiente."))],
    )


def _section(waiting: Waiting, found: Today, speech: Speech) -> Section:
    more = ""
    if waiting.count > waiting.shown:
        total = f"{waiting.count:,}" if waiting.count <= COUNTED else speech.pick("more than 10,000", "más de 10.000")
        more = speech.pick(f"{total} in all", f"{total} en total")
        more += f": {_MORE[waiting.matter]}" if waiting.matter in _MORE else ""
    return Section(
        title=speech.pick(*_TITLES[waiting.matter]),
        lines=[_line(waiting.matter, task, found, speech) for task in waiting.tasks],
        count=waiting.count,
        note=more,
    )


def _line(matter: Matter, task: Task, found: Today, speech: Speech) -> Line:
    tone = Tone.BAD if matter in _GRAVE else Tone.WAITING
    who = [
        part
        for part in (task.rule if task.together == 1 else "", task.customer, task.about and speech.row(task.about))
        if part
    ]
    owner = f"{speech.pick('owner', 'responsable')} {task.owner}" if task.owner and found.owner is None else ""
    what = _what(matter, task, speech)
    since = "" if task.since is None else f"{speech.pick('since', 'desde')} {moment(speech, task.since)}"
    common = "" if task.flood is None else _common(task.flood.group, speech)
    more = [part for part in (common, " · ".join(who), " · ".join(part for part in (owner, since) if part)) if part]
    has_deadline = task.deadline is not None or matter is Matter.SURFACING
    return Line(
        tag=left(speech, task.deadline, found.now) if has_deadline else task.id,
        tone=tone,
        text=(f"{task.id}: " if has_deadline else "")
        + _together(task, speech)
        + reason_in(one_line(what), speech.language),
        more=more,
        command=task.command,
    )


def _what(matter: Matter, task: Task, speech: Speech) -> str:
    if task.flood is not None:
        count = format_number(Decimal(task.count), speech.locale)
        return speech.pick(*_OF_FLOODS[matter]).format(count) + (
            "" if task.contradiction is None else f" {_sides(task.contradiction, speech)}"
        )
    if task.promised is not None:
        said = value_text(speech, task.promised)
        is_moment = task.promised.text == utc_text(task.deadline) if task.deadline is not None else False
        topic = speech.topic(task.promised.topic)
        return topic if is_moment else said if task.promised.type is TopicType.BOOL else f"{topic}: {said}"
    return task.what if task.contradiction is None else _sides(task.contradiction, speech)


def _together(task: Task, speech: Speech) -> str:
    """How many notices of one rule wait for the same decision."""
    count = format_number(Decimal(task.together), speech.locale)
    return speech.pick(f"{count} notices: ", f"{count} avisos: ") if task.together > 1 else ""


def _common(group: Group, speech: Speech) -> str:
    """What the contradictions of a flood have in common, which most often is its cause."""
    each_of = [
        f"{each.what} {one_line(each.value)}"
        + ("" if each.count >= group.count else f" ({format_number(Decimal(each.count), speech.locale)})")
        for each in group.causes[:MOST_IN_COMMON]
    ]
    return f"{speech.pick('in common', 'en común')}: {', '.join(each_of)}" if each_of else ""


def _sides(each: Contradiction, speech: Speech) -> str:
    said, is_so = value_text(speech, promised_of(each)), is_so_text(speech, actual_of(each))
    return f"{speech.topic(each.topic)}: {speech.pick('promised', 'prometido')} {said}, {is_so}"
