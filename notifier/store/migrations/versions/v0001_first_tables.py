"""The first tables: business state, changes, outbox, contradictions, interventions, watermarks.

The revision is split by entity and not squashed with those after it. Databases stand at 0001, 0002 and 0003, and
Alembic upgrades each of them from the revision that is written in it: a base that holds all three would leave those at
0001 and 0002 without a way up, or need a second base for them. A split makes the same tables under the same id.
"""

from notifier.store.migrations.first_tables import contracts, customers, evaluation, outbox, promises, sites

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    for entities in (customers, sites, contracts, promises, outbox, evaluation):
        entities.create()
