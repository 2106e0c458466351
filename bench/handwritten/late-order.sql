-- matching
SELECT id FROM "order"
WHERE status IN ('acknowledged', 'in_progress', 'held', 'shipped')
  AND promised_at <= @now+76h AND promised_at > @now-24h
-- missed
SELECT id FROM "order"
WHERE status IN ('acknowledged', 'in_progress', 'held', 'shipped')
  AND (promised_at > @since-24h AND promised_at <= @now-24h
    OR promised_at > @since+20h AND promised_at <= @now+76h
    OR promised_at > @since-28h AND promised_at <= @now+28h)
