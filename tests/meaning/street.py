"""Short ways to say a rule, what happens, and what customers and owners heard of it, all through the real runtime."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.delivery.outcomes import Retry
from notifier.delivery.sandbox import SandboxChannel
from notifier.intake.events import ChangeSet, apply_change_set
from notifier.intake.parsing import ImportContext
from notifier.model.contradictions import Contradiction
from notifier.model.types import ChannelName
from notifier.store.contradictions import ContradictionFilter, listed
from notifier.store.database import read_only
from notifier.tick import evaluate
from tests.support.rig import NOW, Rig
from tests.support.scripted import ScriptedChannel

Rows = Sequence[Mapping[str, Any]]

REMINDER: dict[str, Any] = {
    "rule": "visit-reminder",
    "about": "appointment",
    "owner": "field",
    "class": "service",
    "when": "appointment.status == 'confirmed'",
    "at": "48h before appointment.starts_at",
    "until": "3h before appointment.starts_at",
    "born_late": "tell",
    "claims": {"starts_at": "appointment.starts_at"},
    "template": "visit",
    "channels": ["sms", "email"],
    "exit": "desk",
}
"""The rule of `tests.support.rig`, to be varied."""
HELD_ORDER: dict[str, Any] = REMINDER | {
    "rule": "order-held",
    "about": "order",
    "when": "order.status == 'held'",
    "at": None,
    "until": None,
    "claims": {"seller": "order.seller"},
    "template": "seller",
}
"""A rule without `at`."""
PRICE: dict[str, Any] = {
    "check": "promised-price",
    "promise": "monthly_price",
    "against": "charge",
    "on": "charge.contract",
    "when": "charge.kind == 'recurring' and not charge.billed",
    "actual": "charge.amount",
    "surfaces_at": "charge.bill_at",
    "warn": "72h",
    "owner": "field",
    "severity": "high",
    "hold": {"topics": ["monthly_price"], "rules": ["visit-reminder"]},
}
FORMS = {"starts_at": "| datetime", "expected_end_at": "| datetime", "price": "| money", "date": "| date"}
"""How a template prints the claims of these names; every other one as it is."""


def rule(of: Mapping[str, Any] = REMINDER, **changes: Any) -> dict[str, Any]:
    """A rule with other values for some keys; `None` leaves a key out, and `class_` is `class`.

    Without `at` it has no `born_late`.
    """
    merged = {**of, **{key.rstrip("_"): value for key, value in changes.items()}}
    if merged.get("at") is None:
        merged["born_late"] = None
    return {key: value for key, value in merged.items() if value is not None}


def template(name: str, *claims: str) -> dict[str, str]:
    """The files of a template that prints these claims, on every channel."""
    printed = [f"{{{{ {claim} {FORMS.get(claim, '')} }}}}" for claim in claims]
    way_out = "Questions? Call {{ exit.address }}, ref. {{ reference }}"
    return {
        f"templates/{name}/sms.en.txt.j2": f"{{{{ company }}}}, {name}: {', '.join(printed)}. {way_out}\n",
        f"templates/{name}/email.en.subject.j2": f"About {name}\n",
        f"templates/{name}/email.en.txt.j2": (
            "Hello {{ customer.first_name }},\n\n"
            + "".join(f"- {claim}: {form}\n" for claim, form in zip(claims, printed, strict=True))
            + f"\n{way_out}.\n\n{{{{ company }}}}\n"
        ),
    }


TEMPLATES = (
    template("seller", "seller")
    | template("place", "place")
    | template("price", "price")
    | template("plan", "starts_at", "plan")
    | template("cancelled", "starts_at")
    | template("over", "seller")
    | template("outage", "expected_end_at")
    | template("closed", "date")
)
TOPICS = "topics: { monthly_price: { type: money, worse: higher }, callback: { type: timestamp } }\n"


def in_force(rig: Rig, *rules: Mapping[str, Any], checks: Rows = (), files: Mapping[str, str] | None = None) -> None:
    """Put these rules and checks in force in place of all others; `files` are further files by name."""
    written = {"rules/visits.yaml": json.dumps({"rules": rules, "checks": checks}), "rules/topics.yaml": TOPICS}
    rig.reload(TEMPLATES | written | dict(files or {}))
    assert [str(problem) for problem in rig.ruleset.project.problems if problem.severity == "error"] == []


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One notice that left the rig: everything that was handed over of it since the last look."""

    kind: str
    rule: str
    to: str
    """The customer's id, or the owner's."""
    subject: str
    channels: tuple[str, ...]
    texts: tuple[str, ...]


def happen(rig: Rig, /, **set_: Rows) -> None:
    """Write these rows at the rig's present, in the shape of a scenario's timeline; nothing is decided yet."""
    _apply(rig, ChangeSet(at=rig.clock(), set=set_))


