"""The main figures of `report contacts`, as a person writes them for one database: seven statements."""

from collections import Counter
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.columns import UtcTime

_WITH_REASON = """
SELECT c.customer_id, c.at, c.id, c.channel, coalesce(r.reason, 'unclear') AS reason, {week} AS week,
  coalesce(c.subject, CASE WHEN r.reason <> 'unclear' THEN 'reason ' || r.reason END) AS matter
FROM contact c LEFT JOIN contact_reason r ON r.entity = 'contact' AND r.row_id = c.id AND r.replaced_at IS NULL
WHERE c.direction = 'inbound' AND c.at >= :since AND c.at < :until
"""
WEEKS = "SELECT reason, week, count(*) FROM ({rows}) AS x GROUP BY reason, week"
PEOPLE = "SELECT reason, count(DISTINCT customer_id) FROM ({rows}) AS x GROUP BY reason"
EVERYBODY = (
    "SELECT count(DISTINCT customer_id) FROM contact WHERE direction = 'inbound' AND at >= :since AND at < :until"
)
ORDERS = 'SELECT {week}, count(*) FROM "order" c WHERE placed_at >= :since AND placed_at < :until GROUP BY 1'
AGAIN = """
SELECT reason, count(*), sum(CASE WHEN next_at <= {a_week_later} THEN 1 ELSE 0 END) FROM (
  SELECT reason, at, lead(at) OVER (PARTITION BY customer_id, matter ORDER BY at, id) AS next_at
  FROM ({rows}) AS x WHERE matter IS NOT NULL
) AS y WHERE at < :over GROUP BY reason
"""
SNOWBALLS = """
SELECT customer_id, matter, count(*), count(DISTINCT channel) FROM ({rows}) AS x WHERE matter IS NOT NULL
GROUP BY customer_id, matter HAVING count(*) >= 3 ORDER BY count(*) DESC, min(at), customer_id LIMIT 10
"""
AFTER = """
SELECT n.rule, count(*), sum(CASE WHEN EXISTS (SELECT 1 FROM reply p WHERE p.notice_id = n.id) THEN 1 ELSE 0 END),
  sum(CASE WHEN EXISTS (SELECT 1 FROM contact c WHERE c.customer_id = n.recipient_id AND c.direction = 'inbound'
    AND c.at > n.told_at AND c.at <= {two_days_later} AND (c.subject IS NULL OR c.subject = 'order:' || n.subject_id
    OR c.subject = 'notice:' || n.reference)) THEN 1 ELSE 0 END)
FROM notice n WHERE n.kind <> 'alert' AND NOT n.live AND n.told_at >= :since AND n.told_at < :told GROUP BY n.rule
"""
_PARTS = {
    "sqlite": {
        "week": "({at} - :since) / 604800000000",
        "a_week_later": "at + 604800000000",
        "two_days_later": "n.told_at + 172800000000",
    },
    "postgresql": {
        "week": "floor(extract(epoch FROM {at} - :since) / 604800)::int",
        "a_week_later": "at + interval '7 days'",
        "two_days_later": "n.told_at + interval '48 hours'",
    },
}


def by_hand(connection: sa.Connection, since: datetime, until: datetime, now: datetime) -> tuple[object, ...]:
    """By reason contacts, people and what was followed; by reason and week contacts; orders by week; the number of
    unclear ones; snowballs; and by rule what came after its notices. `since` is a Monday 00:00 UTC."""
    parts = _PARTS[connection.dialect.name]
    instants = {"since": since, "until": until, "over": now - timedelta(days=7), "told": now - timedelta(hours=48)}
    rows = _WITH_REASON.format(week=parts["week"].format(at="c.at"))

    def asked(text: str, at: str = "at") -> list[tuple[object, ...]]:
        others = {key: value for key, value in parts.items() if key != "week"}
        statement = sa.text(text.format(rows=rows, week=parts["week"].format(at=at), **others))
        named = [name for name in instants if f":{name}" in statement.text]
        bound = [sa.bindparam(name, instants[name], type_=UtcTime()) for name in named]
        return [tuple(row) for row in connection.execute(statement.bindparams(*bound))]

    weeks = {(str(reason), int(str(week))): int(str(count)) for reason, week, count in asked(WEEKS)}
    people = {str(reason): count for reason, count in asked(PEOPLE)}
    again = {str(reason): (int(str(part or 0)), int(str(whole))) for reason, whole, part in asked(AGAIN)}
    contacts = Counter[str]()
    of_week = Counter[int]()
    for (reason, week), count in weeks.items():
        contacts[reason] += count
        of_week[week] += count
    count_of_weeks = int((until - since) / timedelta(days=7))
    names = sorted(name for name in contacts if name != "unclear")
    followed = tuple(sum(each[place] for each in again.values()) for place in (0, 1))
    total = ("", contacts.total(), asked(EVERYBODY)[0][0], *followed)
    of_reason = [(name, contacts[name], people[name], *again.get(name, (0, 0))) for name in names]
    all_weeks = [("", week, of_week[week]) for week in range(count_of_weeks)]
    placed = {int(str(week)): count for week, count in asked(ORDERS, "placed_at")}
    return (
        [total, *of_reason],
        [*all_weeks, *((name, week, weeks.get((name, week), 0)) for name in names for week in range(count_of_weeks))],
        [placed.get(week, 0) for week in range(count_of_weeks)],
        contacts["unclear"],
        asked(SNOWBALLS),
        sorted((rule, told, int(str(replies)), int(str(came))) for rule, told, replies, came in asked(AFTER)),
    )
