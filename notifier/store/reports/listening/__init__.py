"""What contacts cost, whom, and why: a few statements over all of them, however many there are."""
