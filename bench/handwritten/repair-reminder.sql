-- matching
SELECT a.id FROM appointment a JOIN contract k ON k.id = a.contract_id
WHERE a.kind = 'repair' AND a.status = 'confirmed' AND k.status = 'active'
  AND a.starts_at <= @now+24h AND a.starts_at > @now+2h
  AND NOT EXISTS (SELECT 1 FROM incident i WHERE (i.zone = k.zone OR i.site_id = k.site_id)
    AND i.kind = 'outage' AND i.status = 'in_progress')
-- missed
SELECT a.id FROM appointment a JOIN contract k ON k.id = a.contract_id
WHERE a.kind = 'repair' AND a.status = 'confirmed' AND k.status = 'active'
  AND a.starts_at > @since+2h AND a.starts_at <= @now+2h
  AND NOT EXISTS (SELECT 1 FROM incident i WHERE (i.zone = k.zone OR i.site_id = k.site_id)
    AND i.kind = 'outage' AND i.status = 'in_progress')
