-- matching
SELECT i.id FROM incident i
WHERE i.kind = 'outage' AND i.status IN ('acknowledged', 'in_progress')
  AND (EXISTS (SELECT 1 FROM contract k WHERE k.zone = i.zone AND k.status = 'active')
    OR EXISTS (SELECT 1 FROM contract k WHERE k.site_id = i.site_id AND k.status = 'active'))
