"""A reason as planning wrote it -> the same in the language of an owner or of a page.

Reasons are decided and stored once, in English: they are a record. Who reads Spanish gets each part that is known
here in Spanish; a part that is not known stays as it is, because a reason that is half understood beats none.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

_ON = "sms|email|whatsapp"
_WHERE = rf"((?:{_ON})(?: and (?:{_ON}))*)"
_ES: Sequence[tuple[str, str]] = (
    (rf"no address for {_WHERE}", r"sin dirección para \1"),
    (rf"no consent for {_WHERE}", r"sin consentimiento para \1"),
    (rf"no provider for {_WHERE}", r"sin proveedor para \1"),
    (rf"quiet hours for {_WHERE}", r"horas de descanso para \1"),
    (r"quiet hours until (.+), and it helps only before (.+)", r"horas de descanso hasta \1, y solo sirve antes de \2"),
    (r"quiet hours until (.+)", r"horas de descanso hasta \1"),
    (
        r"closed by contact law until (.+), and it helps only before (.+)",
        r"la ley de contacto no lo permite hasta \1, y solo sirve antes de \2",
    ),
    (r"closed by contact law until (.+)", r"la ley de contacto no lo permite hasta \1"),
    (
        r"no contact left until (.+), and it helps only before (.+)",
        r"no quedan contactos hasta \1, y solo sirve antes de \2",
    ),
    (r"no contact left until (.+)", r"no quedan contactos hasta \1"),
    (rf"contact law closes {_WHERE}", r"la ley de contacto no permite \1"),
    (rf"no contact left on {_WHERE}", r"no quedan contactos por \1"),
    (r"(sms|email|whatsapp): asked for no more by reply on (\S+)", r"\1: pidió por respuesta no recibir más el \2"),
    (
        r"(sms|email|whatsapp): seems to have asked for no more on (\S+)",
        r"\1: parece que pidió no recibir más el \2",
    ),
    (r"a person decides \(notifier consent show\)", r"decide una persona (notifier consent show)"),
    (r"(sms|email|whatsapp): stands in the register (.+) \(since (.+)\)", r"\1: figura en el registro \2 (desde \3)"),
    (
        r"(sms|email|whatsapp): opted out at the provider \(since (.+)\)",
        r"\1: se dio de baja ante el proveedor (desde \2)",
    ),
    (r"(sms|email|whatsapp): complained of our mail on (\S+)", r"\1: se quejó de nuestro correo el \2"),
    (r"(sms|email|whatsapp): unsubscribed on (\S+)", r"\1: se dio de baja el \2"),
    (
        r"(sms|email|whatsapp): is to get no more, as a person wrote down on (\S+)",
        r"\1: no debe recibir más, según anotó una persona el \2",
    ),
    (
        r"(sms|email|whatsapp): (\S+) needs a yes in (\S+), and there is none",
        r"\1: \2 requiere un sí en \3, y no lo hay",
    ),
    (r"whatsapp: nobody approved this text of (\S+) yet", r"whatsapp: el texto de \1 espera aprobación"),
    (r"whatsapp: nobody approved this text of (\S+)", r"whatsapp: nadie aprobó este texto de \1"),
    (r"whatsapp: nobody approved the built-in words", r"whatsapp: nadie aprobó las palabras incorporadas"),
    (
        r"whatsapp: its text has no holes that can be numbered: (.+)",
        r"whatsapp: su texto no tiene huecos que se puedan numerar: \1",
    ),
    (r"whatsapp: what stands in (\S+) is empty", r"whatsapp: lo que va en \1 está vacío"),
    (
        r"whatsapp: what stands in (\S+) has (a line break or a tab|more than four spaces in a row), which .+",
        r"whatsapp: lo que va en \1 tiene saltos de línea o demasiados espacios, y WhatsApp no lo acepta",
    ),
    (
        r"whatsapp: '(\S+)' has a line break, which WhatsApp does not take",
        r"whatsapp: '\1' tiene un salto de línea, y WhatsApp no lo acepta",
    ),
    (r"whatsapp: it has (\S+) characters", r"whatsapp: tiene \1 caracteres"),
    (r"WhatsApp takes at most (\S+)", r"WhatsApp acepta hasta \1"),
    (r"in one message with (.+) and (\d+) more", r"en un solo mensaje con \1 y \2 más"),
    (r"in one message with (\S+(?:, \S+)*) and (\S+)", r"en un solo mensaje con \1 y \2"),
    (r"in one message with (\S+)", r"en un solo mensaje con \1"),
    (rf"by {_WHERE} in the message of (\S+)", r"por \1 en el mensaje de \2"),
    (r"it may not be read in time: it helps only before (.+)", r"quizá no se lea a tiempo: solo sirve antes de \1"),
    (r"the customer is not in the state", r"el cliente no está en los datos"),
    (
        r"no zone is known for the customer: give (.+), or set (.+)",
        r"no se conoce la zona del cliente: indique \1, o \2",
    ),
    (
        r"one of (\S+) % who are not told until (.+), by lot, decided by (.+)",
        r"es del \1 % a quienes no se avisa hasta \2, por sorteo, según decidió \3",
    ),
    (
        r"each notice of this rule waits until a person has approved its words",
        r"cada aviso de esta regla espera a que una persona apruebe sus palabras",
    ),
    (r"it waits for a person's approval", r"espera la aprobación de una persona"),
    (
        r"(\d+) recipients in 24 h are more than the rule's limit of (\d+)",
        r"\1 destinatarios en 24 h superan el límite de la regla, \2",
    ),
    (
        r"(\d+) recipients in 24 h are more than (\S+) % of (\d+) customers",
        r"\1 destinatarios en 24 h son más del \2 % de \3 clientes",
    ),
    (r"a person must approve", r"una persona debe aprobarlo"),
    (r"said to (.+) at the same (.+) \(reference (.+)\)", r"se le dijo a \1 en la misma dirección (referencia \3)"),
    (
        r"the provider refuses the (sms|email|whatsapp) address: (.+) \(since (.+)\)",
        r"el proveedor rechaza la dirección de \1: \2 (desde \3)",
    ),
    (r"no channel took it: (.+)", r"ningún canal lo aceptó: \1"),
    (
        r"waits until (.+) for what becomes of the first (\d+) who hear this version",
        r"espera hasta \1 a ver qué pasa con los primeros \2 que oyen esta versión",
    ),
    (r"a person must approve it", r"una persona debe aprobarlo"),
    (r"(\d+) people must approve it, each by themselves", r"\1 personas deben aprobarlo, cada una por su cuenta"),
    (r"(\d+) did", r"\1 ya lo hizo"),
    *(
        (
            rf"(\d+) of the first (\d+) \(95 %: (\d+) to (\d+) %\) {english}, and {stops_english}",
            rf"\1 de los primeros \2 (95 %: \3 a \4 %) {spanish}, y {stops_spanish}",
        )
        for english, spanish in (
            ("did not get it", "no lo recibieron"),
            ("asked for no more", "pidieron no recibir más"),
            ("wrote back", "respondieron"),
        )
        for stops_english, stops_spanish in (
            (r"more than (\S+) % stop it", r"más del \5 % lo detienen"),
            (r"(\d+) stop it", r"\5 lo detienen"),
        )
    ),
    (r"recorded in shadow at (.+), and told to nobody", r"registrado en la sombra: \1, sin avisar a nadie"),
    (r"told already at (.+), and did not arrive", r"ya avisado: \1, y no llegó"),
    (rf"told already at (.+), delivered by {_WHERE}", r"ya avisado: \1, entregado por \2"),
    (r"told already at (.+)", r"ya avisado: \1"),
    (
        r"what (\S+) told did not arrive, and it is too late to say it elsewhere",
        r"lo que dijo \1 no llegó, y es tarde para decirlo por otro canal",
    ),
    (r"what (\S+) told did not arrive", r"lo que dijo \1 no llegó"),
    (r"no receipt came", r"no llegó ningún acuse de recibo"),
    (rf"{_WHERE}: no receipt came", r"\1: no llegó ningún acuse de recibo"),
    (r"not sent before its time was over at (.+)", r"no se envió antes de que venciera: \1"),
    (r"not sent before its time was over", r"no se envió antes de que venciera"),
    (r"it moved to (.+), which had passed already", r"se movió a \1, que ya había pasado"),
    (
        r"its moment, (.+), had passed before it came to be \(born_late: tell would tell it\)",
        r"su momento, \1, había pasado antes de que existiera (born_late: tell lo avisaría)",
    ),
    (
        r"it was true before the rule's first pass \(backlog: tell would tell it\)",
        r"ya era cierto antes de la primera evaluación de la regla (backlog: tell lo avisaría)",
    ),
    (
        r"it came with a baseline, which tells only what lies ahead",
        r"llegó con la carga inicial, que solo avisa lo que viene",
    ),
    (
        r"what the customer was told is no longer true, and no follow-up says so",
        r"lo que se le dijo al cliente ya no es cierto, y ningún seguimiento lo dice",
    ),
    (
        r"what the customer was told about is deleted, and no follow-up says so",
        r"aquello de lo que se le avisó al cliente se borró, y ningún seguimiento lo dice",
    ),
    (
        r"(\S+) are left, and the customer was to know (\S+) before",
        r"quedan \1, y el cliente debía saberlo \2 antes",
    ),
    (r"the facts are again as the customer was told", r"los hechos vuelven a ser como se le dijo al cliente"),
    (r"the moment it hangs on moved", r"se movió el momento del que depende"),
    (r"what it says is no longer true", r"lo que dice ya no es cierto"),
    (r"what the rule says is true", r"se cumple lo que dice la regla"),
    (r"corrects (\S+)", r"corrige \1"),
    (r"follows up (\S+)", r"da seguimiento a \1"),
    (
        r"held by (\S+): (.+) \(contradiction (\S+), owner (.+)\)",
        r"retenido por \1: \2 (contradicción \3, responsable \4)",
    ),
    (r"a policy is against this mail(.*)", r"una política rechaza este correo\1"),
    (r"our sender address is refused(.*)", r"se rechaza nuestra dirección de remitente\1"),
    (r"the protocol was not kept(.*)", r"no se respetó el protocolo\1"),
    (r"the content of the mail is refused(.*)", r"se rechaza el contenido del correo\1"),
    (r"the mail is too big(.*)", r"el correo es demasiado grande\1"),
    (r"(.+) is not kept", r"\1 no se cumplió"),
    *(
        (
            rf"(\S+) answered '(.+)' to (\S+) about (\S+): it may mean the appointment, or the messages\. {english}",
            rf"\1 respondió '\2' a \3 sobre \4: puede referirse a la cita o a los mensajes. {spanish}",
        )
        for english, spanish in (
            (r"no more advertising goes to this number", r"No va más publicidad a este número"),
            (r"no more advertising goes to this mail address", r"No va más publicidad a este correo"),
            (r"no more messages go to this number", r"No van más mensajes a este número"),
            (r"no more messages go to this mail address", r"No van más mensajes a este correo"),
            (
                r"no more messages go to this number, and the provider blocks it",
                r"No van más mensajes a este número, y el proveedor lo bloquea",
            ),
        )
    ),
    (r"ask whether the appointment is to be cancelled", r"pregúntele si se cancela la cita"),
    *(
        (
            rf"{english}(?: \(.+\))?: nothing but safety goes to this person, on any channel, until somebody "
            r"decides with notifier consent set",
            rf"{spanish}: solo se le envía lo de seguridad, por cualquier canal, hasta que alguien decida con "
            r"notifier consent set",
        )
        for english, spanish in (
            (r"a reply sounds like an opt-out", r"una respuesta parece pedir que no se le escriba más"),
            (
                r"an opt-out came from another address than the notice went to",
                r"desde otra dirección que la del aviso se pidió no recibir más",
            ),
        )
    ),
    (
        r"it came from another address than the notice went to, so nothing was confirmed by it",
        r"llegó desde otra dirección que la del aviso, así que no se confirmó nada con ella",
    ),
    (r"mails came back by our own fault: (.+)", r"volvieron correos por culpa nuestra: \1"),
    (r"messages did not arrive by our own fault: (.+)", r"no llegaron mensajes por culpa nuestra: \1"),
    (r"notifier consent show lists it", r"la lista está en notifier consent show"),
)
"""Each part of a reason in Spanish; the first that fits counts."""
_LANGUAGES: Mapping[str, Sequence[tuple[str, str]]] = {"es": _ES}
_TWO = re.compile(rf"\b({_ON}) and (?={_ON})")
_PARTS = re.compile(
    rf"; | and (?=no (?:address|consent|provider) for |(?:{_ON}): |the provider refuses |contact law closes )"
)


def reason_in(text: str, language: str) -> str:
    """The reason in this language (`es`), part by part; as it is in English, and in every other language."""
    if language not in _LANGUAGES:
        return text
    phrases = _phrases(language)
    return "; ".join(_part(part, phrases) for part in _PARTS.split(text))


@cache
def _phrases(language: str) -> Sequence[tuple[re.Pattern[str], str]]:
    """Compiled for the first reason in a language: to compile them takes 7 ms, and most commands print none."""
    return [(re.compile(english), said) for english, said in _LANGUAGES[language]]


def _part(part: str, phrases: Sequence[tuple[re.Pattern[str], str]]) -> str:
    for english, said in phrases:
        if (found := english.fullmatch(part)) is not None:
            return _TWO.sub(r"\1 y ", found.expand(said))
    return part
