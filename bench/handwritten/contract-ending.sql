-- matching
SELECT k.id FROM contract k
WHERE k.status = 'active' AND k.ends_at <= @now+364h AND k.ends_at > @now+24h
  AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.customer_id = k.customer_id AND c.reason = 'renewal' AND c.at > @now-720h)
-- missed
SELECT k.id FROM contract k
WHERE k.status = 'active' AND k.ends_at > @since+24h AND k.ends_at <= @now+24h
  AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.customer_id = k.customer_id AND c.reason = 'renewal' AND c.at > @now-720h)
