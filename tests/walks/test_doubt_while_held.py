"""An answer of the bot may be lost just before an advocate takes over: then the advocate hears of it."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.messages import Pressed, TimerDue
from bot.outbox.ports import End, Result
from tests.support.walking import PERSON


@pytest.mark.threat("T32")
async def test_a_doubt_that_comes_due_while_an_advocate_holds_is_theirs_to_settle(walk):
    """The bot says nothing to the person; the topic says what is not known, once, with a tap to repeat."""
    walk.ends["Say"] = Result(End.UNCERTAIN)
    await walk.writes("what are my rights")
    row = await uncertain_row(walk)
    await walk.writes("can i talk to someone", means="talk_to_human")
    await walk.claims()
    before, person = walk.texts(), (await walk.state()).person
    await walk.arrives(TimerDue("answer_again", person, row))
    await walk.arrives(TimerDue("answer_again", person, f"{row}:1"))
    notices = [said for said in walk.topic_texts() if walk.says("adv_uncertain_notice") in said]
    assert walk.texts() == before
    assert len(notices) == 1
    again = walk.button(walk.topics[max(walk.topics)], walk.says("label_resend"))
    for _ in range(2):
        await walk.in_topic(Pressed(again, "q", 1))
    assert len(walk.texts(PERSON)) == len(before) + 1


async def uncertain_row(walk) -> str:
    query = text("SELECT id FROM outbox WHERE state = 'uncertain'")
    return str(await walk.stores.database.run(lambda db: db.execute(query).scalar_one(), writes=False))
