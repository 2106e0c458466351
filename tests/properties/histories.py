"""Random histories of a small business: rows come, change, move and go, clocks jump, rules are edited and set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)

IDS = {
    "site": ("S-1", "S-2"),
    "customer": ("C-1", "C-2", "C-3"),
    "contract": ("K-1", "K-2", "K-3"),
    "order": ("O-1", "O-2"),
    "appointment": ("A-1", "A-2", "A-3"),
    "charge": ("X-1", "X-2", "X-3"),
    "incident": ("I-1", "I-2"),
    "promise": ("P-1", "P-2", "P-3"),
    "contact": ("T-1", "T-2"),
}
"""Few ids, so that rows meet: most of what goes wrong needs two changes to the same thing."""

TURNING = 3
"""Every third history ends with what may become of one appointment after it was told."""
PAUSES = (0, 0, 1, 10, 60, 60, 180, 180, 360, 720, 1440, 2880, 10080)
"""Minutes between two steps; a long one is a daemon that was down."""


@dataclass(frozen=True)
class Step:
    """Something that happens, and how long it takes until the next tick."""

    minutes: int
    set: dict[str, list[dict[str, Any]]]
    delete: dict[str, list[str]]
    baseline: bool = False
    edit: bool = False
    """The rules are edited: the other version of the project comes into force."""


def history(seed: int, length: int = 4, times: int = 1) -> list[Step]:
    """A history that this seed stands for, with so many times the rows: what is shared out needs many of them."""
    writer = _Writer(Random(seed), times=times)
    steps = writer.steps(length)
    return [*steps, *_turns(Random(seed), writer.now)] if seed % TURNING == 1 else steps


def _turns(random: Random, now: datetime) -> list[Step]:
    """What becomes of one appointment that was told: another's, called off, on again, moved, gone, replaced."""
    row: dict[str, Any] = {
        "id": "A-1",
        "customer_id": "C-1",
        "contract_id": "K-1",
        "site_id": None,
        "kind": "installation",
        "status": "confirmed",
        "starts_at": (now + timedelta(hours=40)).isoformat(),
        "place": "Calle",
        "replaces": None,
    }
    people = [
        {"id": name, "name": "Ana Ruiz", "country": "CO", "email": f"{name.lower()}@example.com", "phone": None}
        for name in ("C-1", "C-2")
    ]
    contract = {"id": "K-1", "customer_id": "C-1", "status": "active"}
    steps = [Step(minutes=1, set={"customer": people, "contract": [contract], "appointment": [row]}, delete={})]
    for number in range(random.randint(4, 9)):
        minutes = random.choice([0, 1, 10, 60])
        match random.choice(["holder", "holder", "status", "status", "moved", "gone", "replaced", "merged"]):
            case "holder":
                row |= {"customer_id": random.choice(["C-1", "C-2"])}
            case "status":
                row |= {"status": random.choice(["confirmed", "confirmed", "cancelled", "completed"])}
            case "moved":
                row |= {"starts_at": (now + timedelta(hours=random.choice([20, 40, 60]))).isoformat()}
            case "gone":
                steps.append(Step(minutes=minutes, set={}, delete={"appointment": [row["id"]]}))
                continue
            case "replaced":
                old = row["id"]
                row |= {"id": f"A-1-{number}", "replaces": old, "status": "confirmed"}
                if random.random() < 0.5:
                    steps.append(Step(minutes=minutes, set={"appointment": [dict(row)]}, delete={"appointment": [old]}))
                    continue
            case _:
                email = random.choice(["c-1@example.com", "c-2@example.com"])
                steps.append(Step(minutes=minutes, set={"customer": [people[1] | {"email": email}]}, delete={}))
                continue
        steps.append(Step(minutes=minutes, set={"appointment": [dict(row)]}, delete={}))
    return steps


def clock_changes(seed: int, length: int = 4) -> tuple[datetime, list[Step]]:
    """A history around changes of the clocks, in zones where they differ, and the instant at which it begins."""
    random = Random(seed)
    start = datetime.fromisoformat(random.choice(["2026-03-06T14:00Z", "2026-03-26T14:00Z", "2026-10-22T14:00Z"]))
    writer = _ClockWriter(random, start)
    return start, [*writer.steps(length)]


