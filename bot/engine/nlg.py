"""Rasa's responses, said by our words: the right language and variation, placeholders from guidance.

Rasa's own filling of placeholders is never used: it would run `str.format` over text and print "None" for
an unset slot. Named in `endpoints.yml`, so `rasa shell` speaks the same words.
"""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator

from bot.engine.shared_words import payload, words
from bot.messages import Language


class HarbourNlg(TemplatedNaturalLanguageGenerator):  # type: ignore[misc]
    """Says a response in the language of the tracker's slot `language`."""

    def __init__(self, endpoint_config: Any = None, domain: Any = None) -> None:
        super().__init__(domain.responses if domain else {})

    async def generate(
        self, utter_action: str, tracker: Any, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Return the message for one response; ``None`` if there is no such response.

        ``kwargs`` of kind str fill placeholders; those named as a slot stand in its place for this once.

        Raises:
            BadCatalogue: If a placeholder has no value.
        """
        if not words().has(utter_action):
            return None
        slots = tracker.current_slot_values()
        slots |= {name: kwargs.pop(name) for name in set(kwargs) & set(slots)}
        language = slots.get("language")
        reply = words().say(
            utter_action,
            Language(language) if language else None,
            slots={name: _text(value) for name, value in slots.items() if value is not None},
            **{name: value for name, value in kwargs.items() if isinstance(value, str)},
        )
        buttons = [{"title": b.label, "payload": payload(reply, i)} for i, b in enumerate(reply.buttons)]
        return {"text": reply.text, "buttons": buttons}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
