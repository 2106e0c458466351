-- matching
SELECT k.id FROM contact k
WHERE k.direction = 'inbound' AND k.outcome = 'open' AND k.at <= @now-72h AND k.at > @now-144h
  AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.customer_id = k.customer_id AND c.direction = 'outbound'
    AND coalesce(c.outcome, '') <> 'unanswered' AND c.at > k.at)
-- missed
SELECT k.id FROM contact k
WHERE k.direction = 'inbound' AND k.outcome = 'open' AND k.at > @since-144h AND k.at <= @now-144h
  AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.customer_id = k.customer_id AND c.direction = 'outbound'
    AND coalesce(c.outcome, '') <> 'unanswered' AND c.at > k.at)
