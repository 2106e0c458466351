"""Runs the migrations on the connection that `store.database.migrate` opened."""

from alembic import context

import notifier.model.state
import notifier.store.tables  # noqa: F401 - imported so that the metadata has every table
from notifier.model.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
