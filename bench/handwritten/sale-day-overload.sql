-- matching
SELECT s.id
FROM (SELECT site_id, count(*) AS placed FROM "order" WHERE placed_at > @now-24h
  GROUP BY +site_id -- sqlite
  GROUP BY site_id -- postgresql
) lately JOIN site s ON s.id = lately.site_id
WHERE lately.placed > s.daily_capacity
  AND EXISTS (SELECT 1 FROM "order" o WHERE o.site_id = s.id AND o.status IN ('acknowledged', 'in_progress', 'held'))
