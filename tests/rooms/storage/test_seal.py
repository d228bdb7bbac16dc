"""Sealing: what is sealed opens exactly where it rests, and nowhere else."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SealBroken
from bot.messages import PersonId
from bot.storage.key_file import new_key_file
from bot.storage.keys import KeyRing, create_key_file
from bot.storage.seal import Place, Vault, fresh_nonce, key_number

HERE = Place("inbox", "body", "12", "lane")
VAULT = Vault(KeyRing(new_key_file()))


@given(st.binary(max_size=9000))
def test_everything_opens_again_where_it_was_sealed(plain: bytes):
    assert VAULT.open(VAULT.seal(plain, HERE), HERE) == plain
    key, wrapped = VAULT.new_person_key(PersonId("p"))
    sealed = key.seal(plain, "people", "state", "p")
    assert VAULT.person_key(PersonId("p"), wrapped).open(sealed, "people", "state", "p") == plain


@pytest.mark.threat("T23")
@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("outbox", "body", "12", "lane"),
        Place("inbox", "bod", "12", "lane"),
        Place("inbox", "body", "13", "lane"),
        Place("inbox", "body", "12", "other lane"),
        Place("inbox", "body", "12l", "ane"),
        Place("inbo", "xbody", "12", "lane"),
        Place("inbox", "body", "", "12lane"),
    ],
)
def test_a_field_moved_anywhere_is_refused(elsewhere: Place):
    sealed = VAULT.seal(b"words", HERE)
    with pytest.raises(SealBroken):
        VAULT.open(sealed, elsewhere)


@pytest.mark.threat("T23")
def test_a_persons_field_opens_with_their_key_alone():
    mine, my_wrapped = VAULT.new_person_key(PersonId("me"))
    other, _ = VAULT.new_person_key(PersonId("other"))
    sealed = mine.seal(b"words", "outbox", "body", "1")
    for attempt in (
        lambda: other.open(sealed, "outbox", "body", "1"),
        lambda: mine.open(sealed, "outbox", "body", "2"),
        lambda: VAULT.open(sealed, Place("outbox", "body", "1", "me")),
        lambda: mine.open(VAULT.seal(b"words", HERE), "inbox", "body", "12"),
        lambda: VAULT.person_key(PersonId("other"), my_wrapped),
    ):
        with pytest.raises(SealBroken):
            attempt()


@pytest.mark.threat("T23")
def test_every_altered_bit_is_noticed():
    sealed = VAULT.seal(b"words", HERE)
    for place, bit in itertools.product(range(len(sealed)), (0, 7)):
        altered = bytearray(sealed)
        altered[place] ^= 1 << bit
        with pytest.raises(SealBroken):
            VAULT.open(bytes(altered), HERE)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            VAULT.open(sealed[:length], HERE)
    with pytest.raises(SealBroken):
        VAULT.open(sealed + b"\0", HERE)


@pytest.mark.threat("T23")
def test_a_million_nonces_are_all_different():
    assert len({fresh_nonce() for _ in range(1_000_000)}) == 1_000_000


@pytest.mark.threat("T23")
def test_two_seals_of_the_same_words_share_nothing():
    first, second = VAULT.seal(b"words", HERE), VAULT.seal(b"words", HERE)
    assert first[5:17] != second[5:17]
    assert first[17:] != second[17:]


@pytest.mark.threat("T23")
def test_length_says_little():
    """Every message up to 60 bytes looks alike, and there are few lengths beyond."""
    assert len({len(VAULT.seal(b"x" * n, HERE)) for n in range(61)}) == 1
    assert len({len(VAULT.seal(b"x" * n, HERE)) for n in range(0, 16_000, 7)}) <= 7


def test_a_seal_names_the_key_it_needs(tmp_path: Path):
    assert key_number(VAULT.seal(b"x", HERE)) == 1
    key, _ = VAULT.new_person_key(PersonId("p"))
    assert key_number(key.seal(b"x", "t", "c", "r")) == 0
    with pytest.raises(SealBroken):
        Vault(create_key_file(tmp_path / "other.key")).open(VAULT.seal(b"x", HERE), HERE)


def test_a_persons_key_shows_nothing():
    key, _ = VAULT.new_person_key(PersonId("p"))
    assert repr(key) == "PersonKey('p', '**********')"
