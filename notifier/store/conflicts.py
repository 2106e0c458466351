"""What a lost compare-and-set raises: the transaction must be rolled back, and the work repeated."""


class ConflictError(Exception):
    """Another transaction changed the row between our read and our write."""
