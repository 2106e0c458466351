"""What was learned from confirmed contacts: parts of words (2 to 5 letters) that speak for a reason, and how sure.

scikit-learn's TF-IDF of characters and its logistic regression, with the settings that were best in a trial on short
Spanish notes (C = 10, parts within words, accents folded). It needs the extra `notifier[listen]`. Where somebody asks
for it, what the text means (`embedding.py`) is learned beside the parts. A model is stored as arrays alone, never as a
pickle, which would run whatever somebody put into it.
"""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from notifier.reasons import embedding as embeddings

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

LETTERS = (2, 5)
STRENGTH = 10.0
RAREST = 2
"""Texts that have a part of a word: what stands in one text alone says nothing of others, and may name somebody."""
FEWEST = 8
"""Confirmed contacts of a reason from which it is learned."""
MISSING = "scikit-learn is not installed; pip install 'notifier[listen]'"
FORM = 1
"""The form in which a model is stored; another one is refused."""


class NoLearningError(Exception):
    """scikit-learn is not installed, or there is too little to learn from; the message says what to do."""


@dataclass(frozen=True)
class Guess:
    """The likeliest reason of a text, and the model's own probability of it, 0 to 1."""

    reason: str
    probability: float


@dataclass(frozen=True)
class ReasonModel:
    """A model that can be asked. `stored` is all that it is."""

    stored: bytes
    threshold: float
    """The probability from which a guess counts; below it a contact is unclear."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the model and its threshold."""
        return hashlib.sha256(self.stored + repr(self.threshold).encode()).hexdigest()

    def guesses(self, texts: Sequence[str]) -> Sequence[Guess]:
        """The likeliest reason of each text, in their order. Raises NoLearningError without scikit-learn."""
        if not texts:
            return []
        _refuse_without_library()
        parts, regression, embedding = self._asked
        if embedding is not None and (embedding != embeddings.NAME or not embeddings.can_embed()):
            raise NoLearningError(f"the model in use was learned with {embedding}: {embeddings.MISSING}")
        chances = regression.predict_proba(_with_meaning(parts.transform(texts), texts, embedding is not None))
        best = chances.argmax(axis=1)
        return [
            Guess(str(regression.classes_[index]), float(row[index])) for row, index in zip(chances, best, strict=True)
        ]

    @cached_property
    def _asked(self) -> "tuple[TfidfVectorizer, LogisticRegression, str | None]":
        """The two as scikit-learn has them after learning, and the name of the embedding.

        scikit-learn's documented attributes are set, nothing is run.
        """
        import numpy

        with numpy.load(io.BytesIO(self.stored), allow_pickle=False) as arrays:
            said = json.loads(arrays["said"].tobytes())
            if said["form"] != FORM:
                raise NoLearningError("the model was learned by another version; notifier reasons train")
            parts = _parts(vocabulary={part: index for index, part in enumerate(said["parts"])}, dtype=numpy.float64)
            parts.idf_ = arrays["idf"].astype(numpy.float64)
            regression = _regression()
            regression.classes_ = numpy.array(said["reasons"])
            regression.coef_ = arrays["weights"].astype(numpy.float64)
            regression.intercept_ = arrays["intercepts"].astype(numpy.float64)
            regression.n_features_in_ = regression.coef_.shape[1]
        return parts, regression, said.get("embedding")


def learned(
    texts: Sequence[str], reasons: Sequence[str], *, fewest: int = FEWEST, embedded: bool = False
) -> ReasonModel:
    """What these confirmed texts teach; `reasons` may name `unclear`. The same texts give the same model.

    With `embedded` also by what they mean; it needs the extra `notifier[embed]`.

    No guess of it counts before it has a threshold. Reasons with fewer texts than `fewest` are not learned. Raises
    NoLearningError without scikit-learn, and where fewer than two reasons can be learned.
    """
    _refuse_without_library()
    if embedded and not embeddings.can_embed():
        raise NoLearningError(embeddings.MISSING)
    import numpy

    texts, reasons = _frequent(texts, reasons, fewest)
    parts, regression = _parts(min_df=RAREST, dtype=numpy.float64), _regression()
    regression.fit(_with_meaning(parts.fit_transform(texts), texts, embedded), reasons)
    names = sorted(parts.vocabulary_, key=parts.vocabulary_.__getitem__)
    said: dict[str, Any] = {"form": FORM, "parts": names, "reasons": [str(each) for each in regression.classes_]}
    if embedded:
        said["embedding"] = embeddings.NAME
    content = io.BytesIO()
    numpy.savez_compressed(
        content,
        said=numpy.frombuffer(json.dumps(said, ensure_ascii=False).encode(), dtype=numpy.uint8),
        idf=parts.idf_.astype(numpy.float32),
        weights=regression.coef_.astype(numpy.float32),
        intercepts=regression.intercept_.astype(numpy.float32),
    )
    return ReasonModel(stored=content.getvalue(), threshold=1.0)


def _refuse_without_library() -> None:
    if not can_ask():
        raise NoLearningError(MISSING)


def _frequent(texts: Sequence[str], reasons: Sequence[str], fewest: int) -> tuple[Sequence[str], Sequence[str]]:
    """The texts of the reasons that can be learned. Raises NoLearningError where they are fewer than two."""
    counts = Counter(reasons)
    kept = [index for index, reason in enumerate(reasons) if counts[reason] >= fewest]
    enough = {reasons[index] for index in kept}
    if len(enough) < 2:
        raise NoLearningError(
            f"nothing can be learned yet: {len(enough)} of the reasons have {fewest} confirmed contacts with a text, "
            "two are needed; notifier reasons draw, then notifier reasons confirm"
        )
    return [texts[index] for index in kept], [reasons[index] for index in kept]


def _with_meaning(parts: Any, texts: Sequence[str], embedded: bool) -> Any:
    """The parts of words of each text, and beside them what it means."""
    if not embedded:
        return parts
    from scipy.sparse import csr_matrix, hstack

    return hstack([parts, csr_matrix(embeddings.embed(texts) * embeddings.WEIGHT)]).tocsr()


def _parts(**more: Any) -> "TfidfVectorizer":
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char_wb", ngram_range=LETTERS, strip_accents="unicode", sublinear_tf=True, **more)


def _regression() -> "LogisticRegression":
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=STRENGTH, max_iter=1000, class_weight="balanced")


def can_ask() -> bool:
    """Whether what a model needs is installed."""
    return find_spec("sklearn") is not None
