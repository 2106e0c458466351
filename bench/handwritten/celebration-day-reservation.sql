-- matching
SELECT DISTINCT d.id FROM site_day d JOIN appointment a ON a.site_id = d.site_id
WHERE d.reason IS NOT NULL AND d.kind <> 'closed'
  AND a.kind = 'reservation' AND a.status IN ('initialized', 'confirmed')
  AND a.starts_at >= d.starts_at AND a.starts_at < d.ends_at
  AND a.starts_at <= @now+48h AND a.starts_at > @now+2h
-- missed
SELECT DISTINCT d.id FROM site_day d JOIN appointment a ON a.site_id = d.site_id
WHERE d.reason IS NOT NULL AND d.kind <> 'closed'
  AND a.kind = 'reservation' AND a.status IN ('initialized', 'confirmed')
  AND a.starts_at >= d.starts_at AND a.starts_at < d.ends_at
  AND a.starts_at > @since+2h AND a.starts_at <= @now+2h
