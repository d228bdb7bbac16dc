"""The key file: made once, private, whole or refused, and never shown."""

from __future__ import annotations

import json
import logging
import pickle
import stat
import traceback
from pathlib import Path

import pytest

from bot.errors import KeyMissing, SealBroken
from bot.storage.key_file import is_private, read_key_file, replace
from bot.storage.keys import KeyRing, create_key_file, load_key_ring


def test_a_key_file_is_made_private_and_loads(tmp_path: Path):
    path = tmp_path / "keys" / "harbour.key"
    made = create_key_file(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert is_private(path)
    loaded = load_key_ring(path)
    assert loaded.current == made.current == 1
    assert loaded.blind("chat", 7) == made.blind("chat", 7)
    assert loaded.service_key(1, "inbox") == made.service_key(1, "inbox")
    assert [file.name for file in path.parent.iterdir()] == ["harbour.key"]


def test_a_key_file_is_never_overwritten(tmp_path: Path):
    path = tmp_path / "harbour.key"
    create_key_file(path)
    before = path.read_bytes()
    with pytest.raises(KeyMissing):
        create_key_file(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["harbour.key"]


@pytest.mark.threat("T23")
def test_a_missing_or_unreadable_key_file_says_what_to_do(tmp_path: Path):
    for path in (tmp_path / "none.key", tmp_path, Path()):
        with pytest.raises(KeyMissing) as caught:
            load_key_ring(path)
        assert caught.value.remedy


@pytest.mark.parametrize(
    "spoil",
    [
        lambda keys: "",
        lambda keys: "not json",
        lambda keys: "[]",
        lambda keys: "null",
        lambda keys: json.dumps(keys)[:-20],
        lambda keys: json.dumps(keys | {"format": "harbour keys 9"}),
        lambda keys: json.dumps(keys | {"current": 2}),
        lambda keys: json.dumps(keys | {"current": "one"}),
        lambda keys: json.dumps(keys | {"service": {}}),
        lambda keys: json.dumps(keys | {"service": {"1": "c2hvcnQ="}}),
        lambda keys: json.dumps(keys | {"service": {"0": keys["lasting"]}, "current": 0}),
        lambda keys: json.dumps(keys | {"lasting": "!!!"}),
        lambda keys: json.dumps({k: v for k, v in keys.items() if k != "lasting"}),
        lambda keys: json.dumps(keys) + "\u00e9",
    ],
)
def test_a_malformed_key_file_is_refused_and_not_shown(tmp_path: Path, spoil):
    path = tmp_path / "harbour.key"
    create_key_file(path)
    keys = json.loads(path.read_text())
    path.write_text(spoil(keys))
    try:
        load_key_ring(path)
    except KeyMissing:
        shown = traceback.format_exc()
    else:
        pytest.fail("a malformed key file was taken")
    assert keys["service"]["1"] not in shown
    assert keys["lasting"] not in shown


@pytest.mark.threat("T23")
def test_keys_show_nothing_and_do_not_travel(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    path = tmp_path / "harbour.key"
    ring = create_key_file(path)
    content = json.loads(path.read_text())
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("x").warning("%r %s %r", ring, ring, read_key_file(path))
    for secret in (content["lasting"], content["service"]["1"]):
        assert secret not in caplog.text
    assert repr(read_key_file(path).lasting) not in caplog.text
    with pytest.raises(TypeError):
        pickle.dumps(ring)


def test_each_purpose_has_a_key_of_its_own(tmp_path: Path):
    ring = create_key_file(tmp_path / "a.key")
    keys = [ring.service_key(1, "inbox"), ring.service_key(1, "people"), ring.manifest_key()]
    secret = ring.webhook_secret()
    assert len({*keys, secret}) == 4
    assert all(len(key) == 32 for key in keys)
    assert len(secret) == 43
    assert set(secret) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def test_blind_ids_depend_on_kind_and_key(tmp_path: Path):
    ring, other = create_key_file(tmp_path / "a.key"), create_key_file(tmp_path / "b.key")
    blinds = [ring.blind("chat", 7), ring.blind("group", 7), ring.blind("chat", 8), other.blind("chat", 7)]
    assert len(set(blinds)) == 4
    assert {len(blind) for blind in blinds} == {43}
    assert ring.blind("chat", 7) == ring.blind("chat", "7")
    assert ring.blind("a", "b:c") != ring.blind("a:b", "c")


def test_a_running_service_finds_a_key_that_another_process_brought_in(tmp_path: Path):
    path = tmp_path / "harbour.key"
    running = create_key_file(path)
    keys = read_key_file(path)
    grown = {**keys.service, 2: b"n" * 32}
    replace(path, type(keys)(grown, 2, keys.lasting))

    assert running.service_key(2, "inbox") == load_key_ring(path).service_key(2, "inbox")
    assert running.current == 1
    with pytest.raises(SealBroken):
        running.service_key(3, "inbox")
    with pytest.raises(SealBroken):
        KeyRing(keys).service_key(2, "inbox")
