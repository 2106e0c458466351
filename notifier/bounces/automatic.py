"""Whether a machine wrote a mail in a person's place. Nobody answers such a mail, and it asks nothing of anybody.

A machine that says so says it in a field of the head (RFC 3834, 5; RFC 2076 for older ones). Some say nothing: then the
words with which their subjects begin are all that tells them from people.
"""

import re
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

from notifier.model.texts import folded

_BULK = re.compile(r"\s*(?:bulk|list|junk|auto_reply)\b", re.IGNORECASE)
_MARKS = ("X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Autoresponder", "X-Auto-Reply-From", "X-Mail-Autoreply")
"""Fields of their own that vacation programs write (cPanel, Kerio, Communigate, sendmail's contributed scripts)."""
_LISTS = ("List-Id", "List-Unsubscribe", "List-Post", "Feedback-ID")
"""What mailings bear (RFC 2919, RFC 2369): they are for many."""
_SUBJECTS = frozenset(
    {
        *("auto reply", "auto response", "autoreply", "autoresponse", "automatic reply", "automatic response"),
        *("automated reply", "automated response", "away from my mail", "out of office", "out of the office"),
        *("respuesta automatica", "autorespuesta", "fuera de la oficina", "fuera de oficina", "ausente de la oficina"),
        *("resposta automatica", "fora do escritorio", "reponse automatique", "absent du bureau"),
        *("automatische antwort", "abwesenheitsnotiz", "read", "not read", "leido", "no leido"),
    }
)
"""With a colon behind them: what Exchange, vacation and their like put before the subject that they answer, and what
mail programs say of a mail that was opened. Folded; collected by hand from such mails. What a person may write, too
("Ausencia: el martes no estoy"), is not in it."""


def is_automatic(mail: Message) -> bool:
    """Whether the mail says of itself, or by its form, that no person wrote it just now."""
    submitted = str(mail.get("Auto-Submitted", "no")).strip().lower()
    if submitted and re.split(r"[\s;]", submitted, maxsplit=1)[0] != "no":
        return True
    if _BULK.match(str(mail.get("Precedence", ""))) or any(name in mail for name in (*_MARKS, *_LISTS)):
        return True
    if str(mail.get("Return-Path", "")).strip() == "<>":
        return True
    if mail.get_content_type() == "multipart/report":  # a note that it was read (RFC 8098), or what looks like one
        return True
    before, colon, _ = subject_of(mail).partition(":")
    return bool(colon) and folded(before) in _SUBJECTS


def subject_of(mail: Message) -> str:
    """The subject as people read it, on one line; empty where there is none."""
    raw = str(mail.get("Subject", ""))
    try:
        said = str(make_header(decode_header(raw)))
    except (
        LookupError,
        ValueError,
        MessageError,
    ):  # encoded words that are cut, or of a character set that nobody knows
        said = raw
    return " ".join(said.split())