class _Writer:
    def __init__(self, random: Random, start: datetime = START, times: int = 1) -> None:
        self.random = random
        self.now = start
        self.times = times
        self.ids = {entity: _so_many(ids, times) for entity, ids in IDS.items()}
        self.past: dict[str, list[dict[str, Any]]] = {}

    def steps(self, length: int) -> list[Step]:
        steps = [Step(minutes=0, set={name: self._rows(name, ids) for name, ids in self.ids.items()}, delete={})]
        for _ in range(length):
            minutes = self.random.choice(PAUSES)
            self.now += timedelta(minutes=minutes)
            entities = self.random.sample(sorted(IDS), k=self.random.choice([0, 1, 2, 3, 4]))
            writes: dict[str, list[dict[str, Any]]] = {}
            deletes: dict[str, list[str]] = {}
            for entity in entities:
                chosen = self.random.sample(self.ids[entity], k=self.times)
                if self.random.random() < 0.15:
                    deletes[entity] = chosen
                else:
                    rows = [self._again(entity) or self._changed(entity, each) for each in chosen]
                    writes[entity] = list({row["id"]: row for row in rows}.values())
            steps.append(
                Step(
                    minutes=minutes,
                    set=writes,
                    delete=deletes,
                    baseline=self.random.random() < 0.1,
                    edit=self.random.random() < 0.08,
                )
            )
        return steps

    def _rows(self, entity: str, ids: tuple[str, ...]) -> list[dict[str, Any]]:
        return [self._row(entity, each) for each in ids if self.random.random() < 0.85]

    def _again(self, entity: str) -> dict[str, Any] | None:
        """Sometimes a row as it once was: a value that goes and comes back."""
        known = self.past.get(entity)
        return self.random.choice(known) if known and self.random.random() < 0.3 else None

    def _changed(self, entity: str, row_id: str) -> dict[str, Any]:
        """Mostly the row as it was but for a field or two: what was told of it is to be corrected, held, let go."""
        before = [row for row in self.past.get(entity, ()) if row["id"] == row_id]
        fresh = self._row(entity, row_id)
        if not before or self.random.random() < 0.3:
            return fresh
        moved = self.random.sample(sorted(fresh.keys() - {"id"}), k=self.random.randint(1, 2))
        if entity == "promise":  # its value belongs to its topic and subject
            moved = [name for name in moved if name in ("state", "valid_until", "due_at", "made_at")]
        self.past[entity][-1] = before[-1] | {name: fresh[name] for name in moved}
        return self.past[entity][-1]

    def _row(self, entity: str, row_id: str) -> dict[str, Any]:
        row: dict[str, Any] = {"id": row_id} | getattr(self, f"_{entity}")()
        if entity == "customer":
            row = self._same_person(row)
        self.past.setdefault(entity, []).append(row)
        return row

    def _of(self, entity: str, *, nullable: bool = False) -> str | None:
        return None if nullable and self.random.random() < 0.2 else self.random.choice(self.ids[entity])

    def _time(self, *hours: float) -> str:
        return (self.now + timedelta(hours=self.random.choice(hours))).isoformat()

    def _site(self) -> dict[str, Any]:
        pick = self.random.choice
        return {
            "name": "Centro",
            "timezone": pick(["America/Bogota", "Europe/Madrid"]),
            "country": pick(["CO", "ES"]),
            "opening_hours": pick(["Mo-Sa 08:00-20:00; PH off", "Mo-Fr 09:00-18:00"]),
            "daily_capacity": pick([None, 1, 5]),
        }

    def _customer(self) -> dict[str, Any]:
        pick = self.random.choice
        return {
            "name": pick(["Ana Ruiz", "Luis Paz"]),
            "locale": pick(["es-CO", "en-US"]),
            "timezone": pick(["America/Bogota", "America/Bogota", "Europe/Madrid", None]),
            "country": pick(["CO", "ES"]),
            "phone": pick([None, "+573001234567", "+34612345678", "+576017455905"]),
            "email": pick([None, "ana@example.com", "luis@example.com", "josé@xn--espaa-rta.com", "ana@españa.com"]),
            "site_id": self._of("site", nullable=True),
        }

    def _same_person(self, row: dict[str, Any]) -> dict[str, Any]:
        """Sometimes a second record of a person: with the addresses and language of another row."""
        others = [other for other in self.past.get("customer", ()) if other["id"] != row["id"]]
        if not others or self.random.random() > 0.3:
            return row
        return row | {name: others[-1][name] for name in ("phone", "email", "locale")}

    def _contract(self) -> dict[str, Any]:
        pick = self.random.choice
        return {
            "customer_id": self._of("customer"),
            "site_id": self._of("site", nullable=True),
            "plan": pick(["Fibra", "Movil"]),
            "zone": pick([None, "norte", "sur"]),
            "status": pick(["active", "active", "suspended", "cancelled"]),
        }

    def _order(self) -> dict[str, Any]:
        pick = self.random.choice
        return {
            "customer_id": self._of("customer"),
            "contract_id": self._of("contract", nullable=True),
            "site_id": self._of("site", nullable=True),
            "status": pick(["acknowledged", "in_progress", "in_progress", "shipped", "completed", "cancelled"]),
            "placed_at": self._time(-30, -10, -1),
            "promised_at": pick([None, self._time(12, 30, 60, 90)]),
            "seller": pick(["Norte", "Sur"]),
        }

    def _appointment(self) -> dict[str, Any]:
        pick = self.random.choice
        return {
            "customer_id": self._of("customer"),
            "contract_id": self._of("contract", nullable=True),
            "order_id": self._of("order", nullable=True),
            "site_id": self._of("site", nullable=True),
            "kind": pick(["installation", "installation", "reservation", "repair"]),
            "status": pick(["initialized", "confirmed", "confirmed", "cancelled", "completed"]),
            "starts_at": self._time(-2, 6, 24, 40, 47, 49, 100),
            "place": pick([None, "Calle", "Carrera"]),
            "party_size": pick([None, 2, 6]),
        }

    def _charge(self) -> dict[str, Any]:
        pick = self.random.choice
        return {
            "customer_id": self._of("customer"),
            "contract_id": self._of("contract", nullable=True),
            "order_id": self._of("order", nullable=True),
            "kind": pick(["recurring", "recurring", "recurring", "one_off"]),
            "amount": pick(["79900", "111860", "111860", "80000"]),
            "currency": pick(["COP", "COP", "COP", "USD"]),
            "tax_included": pick([None, True, False]),
            "bill_at": pick([None, *[self._time(-20, 10, 22, 30, 80)] * 3]),
            "billed": pick([False, False, False, True]),
            "proration": pick([False, False, True]),
            "product": pick([None, "Fibra"]),
            "period_start": pick([None, *[(START + timedelta(days=days)).isoformat() for days in (0, 0, 30)]]),
        }

    def _incident(self) -> dict[str, Any]:
        pick = self.random.choice
        return {
            "kind": pick(["outage", "outage", "maintenance"]),
            "zone": pick([None, "norte", "sur"]),
            "site_id": self._of("site", nullable=True),
            "status": pick(["acknowledged", "in_progress", "in_progress", "resolved", "cancelled"]),
            "cause": pick([None, "lluvia", "obra"]),
            "started_at": self._time(-5, -1),
            "expected_end_at": pick([None, self._time(-1, 3, 12, 60)]),
        }

    def _promise(self) -> dict[str, Any]:
        pick = self.random.choice
        subject, topic, value = pick(
            [
                (f"contract:{self._of('contract')}", "price", "79900"),
                (f"contract:{self._of('contract')}", "price", "79900"),
                (f"contract:{self._of('contract')}", "monthly_price", "79900"),
                (f"order:{self._of('order')}", "price", "111860"),
                (f"contract:{self._of('contract')}", "cancelled", "true"),
                (f"customer:{self._of('customer')}", "callback", self._time(3, 8, 30)),
            ]
        )
        return {
            "customer_id": self._of("customer"),
            "subject": subject,
            "topic": topic,
            "value": value,
            "currency": pick(["COP", "COP", "COP", "USD"]) if "price" in topic else None,
            "tax_included": pick([None, True, False]),
            "made_at": self._time(-200, -30),
            "due_at": self._time(2, 6, 40),
            "source": pick(["sales", "agent", "notice"]),
            "valid_until": pick([None, None, None, self._time(5, 50)]),
            "state": pick(["open", "open", "open", "open", "withdrawn", "superseded"]),
        }

    def _contact(self) -> dict[str, Any]:
        pick = self.random.choice
        return {
            "customer_id": self._of("customer"),
            "at": self._time(-6, -3, -1),
            "channel": "phone",
            "direction": pick(["inbound", "outbound"]),
            "reason": pick([None, "factura", "cita"]),
            "outcome": pick([None, "answered", "open"]),
        }


