"""What the database holds of one person, how that is blanked, and how it stays so."""
