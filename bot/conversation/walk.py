"""The walk of one message, top to bottom: who is it from, who answers, what is said, one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.conversation.handoff import Handoff
from bot.conversation.person_turn import PersonTurn
from bot.conversation.ports import Store
from bot.conversation.repeats import Repeats
from bot.errors import Conflict
from bot.failpoints import failpoint
from bot.messages import (
    Alarm,
    BotStanding,
    Change,
    Enrol,
    FromGroup,
    FromPrivate,
    GroupMigrated,
    Ignored,
    InboxItem,
    MemberChanged,
    MoveGroup,
    Origin,
    Pressed,
    Reach,
    ReachChanged,
    Say,
    Send,
    SetPresence,
    SetReach,
    Started,
    TimerDue,
    ToAdvocate,
    ToChat,
    TopicEvent,
)
from bot.relay.desk import Desk
from bot.relay.invites import is_invite, token_hash

AnswerPress = Callable[..., Awaitable[None]]
"""Answers a press in the group: ``(query, text, *, alert)``; best effort, after the commit."""

ATTEMPTS = 8
"""How often one message is decided again because another worker changed the same rows first."""


class Walk:
    """Takes one inbox item to its commit. Rooms are reached only through their protocols."""

    def __init__(
        self,
        store: Store,
        person_turn: PersonTurn,
        desk: Desk,
        handoff: Handoff,
        repeats: Repeats,
        answer_press: AnswerPress,
    ) -> None:
        self._store = store
        self._person_turn = person_turn
        self._desk = desk
        self._handoff = handoff
        self._repeats = repeats
        self._answer_press = answer_press

    async def __call__(self, item: InboxItem) -> None:
        """Decide and commit; decide again if someone else changed the rows meanwhile.

        Raises:
            Conflict: If that happened ``ATTEMPTS`` times in a row; the inbox tries the item again.
        """
        for attempt in range(ATTEMPTS):
            try:
                return await self._once(item)
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise

    async def _once(self, item: InboxItem) -> None:
        failpoint("walk.begin")
        match item.incoming:
            case FromPrivate() as private:
                await self._commit(item, await self._private(private))
            case FromGroup() as group:
                await self._group(item, group)
            case ReachChanged() as change:
                await self._commit(item, await self._reach(change))
            case MemberChanged() as member:
                await self._commit(item, await self._member(member))
            case GroupMigrated(old=old, new=new):
                await self._commit(item, [MoveGroup(old, new), Alarm("group migrated")])
            case BotStanding() as standing:
                await self._commit(item, await self._standing(standing))
            case TimerDue() as timer:
                await self._commit(item, await self._repeats.nudge(timer))
            case Ignored():
                await self._commit(item, [])

    async def _commit(self, item: InboxItem, changes: list[Change]) -> None:
        failpoint("walk.before-commit")
        await self._store.commit(item.id, changes)
        failpoint("walk.after-commit")

    async def _private(self, private: FromPrivate) -> list[Change]:
        """A private chat: an invitation, an advocate's own chat, or a young person."""
        if private.sender.disguise == "bot":
            return []
        if isinstance(private.content, Started) and is_invite(private.content.payload):
            return await self._enrol(private, private.content)
        advocate = await self._store.advocate_by_user(private.sender.user)
        failpoint("walk.sender-known")
        if advocate is not None:
            return [Send(ToAdvocate(advocate.id), Say(self._handoff.text("adv_private_hint")), Origin.SYSTEM)]
        return await self._person_turn.changes(private)

    async def _enrol(self, private: FromPrivate, started: Started) -> list[Change]:
        """Use an invitation; a bad one gets the same short answer whatever is wrong with it."""
        digest = token_hash(started.payload)
        invite = await self._store.invite(digest)
        if invite is None or private.sender.disguise is not None:
            return [
                Send(ToChat(private.sender.user), Say(self._handoff.text("adv_invite_bad")), Origin.SYSTEM)
            ]
        welcome = Say(self._handoff.text("adv_enrolled", alias=invite))
        return [Enrol(digest, private.sender.user), Send(ToChat(private.sender.user), welcome, Origin.SYSTEM)]

    async def _group(self, item: InboxItem, group: FromGroup) -> None:
        if isinstance(group.content, TopicEvent) and group.content.by_bot:
            await self._commit(item, await self._repeats.adopt_topic(group, group.content))
            return
        ruling = await self._desk.rule(group)
        failpoint("walk.ruled")
        await self._commit(item, list(ruling.changes))
        if isinstance(group.content, Pressed):
            await self._answer_press(group.content.query, ruling.toast, alert=ruling.alert)

    async def _reach(self, change: ReachChanged) -> list[Change]:
        """A person blocked the bot or came back: keep it, and tell their topic."""
        conversation = await self._store.person(change.chat)
        if conversation.reach is change.reach:
            return []
        changes: list[Change] = [SetReach(conversation.person, change.reach)]
        case = await self._store.case(conversation.case) if conversation.case else None
        if case is not None:
            name = "adv_person_back" if change.reach is Reach.OPEN else "adv_person_blocked"
            changes.append(self._handoff.note(case, name))
        return changes

    async def _member(self, member: MemberChanged) -> list[Change]:
        advocate = await self._store.advocate_by_user(member.user)
        if advocate is None or await self._store.home_of(member.group) is None:
            return []
        return [SetPresence(advocate.id, member.present)]

    async def _standing(self, standing: BotStanding) -> list[Change]:
        if await self._store.home_of(standing.group) is None:
            return []
        if not standing.present:
            return [Alarm("removed from the group")]
        return [] if standing.admin else [Alarm("not an admin of the group")]
