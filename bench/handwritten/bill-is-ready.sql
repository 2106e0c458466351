-- matching
SELECT id FROM charge
WHERE kind = 'recurring' AND NOT proration AND NOT billed AND bill_at <= @now+100h AND bill_at > @now
-- missed
SELECT id FROM charge
WHERE kind = 'recurring' AND NOT proration AND NOT billed AND bill_at > @since AND bill_at <= @now
