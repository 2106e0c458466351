-- matching
SELECT id FROM "order"
WHERE status IN ('acknowledged', 'in_progress') AND handover_due_at <= @now-6h AND handover_due_at > @now-120h
