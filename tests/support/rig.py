"""A small notifier for tests of sending and ticks: one rule, one check, a real database, a clock that tests move."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifier.delivery.channel import Channel
from notifier.delivery.sandbox import SandboxChannel
from notifier.drafting.ruleset import Ruleset, ruleset_of
from notifier.model.notices import Draft, NoticeKind, RenderedMessage
from notifier.model.outlet import Outlet
from notifier.model.types import ChannelName
from notifier.planning.addressing import Defaults
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rules.loader import load_project
from notifier.sending.background import in_turn
from notifier.sending.dispatch import Dispatcher, DispatchReport
from notifier.store.database import open_engine, read_only
from notifier.store.migrating import migrate
from notifier.store.outbox.commit import commit
from notifier.store.state.changes import write_rows
from notifier.tick import TickReport, evaluate
from tests.support.drafts import batch, draft, messages, notices, sms
from tests.support.people import ANA, row_of
from tests.support.people import NOW as NOW

FILES = {
    "rules/visits.yaml": """
rules:
  - rule: visit-reminder
    about: appointment
    owner: field
    class: service
    when: appointment.status == 'confirmed'
    at: 48h before appointment.starts_at
    until: 3h before appointment.starts_at
    born_late: tell
    claims: { starts_at: appointment.starts_at }
    template: visit
    channels: [sms, email]
    exit: desk
checks:
  - check: promised-price
    promise: monthly_price
    against: charge
    on: charge.contract
    when: charge.kind == 'recurring'
    actual: charge.amount
    surfaces_at: charge.bill_at
    warn: 72h
    owner: field
    severity: high
    hold: { topics: [monthly_price], rules: [visit-reminder] }
""",
    "rules/topics.yaml": "topics: { monthly_price: { type: money, worse: higher } }\n",
    "rules/owners.yaml": "owners: { field: { name: Field, email: field@example.com, timezone: America/Bogota } }\n",
    "rules/contact_points.yaml": (
        "contact_points: { desk: { channel: phone, address: '+576017945501', human: true, settles: [visits] } }\n"
    ),
    "templates/visit/sms.en.txt.j2": (
        "{{ company }}: we come on {{ starts_at | date }} at {{ starts_at | time }}. "
        "Questions: {{ exit.address }}, ref. {{ reference }}\n"
    ),
    "templates/visit/email.en.subject.j2": "We visit you on {{ starts_at | date('weekday') }}\n",
    "templates/visit/email.en.txt.j2": (
        "Hello {{ customer.first_name }},\n\n"
        "we come on {{ starts_at | date('full') }} at {{ starts_at | time }}.\n\n"
        "Questions? Call {{ exit.address }} with the reference {{ reference }}.\n\n{{ company }}\n"
    ),
}


def write_project(folder: Path, changes: Mapping[str, str] | None = None) -> Path:
    """The project folder, with other contents for some files where a test wants them."""
    for name, text in (FILES | dict(changes or {})).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def load_ruleset(folder: Path) -> Ruleset:
    """The ruleset of the project in a folder."""
    project = load_project(folder)
    return ruleset_of(project, Renderer(project, RenderSettings(company="Fibra")), Defaults())


@dataclass
class Clock:
    """Only a test moves it."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)

    async def sleep(self, seconds: float) -> None:
        """Who waits by this clock moves it, once nobody else of this event loop has anything to do."""
        for _ in range(20):
            await asyncio.sleep(0)
        self.forward(seconds=seconds)


