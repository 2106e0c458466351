"""A draft comes back from its row field by field: what is listed for writing is listed for reading."""

from dataclasses import MISSING, fields, replace

import sqlalchemy as sa

from notifier.model.notices import Draft, NoticeKind, NoticeState, ThreadEvent
from notifier.store.outbox.notice_rows import draft_of, notice_row
from notifier.store.tables import NOTICE
from tests.support.drafts import ANA, NOW, claims, draft

NOT_STORED = {"recipient", "messages", "unchanged", "known_version", "holders", "group", "parts", "shadow"}
"""They are of the state, in rows of their own, of one pass, or said by the table."""
EVERYTHING = draft(
    kind=NoticeKind.CORRECTION,
    each_id="E-1",
    ordinal=2,
    evidence={"appointment.kind": "installation"},
    corrects="what was told",
    follows="what it follows",
    previous=claims(14),
    locale="es-CO",
    event=ThreadEvent.REINSTATED,
    spent=True,
)


def test_every_field_of_a_draft_comes_back_from_its_row(migrated_url: str) -> None:
    database = sa.create_engine(migrated_url)
    with database.begin() as connection:
        connection.execute(sa.insert(NOTICE), [notice_row(EVERYTHING, now=NOW, live=False, index=0)])
        back = draft_of(connection.execute(sa.select(NOTICE)).one(), ANA, EVERYTHING.messages)
    database.dispose()
    for field in fields(Draft):
        if field.name not in NOT_STORED:
            value = getattr(EVERYTHING, field.name)
            default = field.default_factory() if field.default_factory is not MISSING else field.default
            assert value != default, f"say something for {field.name}, or it could get lost"
            assert getattr(back, field.name) == value, field.name


def test_a_verdict_comes_back_with_the_instant_until_which_it_waits(migrated_url: str) -> None:
    deferred = draft(state=NoticeState.DEFERRED)
    deferred = replace(deferred, verdict=replace(deferred.verdict, gate="quiet_hours"))
    database = sa.create_engine(migrated_url)
    with database.begin() as connection:
        connection.execute(sa.insert(NOTICE), [notice_row(deferred, now=NOW, live=False, index=0)])
        back = draft_of(connection.execute(sa.select(NOTICE)).one(), ANA, ())
    database.dispose()
    assert back.verdict == deferred.verdict
