"""Storage: tables, transactions, keys, retention and migrations.

In: frozen values from ``bot.messages`` and raw update JSON. Out: the same values again, and only
them: no row object leaves. Everything a person wrote, and every Telegram id, rests sealed or as a
keyed HMAC. ``bot.storage.stores.open_stores`` is the door.

Not here: deciding anything about a message, and any call to Telegram.
"""
