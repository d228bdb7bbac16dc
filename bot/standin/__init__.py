"""A local Telegram: the Bot API over HTTP, and a page with the phones of people and advocates.

In: Bot API calls of a bot under test, and what tests or the page let people do (`/standin/...`).
Out: updates (polled or pushed to a loopback webhook), and the ledger of what each person was truly shown.
Not here: anything of the other rooms; this room knows Telegram only, and nothing leaves the machine.
"""

STANDIN_TOKEN = "1000001:STANDIN-token-for-this-machine-only"  # noqa: S105 - opens nothing but this stand-in