def _so_many(ids: tuple[str, ...], times: int) -> tuple[str, ...]:
    letter = ids[0].split("-")[0]
    return tuple(f"{letter}-{number}" for number in range(1, len(ids) * times + 1))


class _ClockWriter(_Writer):
    """The same business in places whose clocks change on different days, by an hour or by half of one."""

    def _site(self) -> dict[str, Any]:
        zone, country = self._place()
        hours = self.random.choice(["Mo-Sa 08:00-20:00; PH off", "Th-Su 18:00-02:00"])
        return super()._site() | {"timezone": zone, "country": country, "opening_hours": hours}

    def _customer(self) -> dict[str, Any]:
        zone, country = self._place()
        return super()._customer() | {"timezone": zone, "country": country}

    def _place(self) -> tuple[str, str]:
        places = (("America/New_York", "US"), ("Europe/Madrid", "ES"), ("Africa/Casablanca", "MA"))
        return self.random.choice((*places, ("Australia/Lord_Howe", "AU")))


class Absence(StrEnum):
    """Why rules and checks are not in force for a while."""

    TYPO = "typo"
    """They have an error, or their file has: they are set aside."""
    GONE = "gone"
    """They left the project, and come back within a day or later."""


def absences(seed: int, steps: Sequence[Step], names: Sequence[str]) -> list[tuple[Absence, frozenset[str]] | None]:
    """For each step, which of the rules and checks are not in force at its ticks, and why; all are back at the last.

    Two of three histories have a stretch of it, some of them two.
    """
    random = Random(f"absences of {seed}")
    found: list[tuple[Absence, frozenset[str]] | None] = [None] * len(steps)
    for _ in range(random.choice([0, 1, 2])):
        first = random.randrange(0, len(steps) - 1)
        last = min(first + random.choice([1, 1, 2, 3]), len(steps) - 1)
        absent = random.choice([frozenset(names), frozenset(random.sample(names, k=len(names) // 3))])
        found[first:last] = [(random.choice(list(Absence)), absent)] * (last - first)
    return found
