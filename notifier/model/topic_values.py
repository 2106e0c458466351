"""What a value of a topic may be. `values` reads and writes them."""

from datetime import datetime
from decimal import Decimal

from notifier.model.quantities import Quantity
from notifier.model.windows import Window

TopicValue = Decimal | datetime | bool | str | Quantity | Window
"""A value of a topic; which of these it is follows from the topic's type."""
