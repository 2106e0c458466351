-- matching
SELECT a.id FROM appointment a LEFT JOIN contract k ON k.id = a.contract_id
WHERE a.kind = 'installation' AND a.status IN ('initialized', 'confirmed')
  AND coalesce(k.status NOT IN ('cancelled', 'terminated'), true)
  AND a.starts_at <= @now+48h AND a.starts_at > @now+3h
-- missed
SELECT a.id FROM appointment a LEFT JOIN contract k ON k.id = a.contract_id
WHERE a.kind = 'installation' AND a.status IN ('initialized', 'confirmed')
  AND coalesce(k.status NOT IN ('cancelled', 'terminated'), true)
  AND a.starts_at > @since+3h AND a.starts_at <= @now+3h
