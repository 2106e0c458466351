-- matching
SELECT k.id FROM contract k
WHERE k.status = 'active'
  AND k.plan GLOB 'energy s*' -- sqlite
  AND k.plan LIKE 'energy s%' -- postgresql
  AND +k.started_at <= @now-2160h -- sqlite
  AND k.started_at <= @now-2160h -- postgresql
  AND NOT EXISTS (SELECT 1 FROM charge x WHERE x.contract_id = k.id AND x.kind = 'recurring'
    AND (x.bill_at >= @now-7920h OR x.bill_at IS NULL))
