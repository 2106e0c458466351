-- matching
SELECT k.id FROM contract k
WHERE k.status = 'suspended'
  AND EXISTS (SELECT 1 FROM charge x WHERE x.contract_id = k.id AND x.billed AND x.kind = 'fee' AND x.bill_at > @now-720h)
