"""Relay: what advocates say and press in their group, and who of them counts.

In: a `FromGroup` or an invite. Out: changes for one transaction, and a short answer to a press.
Not here: Telegram, SQL. A person is reached by the topic's key (group, thread) alone, never by text.
"""
