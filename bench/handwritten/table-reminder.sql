-- matching
SELECT id FROM appointment
WHERE kind = 'reservation' AND status = 'confirmed' AND party_size >= 2
  AND coalesce(attributes ->> 'walk_in', 0) = 0 -- sqlite
  AND coalesce(attributes ->> 'walk_in', 'false') = 'false' -- postgresql
  AND starts_at <= @now+8h AND starts_at > @now+1h
-- missed
SELECT id FROM appointment
WHERE kind = 'reservation' AND status = 'confirmed' AND party_size >= 2
  AND coalesce(attributes ->> 'walk_in', 0) = 0 -- sqlite
  AND coalesce(attributes ->> 'walk_in', 'false') = 'false' -- postgresql
  AND starts_at > @since+1h AND starts_at <= @now+1h
