-- matching
SELECT k.id FROM contract k
WHERE k.status = 'active' AND k.started_at > @now-1080h
  AND (SELECT sum(x.amount) FROM charge x WHERE x.contract_id = k.id AND NOT x.billed) > @money(150000)
