"""What `draft()` asks of the store, answered on one connection: one snapshot of state and outbox, nothing written.

Each module has the questions about one subject: the statements on top, the methods that ask them below. The statements
are built once, because a tick asks most of them for every rule, and building one takes longer than running it.
"""

from notifier.store.reader.actions import ActionReader
from notifier.store.reader.cases import CaseReader
from notifier.store.reader.contradictions import ContradictionReader
from notifier.store.reader.customers import CustomerReader
from notifier.store.reader.first import FirstReader
from notifier.store.reader.holdouts import HoldoutReader
from notifier.store.reader.listening import ListeningReader
from notifier.store.reader.rules import RuleReader
from notifier.store.reader.settling import SettlingReader
from notifier.store.reader.shadow import ShadowReader


class Reader(
    RuleReader,
    FirstReader,
    CustomerReader,
    ContradictionReader,
    SettlingReader,
    ListeningReader,
    CaseReader,
    ActionReader,
    HoldoutReader,
):
    """Implements `model.reading.StateReader`. Its connection must keep one snapshot (`store.database.read_only`)."""

    def in_shadow(self) -> ShadowReader:
        """The same snapshot, of which notices are those that rules in shadow recorded."""
        return ShadowReader(self.connection, live=self.live)
