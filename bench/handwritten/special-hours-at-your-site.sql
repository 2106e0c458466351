-- matching
SELECT id FROM site_day WHERE kind IN ('reduced', 'closed') AND starts_at <= @now+98h AND ends_at > @now+6h
-- missed
SELECT id FROM site_day WHERE kind IN ('reduced', 'closed') AND ends_at > @since+6h AND ends_at <= @now+6h
