-- matching
SELECT id FROM "order"
WHERE status IN ('acknowledged', 'in_progress', 'held', 'shipped') AND (status <> 'shipped' OR promised_at <= @now)
  AND promised_at <= @now+74h AND promised_at > @now-24h
-- missed
SELECT id FROM "order"
WHERE status IN ('acknowledged', 'in_progress', 'held', 'shipped') AND (status <> 'shipped' OR promised_at <= @now)
  AND (promised_at > @since-24h AND promised_at <= @now-24h
    OR promised_at > @since+22h AND promised_at <= @now+74h
    OR promised_at > @since-26h AND promised_at <= @now+26h)
