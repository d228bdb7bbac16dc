"""The engine: Rasa in a child process that holds no keys and opens no socket.

In: a message with what is known of its conversation. Out: replies, named effects, the events to keep, and
what the message meant. Does not belong here: the database, Telegram, or deciding who answers. The parent's
side (`client`, `releases`) never imports Rasa; the child's side (`child`, `brain`) never sees a key.
"""