def load_baseline(rig: Rig, /, **set_: Rows) -> None:
    """Write these rows as `import --baseline` does."""
    _apply(rig, ChangeSet(at=rig.clock(), set=set_), baseline=True)


def remove(rig: Rig, /, **ids: Sequence[str]) -> None:
    """Delete these rows."""
    _apply(rig, ChangeSet(at=rig.clock(), delete=ids))


def _apply(rig: Rig, change_set: ChangeSet, *, baseline: bool = False) -> None:
    context = ImportContext.of(rig.ruleset.project, "CO")
    with rig.database.begin() as connection:
        apply_change_set(connection, change_set, context, baseline=baseline)


def too_dear() -> dict[str, list[dict[str, Any]]]:
    """A price that was promised for Ana's contract, and a recurring charge above it."""
    return {"promise": [price_promise()], "charge": [charge()]}


def price_promise(**changes: Any) -> dict[str, Any]:
    return {
        "id": "P-1",
        "customer_id": "C-1",
        "subject": "contract:K-1",
        "topic": "monthly_price",
        "value": 79900,
        "currency": "COP",
        "made_at": NOW - timedelta(days=9),
        "source": "sales",
        **changes,
    }


def charge(**changes: Any) -> dict[str, Any]:
    return {
        "id": "X-1",
        "customer_id": "C-1",
        "contract_id": "K-1",
        "kind": "recurring",
        "amount": 111860,
        "currency": "COP",
        "bill_at": NOW + timedelta(days=9),
        "billed": False,
        "proration": False,
        **changes,
    }


def play(rig: Rig, at: datetime | None = None, /, **set_: Rows) -> list[Sent]:
    """It is `at`, these rows are written, a tick decides and dispatch sends: what customers heard of it."""
    return _played(rig, at, set_, live=False)


def play_live(rig: Rig) -> list[Sent]:
    """A tick decides and dispatch sends, as if it were for real: into a folder of its own."""
    return _played(rig, None, {}, live=True)


def _played(rig: Rig, at: datetime | None, set_: Mapping[str, Rows], *, live: bool) -> list[Sent]:
    if at is not None:
        rig.clock.at = at
    if set_:
        happen(rig, **set_)
    before = {row.id for row in rig.messages() if row.accepted_at is not None}
    report = evaluate(rig.database, rig.ruleset, rig.clock(), live=live)
    assert report.failures == ()
    if live:
        for name in ChannelName:
            channel = SandboxChannel(rig.folder / "live")
            with rig.process(name, channel, live=True) as dispatcher:
                dispatcher.dispatch(rig.ruleset)
    else:
        rig.dispatch()
    return [sent for sent in _sent(rig, before) if sent.kind != "alert"]


def busy(rig: Rig, calls: int = 1) -> None:
    """The provider of SMS is busy for its next calls, and takes what comes after."""
    rig.play(ChannelName.SMS, ScriptedChannel(*[Retry(reason="busy")] * calls))


def retried(rig: Rig) -> list[sa.Row[Any]]:
    """The messages that a provider took only later."""
    return [row for row in rig.messages() if row.state == "accepted" and row.attempts > 1]


def _sent(rig: Rig, before: set[str]) -> list[Sent]:
    handed_over = [row for row in rig.messages() if row.accepted_at is not None and row.id not in before]
    found = []
    for notice in rig.notices():
        messages = sorted((row for row in handed_over if row.notice_id == notice.id), key=lambda row: row.channel)
        if messages:
            found.append(
                Sent(
                    kind=notice.kind,
                    rule=notice.rule,
                    to=notice.recipient_id,
                    subject=notice.subject_id,
                    channels=tuple(row.channel for row in messages),
                    texts=tuple(row.text for row in messages),
                )
            )
    return found


def alerts(rig: Rig) -> list[Sent]:
    """Everything that owners were told so far, in no order."""
    return [sent for sent in _sent(rig, set()) if sent.kind == "alert"]


def notice(rig: Rig, **wanted: Any) -> sa.Row[Any]:
    """The only notice to a customer with these values."""
    (found,) = [
        row
        for row in rig.notices()
        if row.kind != "alert" and all(getattr(row, name) == value for name, value in wanted.items())
    ]
    return found


def states(rig: Rig) -> list[tuple[str, str]]:
    """Kind and state of every notice to a customer, in the order decided; what was decided at once by its state."""
    rows = sorted(rig.notices(), key=lambda row: (row.decided_at, row.state))
    return [(row.kind, row.state) for row in rows if row.kind != "alert"]


def contradictions(rig: Rig) -> list[Contradiction]:
    """All of them, in any state."""
    with read_only(rig.database) as connection:
        return listed(connection, ContradictionFilter())


def count(rig: Rig, table: str) -> int:
    """How many rows the table has."""
    with read_only(rig.database) as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def utc(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant in March 2026; Bogotá is five hours behind."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)
