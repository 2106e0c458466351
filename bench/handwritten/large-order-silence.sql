-- matching
SELECT o.id FROM "order" o
WHERE o.status IN ('acknowledged', 'in_progress', 'held') AND o.total > @money(1500000)
  AND +o.placed_at <= @now-72h -- sqlite
  AND o.placed_at <= @now-72h -- postgresql
  AND NOT EXISTS (
    SELECT 1 FROM contact c WHERE c.customer_id = o.customer_id AND c.direction = 'outbound' AND c.at > o.placed_at)
