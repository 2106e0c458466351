"""The same notices as people build them today: one task per message, which reads its row, renders it and stores it.

It uses Jinja2 with the shipped templates, Babel for dates, and EmailMessage. A task checks the customer's consent. It
ignores quiet hours, limits, contradictions and what was told before, and does not compare SMS and mail.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel.dates import format_date, format_time
from jinja2 import Environment, FileSystemLoader, pass_context
from jinja2.runtime import Context

from bench.due import DUE, RULE
from bench.project import HERE, REPOSITORY, SENDER
from notifier.model.columns import EPOCH, microseconds
from notifier.model.digests import reference
from notifier.store.database import open_engine

CHANNELS = ("sms", "email")
TEMPLATE = "installation_reminder"
EXIT = "+57 601 7945501"
HOURS = {"es": "lunes a sábado de 08:00 a 20:00", "en": "Monday to Saturday, 08:00 to 20:00"}
WEEKDAY = {"es": "EEEE, d 'de' MMMM", "en": "EEEE, MMMM d"}
_SPACES = str.maketrans({"\u202f": " ", "\u00a0": " "})

CREATE = """
CREATE TABLE queued (
  id TEXT PRIMARY KEY, appointment_id TEXT NOT NULL, channel TEXT NOT NULL, address TEXT NOT NULL, subject TEXT,
  text TEXT NOT NULL, payload {bytes} NOT NULL, state TEXT NOT NULL
)
"""
WHAT_IS_DUE = """
SELECT appointment.id FROM appointment JOIN contract ON contract.id = contract_id
WHERE kind = 'installation' AND appointment.status IN ('initialized', 'confirmed') AND starts_at <= {to}
  AND starts_at > {after} AND contract.status NOT IN ('cancelled', 'terminated')
ORDER BY appointment.id LIMIT {most}
"""
ROW = """
SELECT appointment.id, customer.id, starts_at, place, name, customer.locale, customer.timezone, phone, email
FROM appointment JOIN customer ON customer.id = customer_id WHERE appointment.id = {mark}
"""
CONSENT = "SELECT allowed FROM consent WHERE customer_id = {mark} AND channel = {mark} AND class = 'service'"
INSERT = "INSERT INTO queued VALUES ({mark}, {mark}, {mark}, {mark}, {mark}, {mark}, {mark}, 'queued')"


class Tasks:
    """The work of one worker, on its own connection, through the database's own driver."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)  # for the same connection settings
        self._driver: Any = self._engine.raw_connection()
        self._sqlite = self._engine.dialect.name == "sqlite"
        self._mark = "?" if self._sqlite else "%s"
        self._templates = Environment(
            loader=FileSystemLoader([REPOSITORY / "templates", HERE]),
            autoescape=lambda name: name is not None and ".html" in name,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"date": _date, "time": _time}

    def close(self) -> None:
        """Close the connection."""
        self._driver.close()
        self._engine.dispose()

    def create(self) -> None:
        """Create the table for messages."""
        self._write(CREATE.format(bytes="BLOB" if self._sqlite else "BYTEA"))

    def forget(self) -> None:
        """Delete what was queued so far."""
        self._write("DELETE FROM queued")

    def due(self, most: int) -> list[str]:
        """The ids of the visits that are due."""
        instants = {"to": DUE + timedelta(hours=48), "after": DUE + timedelta(hours=3)}
        if self._sqlite:
            texts = {name: str(microseconds(instant - EPOCH)) for name, instant in instants.items()}
        else:
            texts = {name: f"TIMESTAMPTZ '{instant.isoformat()}'" for name, instant in instants.items()}
        return [row[0] for row in self._rows(WHAT_IS_DUE.format(**texts, most=most))]

    def queued(self) -> int:
        """The number of queued messages."""
        return int(self._rows("SELECT count(*) FROM queued")[0][0])

    def texts(self) -> str:
        """A hash of all queued texts."""
        return hash_of(self._rows("SELECT appointment_id, channel, text FROM queued"))

    def tell(self, appointment: str, channel: str) -> None:
        """One task: one message."""
        ((subject, customer, starts, place, name, locale, zone, phone, email),) = self._rows(ROW, appointment)
        refused = [row for row in self._rows(CONSENT, customer, channel) if not row[0]]
        if refused:
            return
        language = locale[:2]
        starts_at = EPOCH + timedelta(microseconds=starts) if self._sqlite else starts
        code = reference(f"sandbox|{RULE}|appointment:{subject}||{customer}|{starts_at:%Y-%m-%dT%H:%MZ}")
        names = {
            "starts_at": starts_at,
            "place": place,
            "customer": {"name": name, "first_name": name.split()[0]},
            "exit": {"address": EXIT, "hours": HOURS[language]},
            "reference": code,
            "company": SENDER.company,
            "correction": False,
            "locale": locale.replace("-", "_"),
            "zone": zone,
        }
        if channel == "sms":
            text = self._text(f"sms.{language}.txt.j2", names)
            values: tuple[object, ...] = (code + "/sms", subject, channel, phone, None, text, text.encode())
        else:
            title = self._text(f"email.{language}.subject.j2", names)
            text = self._text(f"email.{language}.txt.j2", names)
            page = self._templates.get_template("one_by_one.html.j2")
            html = page.render(names, subject=title, language=language, blocks=text.split("\n\n"))
            payload = _mail(email, title, text, html, code)
            values = (code + "/email", subject, channel, email, title, text, payload)
        self._write(INSERT, *values)

    def _text(self, file: str, names: dict[str, Any]) -> str:
        return self._templates.get_template(f"{TEMPLATE}/{file}").render(names).strip()

    def _rows(self, statement: str, *values: object) -> list[Any]:
        cursor = self._driver.cursor()
        cursor.execute(statement.format(mark=self._mark), values)
        rows = list(cursor.fetchall())
        cursor.close()
        if not self._sqlite:
            self._driver.commit()
        return rows

    def _write(self, statement: str, *values: object) -> None:
        cursor = self._driver.cursor()
        cursor.execute(statement.format(mark=self._mark), values)
        cursor.close()
        self._driver.commit()


def hash_of(texts: Iterable[Any]) -> str:
    """A hash of (visit, channel, text) tuples, independent of their order."""
    found = hashlib.sha256()
    for row in sorted(tuple(map(str, row)) for row in texts):
        found.update("\0".join(row).encode())
    return found.hexdigest()


def our_texts(database: sa.Engine, appointments: Iterable[str]) -> str:
    """The same hash for our outbox's messages about these visits."""
    wanted = set(appointments)
    with database.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT notice.subject_id, message.channel, message.text FROM message"
            f" JOIN notice ON notice.id = notice_id WHERE notice.rule = '{RULE}'"
        )
        return hash_of(tuple(row) for row in rows if row[0] in wanted)


@pass_context
def _date(context: Context, value: datetime, style: str = "long") -> str:
    locale = context["locale"]
    pattern = WEEKDAY[locale[:2]] if style == "weekday" else style
    return format_date(_local(context, value), pattern, locale=locale).translate(_SPACES)


@pass_context
def _time(context: Context, value: datetime) -> str:
    local = _local(context, value)
    return format_time(local.time(), "short", locale=context["locale"]).translate(_SPACES)


def _local(context: Context, value: datetime) -> datetime:
    return value.astimezone(ZoneInfo(context["zone"]))


def _mail(to: str, subject: str, text: str, html: str, code: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"{SENDER.company} <{SENDER.from_address}>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(DUE)
    mail["Message-ID"] = f"<{code.lower()}@example.com>"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return bytes(mail)
