"""The Bot API's methods, a function each, grouped by what they touch.

In: the world and a call's arguments. Out: the `result`, or an ApiError in Telegram's words.
Not here: HTTP, faults, limits; they stand around the methods in `botapi`.
"""