@dataclass
class Rig:
    """Everything a test of sending needs, with short ways to say what happens."""

    folder: Path
    database: sa.Engine
    ruleset: Ruleset
    dispatchers: Mapping[ChannelName, Dispatcher]
    clock: Clock = field(default_factory=Clock)

    @property
    def outbox(self) -> Path:
        """The sandbox's folder."""
        return self.folder / "outbox"

    def set(self, **entities: list[dict[str, Any]]) -> None:
        """Write rows as an import at this instant would."""
        with self.database.begin() as connection:
            for entity, rows in entities.items():
                write_rows(connection, entity, rows, self.clock())

    def reload(self, changes: Mapping[str, str]) -> None:
        """Put the project in force with other contents for these files."""
        self.ruleset = load_ruleset(write_project(self.folder, changes))

    def reload_as_it_is(self) -> None:
        """Put the folder in force as it is."""
        self.ruleset = load_ruleset(self.folder)

    def tick(self, **options: Any) -> TickReport:
        return evaluate(self.database, self.ruleset, self.clock(), live=False, **options)

    def dispatch(self) -> DispatchReport:
        """Every channel, one after the other."""
        reports = (dispatcher.dispatch(self.ruleset) for dispatcher in self.dispatchers.values())
        return sum(reports, start=DispatchReport())

    def play(self, name: ChannelName, channel: Channel) -> None:
        """Put this channel in the place of the one that the rig was opened with."""
        self.dispatchers[name].channel = channel

    def process(self, name: ChannelName, channel: Channel | None, *, live: bool = False, **options: Any) -> Dispatcher:
        """The dispatcher of another process on this rig's database and clock. `options` as for `Dispatcher`.

        Like the rig's own it prepares leases `in_turn`. A thread would work on while a test plays that the process
        sleeps.
        """
        outlet = Outlet(live=live, channel=name)
        return Dispatcher(self.database, outlet, channel, **{"clock": self.clock, "background": in_turn, **options})

    def queue(self, subject: str = "B-1", *messages: RenderedMessage, **changes: Any) -> None:
        """Queue an alert, an SMS unless said otherwise: no rule looks at it again before it goes."""
        self.commit(waiting(subject, *messages, **changes))

    def commit(self, *drafts: Draft) -> None:
        """Put these drafts into the outbox."""
        with self.database.begin() as connection:
            commit(connection, batch(*drafts), now=self.clock(), live=False)

    def notices(self) -> list[sa.Row[Any]]:
        with read_only(self.database) as connection:
            return notices(connection)

    def messages(self) -> list[sa.Row[Any]]:
        with read_only(self.database) as connection:
            return messages(connection)

    def states(self) -> tuple[list[str], list[str]]:
        """The states of all notices, and of all messages."""
        return [row.state for row in self.notices()], [row.state for row in self.messages()]

    def files(self) -> list[str]:
        """The names of what the sandbox received."""
        return sorted(path.name for path in self.outbox.glob("[!.]*"))


@contextmanager
def open_rig(folder: Path, database_url: str, channels: Mapping[ChannelName, Channel] | None = None) -> Iterator[Rig]:
    """A rig on an empty database; both channels lead to the sandbox unless the test brings its own."""
    database = open_engine(database_url)
    migrate(database)
    clock = Clock()
    sandbox = SandboxChannel(folder / "outbox")
    used = channels or dict.fromkeys(ChannelName, sandbox)
    with ExitStack() as closing:
        dispatchers = {
            name: closing.enter_context(
                Dispatcher(database, Outlet(live=False, channel=name), used.get(name), clock, background=in_turn)
            )
            for name in ChannelName
        }
        ruleset = load_ruleset(write_project(folder))
        yield Rig(folder=folder, database=database, ruleset=ruleset, dispatchers=dispatchers, clock=clock)
    database.dispose()


def waiting(subject: str, *messages: RenderedMessage, **changes: Any) -> Draft:
    """An alert, an SMS unless said otherwise, for `Rig.commit`."""
    return draft(subject, **({"kind": NoticeKind.ALERT, "messages": messages or (sms(),), "until": None} | changes))


def ana(**changes: Any) -> dict[str, Any]:
    """Ana, who reads English here."""
    return row_of(ANA, **({"locale": "en-US"} | changes))


def visit(**changes: Any) -> dict[str, Any]:
    return {
        "id": "A-1",
        "customer_id": "C-1",
        "contract_id": "K-1",
        "kind": "installation",
        "status": "confirmed",
        "starts_at": NOW + timedelta(hours=48),
        **changes,
    }


def contract(**changes: Any) -> dict[str, Any]:
    return {"id": "K-1", "customer_id": "C-1", "status": "active", **changes}
