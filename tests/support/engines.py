"""Engines of one kind share their dialect, and so the statements that it has compiled.

Nearly every test has an engine of its own, for a database of its own. To compile the same statements for each took a
third of the time of the tests that tick and send. SQLAlchemy keeps what is compiled by dialect and statement.
"""

from typing import Any

import sqlalchemy as sa

_create_engine = sa.create_engine
_latest: dict[str, sa.Engine] = {}
"""Of each kind (a driver, and the same options) the engine that the others follow."""


def share_compiled_statements() -> None:
    """From now on in this process. An engine that wants no cache is left alone."""
    sa.create_engine = _sharing


def _sharing(url: str | sa.URL, **options: Any) -> sa.Engine:
    engine = _create_engine(url, **options)
    if options.get("query_cache_size") == 0:
        return engine
    kind = f"{engine.driver} {sorted((name, repr(value)) for name, value in options.items())}"
    first = _latest.get(kind)
    if first is None or first.dialect.server_version_info is None:
        # A dialect learns at its first connection what its server can do.
        _latest[kind] = engine
        return engine
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
    return engine
