"""`harbour settings`: what is set, where it came from, what it means."""

from __future__ import annotations

import sys

from bot.settings import KNOWN, Settings


def show(settings: Settings) -> None:
    """Print each setting and its meaning; a secret shows only whether it is set."""
    values = shown_values(settings)
    for known in KNOWN:
        origin = settings.origins.get(known.name, "")
        value = values[known.name] or "(empty)"
        sys.stdout.write(f"{known.name} = {value}   [{origin}]\n    {known.meaning}\n")


def shown_values(settings: Settings) -> dict[str, str]:
    """Return each setting's value as text, secrets hidden."""
    plain = {
        "HARBOUR_TELEGRAM_TOKEN": settings.token,
        "HARBOUR_TELEGRAM_API": settings.api,
        "HARBOUR_ADVOCATES_GROUP": ", ".join(map(str, settings.groups)),
        "HARBOUR_ADVOCATES_LANGUAGE": settings.advocates_language,
        "HARBOUR_DATA_DIR": str(settings.data_dir),
        "HARBOUR_DATABASE_URL": _without_password(settings.database_url),
        "HARBOUR_KEY_FILE": str(settings.key_file),
        "HARBOUR_TRANSLATOR": settings.translator,
        "HARBOUR_TRANSLATOR_URL": settings.translator_url,
        "HARBOUR_TRANSLATOR_KEY": settings.translator_key,
        "HARBOUR_WEBHOOK_URL": settings.webhook_url,
        "HARBOUR_WEBHOOK_SECRET": settings.webhook_secret,
        "HARBOUR_HTTP": str(settings.http),
        "HARBOUR_PACE": "telegram" if settings.paced else "off",
        "HARBOUR_STANDIN": str(settings.standin),
    }
    hidden = {known.name for known in KNOWN if known.secret}
    return {name: ("set" if value else "") if name in hidden else value for name, value in plain.items()}


def _without_password(url: str) -> str:
    scheme, sep, rest = url.partition("://")
    credentials, at, host = rest.rpartition("@")
    if not at:
        return url
    return f"{scheme}{sep}{credentials.split(':')[0]}:***@{host}"
