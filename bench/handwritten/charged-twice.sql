-- matching
SELECT x.id FROM charge x
WHERE x.kind = 'one_off' AND NOT x.billed AND x.bill_at <= @now+120h AND x.bill_at > @now
  AND EXISTS (SELECT 1 FROM charge y WHERE y.contract_id = x.contract_id AND y.product = x.product
    AND y.kind = 'one_off' AND NOT y.billed AND y.id <> x.id)
-- missed
SELECT x.id FROM charge x
WHERE x.kind = 'one_off' AND NOT x.billed AND x.bill_at > @since AND x.bill_at <= @now
  AND EXISTS (SELECT 1 FROM charge y WHERE y.contract_id = x.contract_id AND y.product = x.product
    AND y.kind = 'one_off' AND NOT y.billed AND y.id <> x.id)
