"""Runs the migrations on the connection that `store.database.migrate` opened."""

from alembic import context
from sqlmodel import SQLModel

import notifier.model.state
import notifier.store.tables  # noqa: F401 - imported so that the metadata has every table

context.configure(connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata)
with context.begin_transaction():
    context.run_migrations()
