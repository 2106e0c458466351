-- matching
SELECT id FROM "order"
WHERE status = 'shipped'
  AND attributes ->> 'locker' = 1 -- sqlite
  AND attributes ->> 'locker' = 'true' -- postgresql
  AND handed_over_at <= @now-24h AND handed_over_at > @now-72h
-- missed
SELECT id FROM "order"
WHERE status = 'shipped'
  AND attributes ->> 'locker' = 1 -- sqlite
  AND attributes ->> 'locker' = 'true' -- postgresql
  AND handed_over_at > @since-72h AND handed_over_at <= @now-72h
