"""Ana, to whom most tests write, and the moments at which they do."""

from datetime import UTC, datetime
from typing import Any

from notifier.model.notices import Recipient

NOW = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
"""Tuesday, 10:00 in Bogotá: 48 hours before Ana's appointment."""
MONDAY = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
"""The day before, 9:00 in Bogotá: when promises are looked at, and drafts were made."""
ANA = Recipient(
    id="C-1",
    name="Ana Ruiz",
    locale="es-CO",
    timezone="America/Bogota",
    country="CO",
    phone="+573001234567",
    email="ana@example.com",
)


def row_of(person: Recipient, **changes: Any) -> dict[str, Any]:
    """The person as a row of `customer`."""
    names = ("id", "name", "locale", "timezone", "country", "phone", "email")
    return {name: getattr(person, name) for name in names} | changes
