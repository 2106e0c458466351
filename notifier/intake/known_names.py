"""What other systems call our columns and the texts in them, in English, Spanish and Portuguese.

A match is only a suggestion, which a person reads in a draft.
"""

import re
from collections.abc import Mapping

ANY = "*"
"""Names that hold for every entity."""

NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    ANY: {
        "customer_id": (
            *("customer", "customer number", "account", "client", "client id", "user id", "requester id"),
            *("cliente", "id cliente", "código de cliente", "consumer id"),
            *("patient", "patient id", "paciente", "usuario", "socio"),
        ),
        "order_id": ("order", "order number", "order name", "reference id", "pedido", "número de pedido"),
        "contract_id": ("contract", "subscription", "subscription id", "contrato", "suscripción", "assinatura"),
        "site_id": ("site", "store", "shop", "branch", "location id", "sede", "tienda", "sucursal", "loja"),
        "currency": ("currency code", "order currency", "moneda", "divisa", "moeda"),
        "email": (
            *("email", "e-mail", "mail", "email address", "billing email", "customer email", "invitee email"),
            *("requester email", "correo", "correo electrónico"),
        ),
        "phone": ("telephone", "mobile", "phone number", "billing phone", "teléfono", "celular", "móvil", "telefone"),
        "country": ("country code", "billing country", "shipping country", "país"),
        "timezone": ("time zone", "invitee time zone", "zona horaria", "fuso horário"),
        "locale": ("language", "idioma"),
        "status": ("state", "order status", "fulfillment status", "estado", "situação", "estatus"),
    },
    "customer": {
        "id": ("customer id", "client id", "user id", "cliente", "id cliente"),
        "name": ("full name", "customer name", "invitee name", "billing name", "nombre", "nome", "razón social"),
    },
    "order": {
        "id": (
            *("order id", "order number", "order no", "order nr", "order name", "order", "pedido", "número de pedido"),
            *("nº pedido", "nro pedido", "no pedido", "orden", "número de orden", "nro orden", "name"),
        ),
        "placed_at": (
            *("created at", "order date", "date created", "date", "ordered at", "purchase date", "fecha"),
            *("fecha de pedido", "fecha de compra", "creado el", "data"),
        ),
        "promised_at": ("estimated delivery", "delivery date", "due date", "fecha de entrega", "entrega estimada"),
        "handed_over_at": ("fulfilled at", "shipped at", "shipping date", "fecha de envío"),
        "completed_at": ("delivered at", "completed at", "completed date", "entregado el"),
        "cancelled_at": ("cancelled at", "canceled at", "cancelado el"),
        "total": ("order total", "amount", "grand total", "importe", "valor", "total pedido", "monto"),
        "seller": ("vendor", "vendedor"),
    },
    "appointment": {
        "id": ("event id", "appointment id", "booking id", "event uuid", "reservation", "cita", "reserva"),
        "kind": ("event type name", "type", "service", "tipo", "servicio"),
        "starts_at": ("start date & time", "start", "start time", "starts", "start date", "inicio", "fecha", "hora"),
        "ends_at": ("end date & time", "end", "end time", "ends", "fin"),
        "place": ("location", "address", "lugar", "dirección", "endereço"),
        "party_size": ("guests", "people", "covers", "personas"),
    },
    "charge": {
        "id": ("line", "line id", "invoice line", "invoice id", "invoice number", "factura", "línea"),
        "amount": ("total", "price", "importe", "valor", "monto", "precio"),
        "bill_at": (
            *("issue date", "invoice date", "due date", "fecha de emisión", "fecha de factura"),
            *("vencimiento", "fecha de vencimiento", "fecha"),
        ),
        "billed": ("invoiced", "facturado", "facturada"),
        "product": ("item", "description", "concepto", "producto"),
        "kind": ("type", "tipo"),
    },
    "contact": {
        "id": ("ticket id", "ticket", "ticket number", "caso", "número de caso"),
        "at": ("created at", "date", "created", "fecha", "creado el"),
        "channel": ("via", "canal"),
        "subject": ("title", "asunto"),
        "reason": ("tags", "category", "motivo", "categoría"),
        "outcome": ("status", "estado"),
    },
    "feedback": {
        "id": ("review id", "response id", "survey id", "reseña"),
        "at": ("created at", "review created", "date", "date created", "fecha"),
        "score": ("stars", "rating", "review stars", "nps", "puntuación", "calificación", "nota"),
        "text": ("review content", "review text", "comment", "content", "comentario", "opinión"),
    },
    "contract": {
        "id": ("contract id", "contract number", "subscription id", "contrato", "número de contrato"),
        "started_at": ("start date", "activated at", "inicio", "fecha de alta"),
        "ends_at": ("end date", "fin", "fecha de baja"),
        "plan": ("product", "tariff", "tarifa"),
    },
    "site": {
        "id": ("site id", "store id", "branch id", "sede", "tienda"),
        "name": ("store name", "nombre"),
        "opening_hours": ("hours", "horario"),
        "address": ("dirección", "endereço"),
    },
}
MEANINGS: Mapping[str, tuple[str, ...]] = {
    "acknowledged": ("pending", "open", "new", "received", "pendiente", "nuevo", "recibido", "checkout draft"),
    "in_progress": (
        *("processing", "unfulfilled", "preparing", "partial", "en proceso", "en preparación", "preparando"),
    ),
    "held": ("on hold", "wc on hold", "paused", "en espera", "retenido"),
    "shipped": ("fulfilled", "sent", "in transit", "dispatched", "enviado", "despachado", "en camino"),
    "completed": ("delivered", "complete", "done", "finished", "entregado", "completado", "finalizado", "concluído"),
    "cancelled": ("canceled", "refunded", "void", "voided", "cancelado", "anulado", "reembolsado"),
    "failed": ("error", "rejected", "fallido", "rechazado"),
    "confirmed": ("active", "accepted", "booked", "scheduled", "confirmado", "confirmada"),
    "initialized": ("tentative", "needs action", "pending", "pendiente"),
    "solved": ("closed", "resolved", "cerrado", "resuelto"),
    "open": ("new", "pending", "hold", "on hold", "abierto", "pendiente"),
    "active": ("activo", "activa"),
    "suspended": ("paused", "suspendido"),
    "terminated": ("ended", "expired", "terminado"),
    "phone": ("voice", "call", "teléfono", "llamada"),
    "email": ("mail", "correo"),
    "social": ("facebook", "twitter", "x", "instagram"),
    "chat": ("messaging", "web widget", "native messaging"),
    "visit": ("meeting", "visita"),
    "repair": ("reparación",),
    "installation": ("install", "instalación"),
    "reservation": ("booking", "table", "reserva"),
}
"""What other systems say for the texts that our columns allow."""


def plain(name: str) -> str:
    """A name without capitals and marks, so that `Order_ID`, `orderId` and `order id` are one."""
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold()).strip()


def names_of(entity: str, column: str) -> tuple[str, ...]:
    """What others call a column of an entity, the likeliest first."""
    known = (*NAMES.get(entity, {}).get(column, ()), *NAMES[ANY].get(column, ()))
    return tuple(plain(name) for name in (column, *known))


def meaning(text: str, allowed: tuple[str, ...]) -> str | None:
    """Which of the allowed texts another system's text probably means; None where nothing says it."""
    written = _masculine(plain(text).removeprefix("wc "))
    for value in allowed:
        if written in (_masculine(plain(each)) for each in (value, *MEANINGS.get(value, ()))):
            return value
    return None


def _masculine(text: str) -> str:
    """An order is `cancelado`, and an appointment is `cancelada`."""
    return re.sub(r"([ai]d)a$", r"\1o", text)
