-- matching
SELECT id FROM admission WHERE status = 'decided'
