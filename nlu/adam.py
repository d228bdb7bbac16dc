"""Adam's running moments for one array of weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nlu.softmax import Array


class Adam:
    """Moves weights against a slope.

    Source:
        Kingma, Ba: Adam, a method for stochastic optimization (2015), with decoupled weight decay.
    """

    def __init__(self, weights: Array, decay: float = 0.0) -> None:
        self.weights = weights
        self._first, self._second = np.zeros_like(weights), np.zeros_like(weights)
        self._decay = np.float32(decay)

    def step(
        self, slope: Array, rate: float, turn: int, where: NDArray[np.int64] | slice = slice(None)
    ) -> None:
        """Move the weights (only the rows ``where``); ``turn`` counts from one."""
        first = self._first[where] + np.float32(0.1) * (slope - self._first[where])
        second = self._second[where] + np.float32(0.001) * (slope * slope - self._second[where])
        self._first[where], self._second[where] = first, second
        scale = np.sqrt(second / np.float32(1 - 0.999**turn)) + np.float32(1e-8)
        move = first / np.float32(1 - 0.9**turn) / scale
        if self._decay and isinstance(where, slice):
            move = move + self._decay * self.weights
        self.weights[where] -= np.float32(rate) * move
