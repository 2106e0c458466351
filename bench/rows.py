"""A seed and a scale -> the rows of a company: telephone, shops, restaurants, energy. Deterministic.

Values are independent of the database: instants are microseconds since 1970, amounts 1/10000, booleans 0 and 1,
attributes JSON texts. `database.py` converts them for each database.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

SEED = 4
NOW = datetime(2026, 6, 15, 15, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Bogotá. Everything that is due is due around it."""

_NOW = int(NOW.timestamp()) * 1_000_000
_MINUTE = 60_000_000
_DAY = 1440
"""A day in minutes."""
_STEP = 5
"""Instants are on a grid of this many minutes, like those that people enter."""

Row = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The number of rows of each entity at a scale; 1.0 is the state that the target is set for."""

    scale: float

    @property
    def customers(self) -> int:
        """Half as many as contracts."""
        return max(40, int(500_000 * self.scale))

    @property
    def sites(self) -> int:
        """Shops, restaurants and depots."""
        return max(4, int(200 * self.scale))

    @property
    def zones(self) -> int:
        """Zones of about 500 contracts each."""
        return max(2, int(2_000 * self.scale))

    @property
    def contracts(self) -> int:
        """A million at full scale."""
        return int(1_000_000 * self.scale)

    @property
    def orders(self) -> int:
        """A million at full scale."""
        return int(1_000_000 * self.scale)

    @property
    def charges(self) -> int:
        """Two for each contract."""
        return int(2_000_000 * self.scale)

    @property
    def appointments(self) -> int:
        """A fifth of the orders."""
        return int(200_000 * self.scale)

    @property
    def incidents(self) -> int:
        """One for every twenty zones; most of them past."""
        return max(20, int(100 * self.scale))

    @property
    def promises(self) -> int:
        """Promises by sellers, agents and robots."""
        return int(300_000 * self.scale)

    @property
    def contacts(self) -> int:
        """Calls and chats."""
        return int(300_000 * self.scale)

    @property
    def consents(self) -> int:
        """Customers who allowed or refused a channel."""
        return int(100_000 * self.scale)


@dataclass(frozen=True, kw_only=True)
class Table:
    """The rows of one table."""

    name: str
    columns: Sequence[str]
    make: Callable[[Sizes, Random], Iterator[Row]]

    def rows(self, sizes: Sizes) -> Iterator[Row]:
        """All rows, in the order of their ids."""
        return self.make(sizes, Random(f"{SEED} {self.name}"))


def customer_id(number: int) -> str:
    """The id of a customer."""
    return f"C{number:07d}"


def contract_id(number: int) -> str:
    """The id of a contract."""
    return f"K{number:07d}"


def order_id(number: int) -> str:
    """The id of an order."""
    return f"O{number:07d}"


def charge_id(number: int) -> str:
    """The id of a charge."""
    return f"X{number:07d}"


def appointment_id(number: int) -> str:
    """The id of an appointment."""
    return f"A{number:07d}"


def _site_id(number: int) -> str:
    return f"S{number:04d}"


def _zone_id(number: int) -> str:
    return f"Z{number:04d}"


def _at(minutes: float) -> int:
    """The instant this many minutes after `NOW`, on the grid."""
    return _NOW + int(minutes) // _STEP * _STEP * _MINUTE


def _customers(sizes: Sizes, random: Random) -> Iterator[Row]:
    for number in range(sizes.customers):
        draw = random.random()
        site = _site_id(number % sizes.sites) if draw < 0.03 else None
        phone = f"+5730{number:08d}" if draw > 0.02 else None
        email = f"c{number}@example.com" if draw > 0.1 or draw < 0.02 else None
        preferred = "email" if 0.5 < draw < 0.55 else None
        yield customer_id(number), f"Ana {number}", "es-CO", "America/Bogota", "CO", phone, email, preferred, site


def _sites(sizes: Sizes, random: Random) -> Iterator[Row]:
    for number in range(sizes.sites):
        hours = "Tu-Su 12:00-23:00" if _is_restaurant(number) else "Mo-Sa 09:00-19:00; PH off"
        capacity = random.randrange(25, 70)
        yield _site_id(number), f"Site {number}", f"Calle {number}", "America/Bogota", "CO", hours, capacity


def _is_restaurant(site: int) -> bool:
    return site % 4 == 3


def _contracts(sizes: Sizes, random: Random) -> Iterator[Row]:
    plans = ("fibre 300", "fibre 600", "mobile 20", "mobile 60", "energy home", "energy shop", "water", "tv")
    for number in range(sizes.contracts):
        draw, other = random.random(), random.random()
        status = _drawn(
            draw, (0.85, "active"), (0.88, "pending"), (0.92, "suspended"), (0.97, "cancelled"), (1, "terminated")
        )
        started = _at(-other * 4 * 365 * _DAY)
        ends = _at((random.random() * 2 - 1) * 365 * _DAY) if other < 0.4 else None
        site = _site_id(number % sizes.sites) if draw < 0.05 else None
        cancelled = _at(-draw * 300 * _DAY) if status == "cancelled" else None
        zone = _zone_id(int(random.random() * sizes.zones))
        customer = customer_id(number % sizes.customers)
        yield contract_id(number), customer, site, plans[number % 8], zone, status, started, ends, cancelled


def _orders(sizes: Sizes, random: Random) -> Iterator[Row]:
    for number in range(sizes.orders):
        draw, other, third = random.random(), random.random(), random.random()
        status = _drawn(
            draw,
            (0.015, "acknowledged"),
            (0.045, "in_progress"),
            (0.05, "held"),
            (0.08, "shipped"),
            (0.93, "completed"),
            (0.99, "cancelled"),
            (1, "failed"),
        )
        age = other * (10 if draw < 0.08 else 700) * _DAY
        handover = _at(-age + (1 + 2 * third) * _DAY)
        handed = handover if status in ("shipped", "completed") else None
        yield (
            order_id(number),
            customer_id(int(third * sizes.customers)),
            contract_id(int(other * sizes.contracts)) if third < 0.3 else None,
            _shop(int(third * 1e6), sizes) if other < 0.6 else None,
            status,
            _at(-age),
            _at(-age + (3 + 5 * third) * _DAY),
            handover,
            handed,
            _at(-age + 5 * _DAY) if status == "completed" else None,
            _at(-age + _DAY) if status == "cancelled" else None,
            int(other * 2_000_000) * 10_000,
            "COP",
            f"seller {number % 400}",
            '{"locker":true,"weight":"2.5"}' if third > 0.9 else None,
        )


def _shop(number: int, sizes: Sizes) -> str:
    site = number % sizes.sites
    return _site_id(site - 1 if _is_restaurant(site) else site)


def _restaurant(number: int, sizes: Sizes) -> str:
    return _site_id(number % max(sizes.sites // 4, 1) * 4 + 3)


def _charges(sizes: Sizes, random: Random) -> Iterator[Row]:
    products = ("internet", "decoder", "router", "visit", "energy", "water", "film", "roaming")
    for number in range(sizes.charges):
        draw, other = random.random(), random.random()
        kind = _drawn(
            draw,
            (0.6, "recurring"),
            (0.75, "one_off"),
            (0.8, "installation"),
            (0.85, "tax"),
            (0.95, "fee"),
            (1, "discount"),
        )
        bill = (other * 395 - 365) * _DAY
        yield (
            charge_id(number),
            customer_id(number % sizes.contracts % sizes.customers),
            contract_id(number % sizes.contracts),
            products[int(other * 80) % 8],
            kind,
            int(kind == "recurring" and draw < 0.02),
            int(20_000 + draw * 150_000) // 10 * 10 * 10_000,
            "COP",
            1,
            _at(bill - 30 * _DAY),
            _at(bill),
            _at(bill),
            int(bill < 0),
        )


def _appointments(sizes: Sizes, random: Random) -> Iterator[Row]:
    for number in range(sizes.appointments):
        draw, other, third = random.random(), random.random(), random.random()
        kind = _drawn(
            draw, (0.2, "installation"), (0.4, "repair"), (0.6, "delivery"), (0.95, "reservation"), (1, "visit")
        )
        starts = -365 * _DAY * other / 0.7 if other < 0.7 else 30 * _DAY * (other - 0.7) / 0.3
        if starts < 0:
            status = "completed" if third < 0.9 else "cancelled"
        else:
            status = _drawn(third, (0.3, "initialized"), (0.9, "confirmed"), (1, "cancelled"))
        reservation, delivery = kind == "reservation", kind == "delivery"
        yield (
            appointment_id(number),
            customer_id(int(third * sizes.customers)),
            None if reservation or delivery else contract_id(int(third * sizes.contracts)),
            order_id(int(other * 1e7) % sizes.orders) if delivery else None,
            _restaurant(int(draw * 1e6), sizes) if reservation else None,
            kind,
            status,
            _at(starts),
            _at(starts + 120),
            1 + int(third * 12) if reservation else None,
            f"Calle {number % 900}",
            '{"walk_in":true}' if reservation and draw > 0.92 else None,
        )


def _incidents(sizes: Sizes, random: Random) -> Iterator[Row]:
    for number in range(sizes.incidents):
        draw = random.random()
        kind = ("outage", "outage", "maintenance", "delay")[number % 4]
        zone = _zone_id(int(draw * sizes.zones))
        open_one = number % 20 < 3
        if kind == "maintenance":
            status, start = ("planned", draw * 4 * _DAY) if open_one else ("closed", -draw * 400 * _DAY)
        else:
            status, start = ("in_progress", -draw * _DAY) if open_one else ("resolved", -draw * 400 * _DAY)
        ended = None if open_one else _at(start + 300)
        yield f"I{number:05d}", kind, zone, None, status, "fibre cut", _at(start), _at(start + 600), ended


def _promises(sizes: Sizes, random: Random) -> Iterator[Row]:
    for number in range(sizes.promises):
        draw, other = random.random(), random.random()
        contract = int(other * sizes.contracts)
        customer = customer_id(contract % sizes.customers)
        made = _at(-other * 500 * _DAY - 400 * _DAY)
        common = (f"P{number:07d}", customer)
        if draw < 0.85:
            # Sometimes a low one, which the charge contradicts.
            price = 15_000 if number % 500 == 0 else int(170_000 + draw * 400_000) // 10 * 10
            told: Row = ("contract", contract_id(contract), "monthly_price", str(price), price * 10_000, None, "COP")
            yield *common, *told, made, None, "seller 7", "sales", "superseded" if draw < 0.1 else "open"
        elif draw < 0.95:
            due = _at(-30 * _DAY - other * 100 * _DAY if other < 0.98 else (other - 0.98) * 100 * _DAY)
            told = ("customer", customer, "callback", _canonical(due), None, due, None)
            yield *common, *told, due - _DAY * _MINUTE, due, "agent 3", "agent", "kept" if other < 0.98 else "open"
        else:
            told = ("contract", contract_id(contract), "cancelled", "true", None, None, None)
            yield *common, *told, made, None, "agent 3", "agent", "open"


def _canonical(instant: int) -> str:
    return (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=instant)).isoformat().replace("+00:00", "Z")


def _contacts(sizes: Sizes, random: Random) -> Iterator[Row]:
    for number in range(sizes.contacts):
        draw, other = random.random(), random.random()
        direction, outcome = ("outbound", "answered") if draw < 0.4 else ("inbound", "solved")
        reason = "renewal" if draw < 0.1 else "where is my order"
        at = _at(-other * 90 * _DAY)
        yield f"T{number:07d}", customer_id(int(draw * sizes.customers)), at, "phone", direction, reason, outcome


def _consents(sizes: Sizes, random: Random) -> Iterator[Row]:
    for number in range(sizes.consents):
        customer = customer_id(number % sizes.customers)
        channel, of = ("sms", "email")[number % 2], ("service", "billing", "marketing")[number % 3]
        allowed = int(random.random() < 0.7)
        yield f"{customer}/{channel}/{of}", customer, channel, of, allowed, _at(-_DAY * 90), "web"


def _drawn(draw: float, *steps: tuple[float, str]) -> str:
    return next(text for limit, text in steps if draw < limit)


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(
            name="customer",
            columns=_columns("id name locale timezone country phone email preferred_channel site_id"),
            make=_customers,
        ),
        Table(
            name="site",
            columns=_columns("id name address timezone country opening_hours daily_capacity"),
            make=_sites,
        ),
        Table(
            name="contract",
            columns=_columns("id customer_id site_id plan zone status started_at ends_at cancelled_at"),
            make=_contracts,
        ),
        Table(
            name="order",
            columns=_columns(
                "id customer_id contract_id site_id status placed_at promised_at handover_due_at handed_over_at"
                " completed_at cancelled_at total currency seller attributes"
            ),
            make=_orders,
        ),
        Table(
            name="charge",
            columns=_columns(
                "id customer_id contract_id product kind proration amount currency tax_included period_start"
                " period_end bill_at billed"
            ),
            make=_charges,
        ),
        Table(
            name="appointment",
            columns=_columns(
                "id customer_id contract_id order_id site_id kind status starts_at ends_at party_size place attributes"
            ),
            make=_appointments,
        ),
        Table(
            name="incident",
            columns=_columns("id kind zone site_id status cause started_at expected_end_at ended_at"),
            make=_incidents,
        ),
        Table(
            name="promise",
            columns=_columns(
                "id customer_id subject_type subject_id topic value value_number value_at currency made_at due_at"
                " made_by source state"
            ),
            make=_promises,
        ),
        Table(name="contact", columns=_columns("id customer_id at channel direction reason outcome"), make=_contacts),
        Table(name="consent", columns=_columns("id customer_id channel class allowed at source"), make=_consents),
    )
}
"""Every imported table except feedback, which no rule reads."""
