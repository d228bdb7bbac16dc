"""What is to be said waits here until Telegram has it, or until it is known that it never will.

In: rows that storage committed with the decision that made them (`ports.py`).
Out: calls of the gateway at Telegram's pace (`pacing.py`, `sender.py`), and what follows from each of the
four ends a call can have (`aftermath.py`).
Not here: what to say, Bot API calls, and tables.
"""
