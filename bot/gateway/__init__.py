"""The only room that speaks the Bot API, and the only one that imports `telegram`.

In: raw update JSON (polled or pushed), which leaves as our own values (`read.py`); outbox rows, which become
Bot API calls and come back as one of four ends (`telegram_api.py`, `errors.py`).
Not here: what an update means for a conversation, what follows from a failed send, and any table.
"""
