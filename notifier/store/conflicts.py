"""What a compare-and-set raises when it lost: nothing of its transaction may be kept, and the work is repeated."""


class ConflictError(Exception):
    """Something was changed by someone else between reading and writing it."""
