"""Conversation: who answers next, and the steps of one message.

In: an `InboxItem` and the state behind its sender. Out: a tuple of changes for one transaction.
Not here: Telegram, SQL, Rasa, or any outside library; they are behind the protocols of `ports.py`.
Start reading at `walk.py`.
"""
