"""What one turn has come to so far, and the rows it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.conversation.ports import Words
from bot.messages import (
    Case,
    Change,
    Conversation,
    Origin,
    Reply,
    SaveConversation,
    Say,
    Send,
    ToPerson,
)


@dataclass
class Draft:
    """The state to keep, what to say, and everything else; ``closing`` once it ends its own case."""

    words: Words
    conversation: Conversation
    case: Case | None
    replies: list[Reply] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    urgent: bool = False
    closing: bool = False

    def text(self, name: str) -> Reply:
        """Return one of our texts in the person's language."""
        return self.words.say(name, self.conversation.tongue.spoken)

    def say(self, name: str) -> None:
        """Answer with one of our texts."""
        self.replies.append(self.text(name))

    def finished(self) -> list[Change]:
        """Return everything as changes for one transaction."""
        case = self.case.id if self.case else None
        to = ToPerson(self.conversation.person)
        sends: list[Change] = [
            Send(to, Say(reply.text, reply.buttons), Origin.BOT, self.urgent, case) for reply in self.replies
        ]
        if self.closing:
            # The closing change saves the conversation itself; what the engine kept travels with it.
            return [*sends, *(self._with_events(change) for change in self.changes)]
        return [*self.changes, SaveConversation(self.conversation), *sends]

    def _with_events(self, change: Change) -> Change:
        if not isinstance(change, SaveConversation):
            return change
        now = self.conversation
        kept = replace(change.conversation, events=now.events, tongue=now.tongue, noticed=now.noticed)
        return SaveConversation(kept)
