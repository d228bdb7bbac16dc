"""Training without the bookkeeping: what is trained on stays what it was."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import json, sys
sys.modules["jax"] = None
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

def merged():
    one = TrainingData(
        [Message.build(*what) for what in (("a", "greet"), ("b", "greet"), ("a", "greet"))],
        entity_synonyms={"x": "y"},
        responses={"u": [{"text": "1"}]},
    )
    two = TrainingData(
        [Message.build(*what) for what in (("a", "thanks"), ("b", "greet"))],
        lookup_tables=[{"name": "t", "elements": ["e"]}],
        regex_features=[{"name": "r", "pattern": "p"}],
        responses={"u": [{"text": "2"}]},
    )
    whole = one.merge(two, None)
    examples = sorted((m.get("text"), m.get("intent")) for m in whole.training_examples)
    return [
        examples, whole.entity_synonyms, whole.lookup_tables, whole.regex_features, whole.responses
    ]

before = merged()
from bot.engine.lean_training import lean
lean()
print(json.dumps([before, merged()]))
"""


def test_merging_gives_the_same_examples_without_copying():
    """In a process of its own, since it changes Rasa for good."""
    ran = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    before, after = json.loads(ran.stdout.splitlines()[-1])
    assert before == after
    assert len(before[0]) == 3
