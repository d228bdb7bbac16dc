"""First contact: one short honest notice and the languages by their own names; no form to fill."""

from __future__ import annotations

from collections.abc import Collection

from bot.conversation.ports import Words
from bot.messages import Act, Button, Conversation, Language, Reply

NOTICE = "utter_notice"
CHOOSE = "utter_choose_language"


def notice(words: Words, conversation: Conversation) -> list[Reply]:
    """Return the notice and the language buttons, in the language we think they read."""
    return [words.say(NOTICE, conversation.tongue.spoken), choose_language(words, conversation)]


def choose_language(words: Words, conversation: Conversation, only: Collection[Language] = ()) -> Reply:
    """Return the question which language to speak, each language under its own name.

    Args:
        words: The reviewed words.
        conversation: Whom to ask.
        only: The languages to choose from; empty: all that are served.
    """
    asked = words.say(CHOOSE, conversation.tongue.spoken)
    buttons = tuple(
        Button(name, Act("language", {"language": tag}))
        for tag, name in words.languages()
        if not only or tag in only
    )
    return Reply(asked.text, buttons, asked.name)


def in_order(*, first: list[Reply], notice: list[Reply], danger: bool) -> list[Reply]:
    """Return the answers with the notice: in danger the safety text comes first, else the notice does."""
    return [*first, *notice] if danger else [*notice, *first]
