-- matching
SELECT id FROM "order" o
WHERE status IN ('acknowledged', 'in_progress', 'held', 'shipped')
  AND promised_at <= @now-24h AND promised_at > @now-72h
  AND EXISTS (SELECT 1 FROM learned_quantile q
    WHERE q.forecast = 'order.completed_at from promised_at +1d' AND q.probability = 800 AND q.group_key = 'all'
      AND least(o.placed_at, o.handed_over_at) <= o.promised_at + INTERVAL '1 day' -- postgresql
      AND q.valid_from <= o.promised_at + INTERVAL '1 day' -- postgresql
      AND (q.valid_until IS NULL OR q.valid_until > o.promised_at + INTERVAL '1 day')) -- postgresql
      AND min(o.placed_at, coalesce(o.handed_over_at, o.placed_at)) <= o.promised_at + 86400000000 -- sqlite
      AND q.valid_from <= o.promised_at + 86400000000 -- sqlite
      AND (q.valid_until IS NULL OR q.valid_until > o.promised_at + 86400000000)) -- sqlite
-- missed
SELECT id FROM "order" o
WHERE status IN ('acknowledged', 'in_progress', 'held', 'shipped')
  AND promised_at > @since-72h AND promised_at <= @now-72h
  AND EXISTS (SELECT 1 FROM learned_quantile q
    WHERE q.forecast = 'order.completed_at from promised_at +1d' AND q.probability = 800 AND q.group_key = 'all'
      AND least(o.placed_at, o.handed_over_at) <= o.promised_at + INTERVAL '1 day' -- postgresql
      AND q.valid_from <= o.promised_at + INTERVAL '1 day' -- postgresql
      AND (q.valid_until IS NULL OR q.valid_until > o.promised_at + INTERVAL '1 day')) -- postgresql
      AND min(o.placed_at, coalesce(o.handed_over_at, o.placed_at)) <= o.promised_at + 86400000000 -- sqlite
      AND q.valid_from <= o.promised_at + 86400000000 -- sqlite
      AND (q.valid_until IS NULL OR q.valid_until > o.promised_at + 86400000000)) -- sqlite
