"""Teach the encoder our needs: `make encoder`. Takes forty minutes on two cores and needs a C compiler.

Every example of `nlu/examples/` is learned from three times, each time typed differently; what is kept goes
to `nlu/encoder_layers/`. When lines came since, `python -m tools.encoder --go-on --rounds 2` goes on from the
layers kept there. Afterwards give the encoder a new name in `nlu/harbour_e5.py`, run `harbour vectors`,
train, and compare with `harbour evaluate --against` before anything goes live.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from bot.content_check import read_examples
from nlu.encoder import clean
from nlu.evidence import even_weights
from nlu.harbour_e5 import GRAPH, LAYERS
from nlu.tuned_layers import lay_over, read_layers, write_layers
from tools.encoder.export import export
from tools.encoder.network import Encoder, padded
from tools.encoder.noise import hurried
from tools.encoder.tokens import MODEL, Tokenizer

ROUNDS, BATCH, RATE, WARM_UP = 3, 96, 2e-4, 0.06
SHARPNESS, SMOOTHING, DROPOUT = 20.0, 0.07, 0.1
LONGEST = 80
"""Tokens of a line that are learned from."""

SORTED_TOGETHER = 40
"""Batches within which lines of a length stand together, so that little is filled up."""


class Teacher:
    """Adam on the layers and on one row a need, which only serves learning."""

    def __init__(self, encoder: Encoder, needs: int, steps: int) -> None:
        self._encoder, self._needs, self._steps, self._step = encoder, needs, steps, 0
        self._rows = tf.Variable(tf.random.normal((384, needs), stddev=0.05, seed=7))
        self._bias = tf.Variable(tf.zeros(needs))
        self._weights = [*encoder.learned, self._rows, self._bias]
        self._first = [tf.Variable(tf.zeros_like(w), trainable=False) for w in self._weights]
        self._second = [tf.Variable(tf.zeros_like(w), trainable=False) for w in self._weights]

    def learn(
        self, ids: NDArray[np.int32], mask: NDArray[np.float32], needs: NDArray[np.int64], weights: object
    ) -> float:
        """Learn from one batch; return the share it had right before."""
        self._step += 1
        rate = RATE * min(1.0, self._step / (WARM_UP * self._steps))
        rate *= max(0.02, 1 - self._step / self._steps)
        right = self._move(
            self._encoder.words(ids), mask, tf.constant(needs, tf.int32), weights,
            tf.constant(rate, tf.float32), tf.constant(float(self._step)),
        )  # fmt: skip
        return float(right)

    @tf.function(autograph=False)
    def _move(self, words, mask, needs, weights, rate, step):  # type: ignore[no-untyped-def]
        wanted = tf.one_hot(needs, self._needs) * (1 - SMOOTHING) + SMOOTHING / self._needs
        with tf.GradientTape() as tape:
            vectors = tf.nn.dropout(self._encoder.vectors(words, mask, DROPOUT), DROPOUT)
            scores = SHARPNESS * vectors @ self._rows + self._bias
            misses = tf.nn.softmax_cross_entropy_with_logits(wanted, scores)
            loss = tf.reduce_mean(weights * misses)
        slopes, _ = tf.clip_by_global_norm(tape.gradient(loss, self._weights), 1.0)
        for at, (weight, slope) in enumerate(zip(self._weights, slopes, strict=True)):
            own_rate = rate * (10.0 if at >= len(self._weights) - 2 else 1.0)
            self._first[at].assign(0.9 * self._first[at] + 0.1 * slope)
            self._second[at].assign(0.98 * self._second[at] + 0.02 * slope * slope)
            scale = tf.sqrt(self._second[at] / (1 - 0.98**step)) + 1e-8
            weight.assign_sub(own_rate * self._first[at] / (1 - 0.9**step) / scale)
        return tf.reduce_mean(tf.cast(tf.argmax(scores, -1, tf.int32) == needs, tf.float32))


def batches(lengths: NDArray[np.int64], order: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the places of the lines of each batch: shuffled, yet of nearly one length in each."""
    window = BATCH * SORTED_TOGETHER
    found = []
    for start in range(0, len(order), window):
        some = order[start : start + window]
        some = some[np.argsort(lengths[some], kind="stable")]
        found += [some[at : at + BATCH] for at in range(0, len(some) - BATCH + 1, BATCH)]
    random.Random(len(found)).shuffle(found)
    yield from found


def main() -> None:
    """Teach and keep."""
    parser = argparse.ArgumentParser(prog="python -m tools.encoder")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often every line is learned from")
    parser.add_argument("--go-on", action="store_true", help="from our layers instead of the wheel's")
    asked = parser.parse_args()
    chance = random.Random(7)
    np.random.seed(7)
    lines = [
        (clean(text), need, folder.name)
        for folder in sorted(Path("nlu/examples").iterdir())
        if folder.is_dir()
        for need, texts in read_examples(folder).items()
        for text in texts
    ]
    needs = sorted({need for _, need, _ in lines})
    labels = np.array([needs.index(need) for _, need, _ in lines])
    weights = even_weights([(need, language) for _, need, language in lines])
    tokenizer, base = Tokenizer(), MODEL.read_bytes()
    start = bytearray(base)
    if asked.go_on:
        lay_over(start, read_layers(LAYERS, base))
    encoder = Encoder(bytes(start))
    teacher = Teacher(encoder, len(needs), asked.rounds * (len(lines) // BATCH))
    began, right, told = time.monotonic(), 0.0, 0
    for _ in range(asked.rounds):
        tokens = [tokenizer.ids(hurried(text, chance))[:LONGEST] for text, _, _ in lines]
        lengths = np.array([len(row) for row in tokens])
        for some in batches(lengths, np.random.permutation(len(lines))):
            ids, mask = padded([tokens[at] for at in some])
            right += teacher.learn(ids, mask, labels[some], weights[some])
            told += 1
            if told % 100 == 0:
                minutes = (time.monotonic() - began) / 60
                sys.stdout.write(f"{told} batches, {minutes:.0f} min, right {right / 100:.3f}\n")
                sys.stdout.flush()
                right = 0.0
    write_layers(LAYERS, base, encoder.tuned())
    taught = bytearray(base)
    lay_over(taught, read_layers(LAYERS, base))
    export(bytes(taught), GRAPH)
    sys.stdout.write(f"The layers lie in {LAYERS.name}, what is run of them in {GRAPH.name}.\n")


if __name__ == "__main__":
    main()
