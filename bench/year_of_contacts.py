"""A year of contacts with their reasons, made by the database itself: the same rows on SQLite and PostgreSQL.

Calls come in bunches: of ten contacts about one order, three follow within days. No random numbers are needed, because
multiples of primes spread well enough over customers, weeks and reasons.
"""

from datetime import timedelta

import sqlalchemy as sa

from bench.rows import NOW
from notifier.model.columns import EPOCH, microseconds

YEAR = timedelta(weeks=52)
UNTIL = NOW.replace(hour=0)
"""A Monday: so all weeks are whole."""
SINCE = UNTIL - YEAR
_MINUTES = int(YEAR / timedelta(minutes=1))
_CUSTOMERS, _ORDERS, _NOTICES = 5, 2, 3
"""Contacts for each customer, for each order, and for each notice."""
_CONTACT = """
INSERT INTO contact (id, customer_id, at, channel, direction, subject, outcome)
SELECT 'K' || n, 'C' || (CASE WHEN n % 10 < 7 THEN n ELSE n - n % 10 END * 7919 % {customers}), {at},
  CASE n % 3 WHEN 0 THEN 'phone' WHEN 1 THEN 'chat' ELSE 'whatsapp' END,
  CASE WHEN n % 20 = 19 THEN 'outbound' ELSE 'inbound' END,
  CASE WHEN n % 4 < 2 THEN 'order:O' || (CASE WHEN n % 10 < 7 THEN n ELSE n - n % 10 END % {orders}) END,
  CASE WHEN n % 5 < 3 THEN 'solved' ELSE 'open' END
FROM numbers
"""
_REASON = """
INSERT INTO contact_reason (id, entity, row_id, reason, others, decided_by, decided_from, decided_at)
SELECT 'R' || n, 'contact', 'K' || n, CASE WHEN n % 11 = 0 THEN 'unclear' ELSE 'reason-' || (n * 31 % 97 % 12) END,
  '[]', 'words', 'words', {at}
FROM numbers WHERE n % 20 <> 19
"""
_ORDER = """
INSERT INTO "order" (id, customer_id, status, placed_at) SELECT 'O' || n, 'C' || (n % {customers}), 'completed', {at}
FROM numbers
"""
_NOTICE = """
INSERT INTO notice (id, occurrence, reference, kind, live, rule, subject_type, subject_id, recipient_id, notice_class,
  owner, template, ordinal, state, reason_code, reason, channels, contradictions, approvals, released, claims, previous,
  claims_digest, content_digest, evidence, rule_digest, template_digest, spent, said_again, version, decided_at,
  changed_at, told_at)
SELECT 'N' || n, 'N' || n, 'N' || n, 'notice', false, 'rule-' || (n % 6), 'order', 'O' || (n * 3 % {orders}),
  'C' || (n * 3 * 7919 % {customers}), 'service', 'care', 'late', 0, 'told', 'due', 'due', '[]', '[]', 0, false, '{{}}',
  '{{}}', '', '', '{{}}', '', '', true, false, 1, {at}, {at}, {at}
FROM numbers
"""


def fill(database: sa.Engine, contacts: int) -> None:
    """Write so many contacts of the year before `UNTIL`, with their reasons, orders and notices."""
    sizes = {"customers": max(contacts // _CUSTOMERS, 1), "orders": max(contacts // _ORDERS, 1)}
    with database.begin() as connection:
        plain = connection.execution_options(no_parameters=True)  # a percent sign stands for itself
        for statement, count, bunch in (
            (_CONTACT, contacts, 10),
            (_REASON, contacts, 10),
            (_ORDER, sizes["orders"], 1),
            (_NOTICE, contacts // _NOTICES, 1),
        ):
            rows = statement.format(at=_at(database, bunch), **sizes)
            plain.exec_driver_sql(rows.replace("FROM numbers", f"FROM {_numbers(database, count)}"))
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _numbers(database: sa.Engine, count: int) -> str:
    """The numbers 0, 1 and so on, as `n`."""
    if database.dialect.name == "postgresql":
        return f"(SELECT generate_series(0, {count - 1})::bigint AS n) AS numbers"
    less = f"WITH RECURSIVE more(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM more WHERE n < {count - 1})"
    return f"({less} SELECT n FROM more) AS numbers"


def _at(database: sa.Engine, bunch: int) -> str:
    """The instant of row `n` within the year; those of a bunch lie half a day apart."""
    minutes = f"((n / {bunch}) * 104729 + (n % {bunch}) * 720) % {_MINUTES}"
    if database.dialect.name == "postgresql":
        return f"timestamptz '{SINCE.isoformat()}' + ({minutes}) * interval '1 minute'"
    return f"{microseconds(SINCE - EPOCH)} + ({minutes}) * 60000000"
