"""What a new rule can be about, and what is usual then: when it speaks, what it says, and rows to try it on.

Each row is an example that a rule with nothing but the usual conditions is true for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Said:
    """The words of one language: `tells` is what is said, `takes_back` what those hear for whom it comes to nothing.

    `admits` and `makes_good` are what the company says and gives when it goes wrong.
    """

    tells: str
    takes_back: str
    admits: str
    makes_good: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One entity that rules are about. Instants in `row` and `moves` are distances from the example's moment."""

    entity: str
    when: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    """Kinds that a rule may choose one of."""
    at: str
    until: str | None = None
    claims: Mapping[str, str]
    row: Mapping[str, object]
    moves: Mapping[str, object]
    """What changes in the row after it was told, so that a correction is due; empty where nothing can."""
    over: Mapping[str, object]
    """What the row has when there is nothing to tell."""
    taken_back: str | None = None
    """The condition of the follow-up that takes the notice back."""
    over_after: tuple[str, ...] = ()
    """Instants from which on the usual conditions no longer hold."""
    each: tuple[str, str] | None = None
    to: str | None = None
    beside: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Rows that it needs, by entity."""
    said: Mapping[str, Said]


PLACE = "Calle 10 4-21"
SUBJECTS: Mapping[str, Subject] = {
    one.entity: one
    for one in (
        Subject(
            entity="appointment",
            when=("appointment.status in ['initialized', 'confirmed']",),
            kinds=("installation", "repair", "delivery", "reservation", "visit"),
            at="1d before appointment.starts_at at 18:00",
            until="1h before appointment.starts_at",
            claims={"starts_at": "appointment.starts_at", "place": "appointment.place"},
            row={"kind": "visit", "status": "confirmed", "starts_at": timedelta(0), "place": PLACE},
            moves={"starts_at": DAY},
            over={"status": "cancelled"},
            taken_back="appointment.status == 'cancelled'",
            said={
                "es": Said(
                    tells="le recordamos su cita",
                    takes_back="su cita queda cancelada",
                    admits="no cumplimos la cita que le confirmamos",
                    makes_good="la primera hora libre que le sirva, sin costo",
                ),
                "en": Said(
                    tells="we remind you of your appointment",
                    takes_back="your appointment is cancelled",
                    admits="we did not keep the appointment that we confirmed",
                    makes_good="the next free time that suits you, at no cost",
                ),
            },
        ),
        Subject(
            entity="order",
            when=("order.status in ['acknowledged', 'in_progress', 'held', 'shipped']",),
            at="1d before order.promised_at at 10:00",
            until="24h after order.promised_at",
            claims={"order_number": "order.id", "promised_at": "order.promised_at"},
            row={"status": "in_progress", "placed_at": -9 * DAY, "promised_at": timedelta(0)},
            moves={"promised_at": 2 * DAY},
            over={"status": "cancelled"},
            over_after=("completed_at", "cancelled_at"),
            taken_back="order.status == 'cancelled'",
            said={
                "es": Said(
                    tells="su pedido va en camino",
                    takes_back="su pedido queda cancelado",
                    admits="su pedido no llegó el día que le dijimos",
                    makes_good="el costo del envío, y una fecha nueva que revisamos a diario",
                ),
                "en": Said(
                    tells="your order is on its way",
                    takes_back="your order is cancelled",
                    admits="your order did not come on the day that we gave",
                    makes_good="the cost of shipping, and a new date that we look at every day",
                ),
            },
        ),
        Subject(
            entity="contract",
            when=("contract.status == 'active'",),
            at="14d before contract.ends_at at 10:00",
            until="1d before contract.ends_at",
            claims={"plan": "contract.plan", "ends_at": "contract.ends_at"},
            row={"plan": "Plan base", "status": "active", "ends_at": timedelta(0)},
            moves={"ends_at": 30 * DAY},
            over={"status": "cancelled"},
            over_after=("cancelled_at",),
            said={
                "es": Said(
                    tells="su contrato termina pronto",
                    takes_back="su contrato sigue como antes",
                    admits="no le avisamos a tiempo que su contrato terminaba",
                    makes_good="las mismas condiciones por un mes más",
                ),
                "en": Said(
                    tells="your contract ends soon",
                    takes_back="your contract stays as it is",
                    admits="we did not tell you in time that your contract ends",
                    makes_good="the same terms for one more month",
                ),
            },
        ),
        Subject(
            entity="charge",
            when=("not charge.billed",),
            kinds=("recurring", "one_off", "installation", "tax", "fee", "discount"),
            at="3d before charge.bill_at at 09:00",
            claims={"amount": "charge.amount", "bill_at": "charge.bill_at"},
            row={
                "kind": "recurring",
                "proration": False,
                "billed": False,
                "amount": "29900",
                "currency": "",
                "bill_at": timedelta(0),
            },
            moves={"amount": "24900"},
            over={"billed": True},
            over_after=("bill_at",),
            said={
                "es": Said(
                    tells="este es su próximo cobro",
                    takes_back="el cobro no se hace",
                    admits="le cobramos algo distinto de lo que le avisamos",
                    makes_good="la diferencia, devuelta por el mismo medio",
                ),
                "en": Said(
                    tells="this is your next charge",
                    takes_back="the charge is not made",
                    admits="we charged something else than we announced",
                    makes_good="the difference, given back the same way",
                ),
            },
        ),
        Subject(
            entity="incident",
            when=("incident.status == 'planned'",),
            kinds=("outage", "maintenance", "delay", "other"),
            at="2d before incident.started_at at 10:00",
            until="1h before incident.started_at",
            claims={"started_at": "incident.started_at", "expected_end_at": "incident.expected_end_at"},
            row={
                "kind": "maintenance",
                "zone": "Z-1",
                "status": "planned",
                "started_at": timedelta(0),
                "expected_end_at": timedelta(hours=6),
            },
            moves={"started_at": DAY, "expected_end_at": DAY + timedelta(hours=6)},
            over={"status": "cancelled"},
            over_after=("started_at", "expected_end_at", "ended_at"),
            taken_back="incident.status == 'cancelled'",
            each=("contract", "incident.contracts.filter(c, c.status == 'active')"),
            to="contract.customer",
            beside={"contract": {"status": "active", "zone": "Z-1"}},
            said={
                "es": Said(
                    tells="hay trabajos planeados que tocan su servicio",
                    takes_back="los trabajos se cancelan y su servicio sigue",
                    admits="los trabajos duraron más de lo que le dijimos",
                    makes_good="un abono por las horas sin servicio",
                ),
                "en": Said(
                    tells="there will be works that touch your service",
                    takes_back="the works are off, and your service goes on",
                    admits="the works took longer than we said",
                    makes_good="a credit for the hours without service",
                ),
            },
        ),
        Subject(
            entity="contact",
            when=("contact.direction == 'inbound'", "contact.outcome == 'open'"),
            at="24h after contact.at",
            claims={"opened_at": "contact.at"},
            row={"at": timedelta(0), "channel": "phone", "direction": "inbound", "outcome": "open"},
            moves={},
            over={"outcome": "solved"},
            said={
                "es": Said(
                    tells="su caso sigue abierto y lo estamos viendo",
                    takes_back="su caso quedó resuelto",
                    admits="no le dimos noticias cuando dijimos",
                    makes_good="una persona con nombre que sigue su caso hasta el final",
                ),
                "en": Said(
                    tells="your case is open, and we are on it",
                    takes_back="your case is solved",
                    admits="we did not write when we said",
                    makes_good="one person, by name, who follows your case to its end",
                ),
            },
        ),
    )
}
"""By entity."""
RELATED: Mapping[str, Mapping[str, object]] = {
    "contract": {"status": "active"},
    "order": {"status": "in_progress", "placed_at": -9 * DAY},
    "appointment": {"kind": "visit", "status": "confirmed", "starts_at": timedelta(0)},
    "site": {"name": "Centro", "opening_hours": "Mo-Su 08:00-20:00"},
}
"""Rows that a condition may lead to, with what they must have."""
