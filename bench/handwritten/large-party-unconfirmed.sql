-- matching
SELECT a.id FROM appointment a JOIN site s ON s.id = a.site_id
WHERE a.kind = 'reservation' AND a.status = 'initialized' AND a.party_size >= 8
  AND a.party_size * 10 > s.daily_capacity
  AND a.starts_at <= @now+98h AND a.starts_at > @now+6h
-- missed
SELECT a.id FROM appointment a JOIN site s ON s.id = a.site_id
WHERE a.kind = 'reservation' AND a.status = 'initialized' AND a.party_size >= 8
  AND a.party_size * 10 > s.daily_capacity
  AND a.starts_at > @since+6h AND a.starts_at <= @now+6h
