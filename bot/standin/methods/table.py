"""The table of methods: name, parameters, and what runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.standin.wire import Args
from bot.standin.world import World

Handler = Callable[[World, Args], Any]


@dataclass(frozen=True)
class Method:
    """A method of the Bot API as this stand-in knows it."""

    name: str
    parameters: frozenset[str]
    run: Handler
    paced: bool
    """Whether it spends from the chat's pace."""


METHODS: dict[str, Method] = {}
"""By lower-case name: Telegram does not mind the case."""

UNWRITTEN = frozenset({
    "business_connection_id", "direct_messages_topic_id", "suggested_post_parameters", "allow_paid_broadcast",
    "message_effect_id", "video_start_timestamp", "inline_message_id", "certificate", "ip_address",
    "live_period", "proximity_alert_radius", "heading", "cover", "start_timestamp", "rich_message",
})  # fmt: skip
"""Real parameters that change what happens on Telegram and nothing here: giving one is a complaint."""


def method(name: str, parameters: str = "", *, paced: bool = False) -> Callable[[Handler], Handler]:
    """Enter a function into the table under its method's name."""

    def enter(handler: Handler) -> Handler:
        METHODS[name.lower()] = Method(name, frozenset(parameters.split()), handler, paced)
        return handler

    return enter


_OTHER_METHODS = """
forwardMessages sendLivePhoto sendAnimation sendPaidMedia sendMediaGroup sendVenue sendPoll sendChecklist
sendDice sendMessageDraft getUserProfilePhotos getUserProfileAudios setUserEmojiStatus banChatMember
unbanChatMember restrictChatMember promoteChatMember setChatAdministratorCustomTitle setChatMemberTag
banChatSenderChat unbanChatSenderChat setChatPermissions exportChatInviteLink createChatInviteLink
editChatInviteLink createChatSubscriptionInviteLink editChatSubscriptionInviteLink revokeChatInviteLink
approveChatJoinRequest declineChatJoinRequest answerChatJoinRequestQuery sendChatJoinRequestWebApp
setChatPhoto deleteChatPhoto setChatTitle setChatDescription unpinAllChatMessages
getUserPersonalChatMessages setChatStickerSet deleteChatStickerSet getForumTopicIconStickers
editGeneralForumTopic closeGeneralForumTopic reopenGeneralForumTopic hideGeneralForumTopic
unhideGeneralForumTopic unpinAllGeneralForumTopicMessages answerGuestQuery getUserChatBoosts
getBusinessConnection getManagedBotToken replaceManagedBotToken getManagedBotAccessSettings
setManagedBotAccessSettings getMyCommands getMyName getMyDescription getMyShortDescription
setMyProfilePhoto removeMyProfilePhoto getChatMenuButton setMyDefaultAdministratorRights
getMyDefaultAdministratorRights getAvailableGifts sendGift giftPremiumSubscription verifyUser verifyChat
removeUserVerification removeChatVerification readBusinessMessage deleteBusinessMessages
setBusinessAccountName setBusinessAccountUsername setBusinessAccountBio setBusinessAccountProfilePhoto
removeBusinessAccountProfilePhoto setBusinessAccountGiftSettings getBusinessAccountStarBalance
transferBusinessAccountStars getBusinessAccountGifts getUserGifts getChatGifts convertGiftToStars
upgradeGift transferGift postStory repostStory editStory deleteStory answerWebAppQuery
savePreparedInlineMessage savePreparedKeyboardButton editMessageMedia editMessageLiveLocation
stopMessageLiveLocation editMessageChecklist stopPoll approveSuggestedPost declineSuggestedPost
deleteMessageReaction deleteAllMessageReactions getStickerSet getCustomEmojiStickers uploadStickerFile
createNewStickerSet addStickerToSet setStickerPositionInSet deleteStickerFromSet replaceStickerInSet
setStickerEmojiList setStickerKeywords setStickerMaskPosition setStickerSetTitle setStickerSetThumbnail
setCustomEmojiStickerSetThumbnail deleteStickerSet sendRichMessage sendRichMessageDraft answerInlineQuery
sendInvoice createInvoiceLink answerShippingQuery answerPreCheckoutQuery getMyStarBalance
getStarTransactions refundStarPayment editUserStarSubscription setPassportDataErrors sendGame
setGameScore getGameHighScores
"""
KNOWN_ELSEWHERE = frozenset(_OTHER_METHODS.lower().split())
"""Real methods that are not written here; calling one must fail loudly, never quietly succeed.

Source: Bot API 10.1.
"""
