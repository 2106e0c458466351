-- matching
SELECT id FROM incident
WHERE kind = 'maintenance' AND status = 'planned' AND started_at <= @now+74h AND started_at > @now
-- missed
SELECT id FROM incident
WHERE kind = 'maintenance' AND status = 'planned' AND started_at > @since AND started_at <= @now
