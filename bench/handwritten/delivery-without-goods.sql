-- matching
SELECT a.id FROM appointment a JOIN "order" o ON o.id = a.order_id
WHERE a.kind = 'delivery' AND a.status IN ('initialized', 'confirmed')
  AND o.status IN ('acknowledged', 'held', 'cancelled')
  AND a.starts_at <= @now+36h AND a.starts_at > @now+1h
-- missed
SELECT a.id FROM appointment a JOIN "order" o ON o.id = a.order_id
WHERE a.kind = 'delivery' AND a.status IN ('initialized', 'confirmed')
  AND o.status IN ('acknowledged', 'held', 'cancelled')
  AND a.starts_at > @since+1h AND a.starts_at <= @now+1h
