"""The calls behind each kind of row. Errors of the library pass through; one table reads them later."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

from telegram import Bot, ForumTopic, InlineKeyboardMarkup, LinkPreviewOptions, ReactionTypeEmoji
from telegram.error import TelegramError

from bot.failpoints import failpoint
from bot.gateway.errors import result_of
from bot.gateway.rendering import icon_colour, keyboard, parts_of, topic_name
from bot.messages import OpenTopic, React, Say, SetTopic, ShowCard, ToTopic
from bot.outbox.ports import End, Refusal, Result, Row

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
SENT = Result(End.SENT)


class Sending:
    """One method per body. Plain text only: no parse mode, so nobody's words can format or break anything."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, row: Row, merged: Sequence[Row]) -> Result:
        """Make the calls for a row. Raises the library's errors."""
        if isinstance(row.to, ToTopic) and row.thread is None and not isinstance(row.body, OpenTopic):
            # Without its topic it would land in General, before everybody's eyes.
            return Result(End.NOT_SENT)
        match row.body:
            case Say():
                return await self._say(row, merged)
            case ShowCard():
                return await self._card(row)
            case OpenTopic() as topic:
                return await self._open_topic(row, topic)
            case SetTopic() as topic:
                return await self._set_topic(row, topic)
            case React() as reaction:
                return await self._react(row, reaction)

    async def _say(self, row: Row, merged: Sequence[Row]) -> Result:
        buttons = row.body.buttons if isinstance(row.body, Say | ShowCard) else ()
        *first, last = parts_of(row, merged)
        number = 0
        for at, part in enumerate((*first, last)):
            markup = keyboard(buttons, row.handles) if at == len(first) else None
            try:
                number = await self._text(row, part, markup)
            except TelegramError:
                # Once some of it has arrived it is neither sent nor surely not sent.
                if at:
                    return Result(End.UNCERTAIN)
                raise
            failpoint("gateway.after-part")
        return Result(End.SENT, message=number)

    async def _text(self, row: Row, text: str, markup: InlineKeyboardMarkup | None) -> int:
        sent = await self._bot.send_message(
            row.chat,
            text,
            entities=(),
            message_thread_id=row.thread,
            reply_markup=markup,
            link_preview_options=NO_PREVIEW,
        )
        return sent.message_id

    async def _card(self, row: Row) -> Result:
        """Edit the card where it stands; put a new one where none stands any more."""
        if row.card is None or not isinstance(row.body, ShowCard):
            return await self._say(row, ())
        try:
            await self._bot.edit_message_text(
                parts_of(row)[0],
                row.chat,
                row.card,
                entities=(),
                reply_markup=keyboard(row.body.buttons, row.handles),
                link_preview_options=NO_PREVIEW,
            )
        except TelegramError as error:
            refusal = result_of(error).refusal
            if refusal is Refusal.MESSAGE_GONE:
                return await self._say(row, ())
            if refusal is not Refusal.NOT_MODIFIED:
                raise
        return Result(End.SENT, message=row.card)

    async def _open_topic(self, row: Row, topic: OpenTopic) -> Result:
        made: ForumTopic = await self._bot.create_forum_topic(
            row.chat, topic_name(topic.name), icon_color=icon_colour(urgent=topic.urgent)
        )
        return Result(End.SENT, message=made.message_thread_id)

    async def _set_topic(self, row: Row, topic: SetTopic) -> Result:
        assert row.thread is not None
        bot, thread = self._bot, row.thread
        await _unless_so_already(bot.edit_forum_topic(row.chat, thread, name=topic_name(topic.name)))
        failpoint("gateway.between-name-and-state")
        change = bot.close_forum_topic if topic.closed else bot.reopen_forum_topic
        await _unless_so_already(change(row.chat, thread))
        return SENT

    async def _react(self, row: Row, reaction: React) -> Result:
        emoji = [] if reaction.emoji is None else [ReactionTypeEmoji(reaction.emoji)]
        await self._bot.set_message_reaction(row.chat, reaction.message, emoji)
        return SENT


async def _unless_so_already(call: Awaitable[bool]) -> None:
    """Await a change of state that may be in place already."""
    try:
        await call
    except TelegramError as error:
        if result_of(error).refusal is not Refusal.NOT_MODIFIED:
            raise
