"""Who may act for Harbour in a group: decided anew for every update, from our roster alone."""

from __future__ import annotations

from bot.messages import Advocate, Sender


def may_act(sender: Sender, advocate: Advocate | None, *, group_is_ours: bool) -> bool:
    """Tell whether this update carries an advocate's authority.

    Only a plain user (no anonymous admin, channel, forward, via-bot or bot), enrolled and active, still a
    member, in a configured group.
    """
    return (
        group_is_ours
        and sender.disguise is None
        and advocate is not None
        and advocate.active
        and advocate.present
    )
