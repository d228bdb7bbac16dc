"""What is said of a place: which of our texts, and its words. A pure decision; the map is somebody else's.

Privacy: of a shared place only the nation may be kept (it changes which rights are told); its town and
its coordinates stand in the one answer and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.ports import Countries, Map, Words
from bot.messages import Area, Language, Reply, SharedPlace, Whereabouts

UK = "GB"


@dataclass(frozen=True)
class Places:
    """Says where somebody is, in their language."""

    words: Words
    countries: Countries
    map: Map

    def find(self, place: SharedPlace) -> Whereabouts:
        """Return what is known of a shared place."""
        return self.map.where(place.latitude, place.longitude, place.accuracy_m)

    def tell(self, found: Whereabouts, language: Language | None) -> list[Reply]:
        """Return the answer to a place, the other side of a near border behind it."""
        if found.at_sea and (found.area is None or self.countries.region(found.area.country)):
            # Off other coasts we know no number: there the country is told as on land.
            return [self.words.say("utter_place_sea", language)]
        if found.area is None:
            return [self.words.say("utter_place_unknown", language)]
        name, place = place_text(found.area, found.town, self.words, self.countries, language)
        told = [self.words.say(name, language, place=place)]
        if found.near:
            _, other = place_text(found.near[0], None, self.words, self.countries, language)
            told.append(self.words.say("utter_place_near", language, place=other))
        return [*told, self.words.say("utter_place_kept", language)]


def place_text(
    area: Area,
    town: str | None,
    words: Words,
    countries: Countries,
    language: Language | None,
    *,
    surely_uk: bool = False,
) -> tuple[str, str]:
    """Return which text says where somebody is, and the place as it stands there.

    Args:
        area: Country and nation.
        town: The nearest town, if one is known.
        words: Names of the nations.
        countries: Names of the countries, and where our numbers work.
        language: The person's.
        surely_uk: Whether a British place without a nation is in one of the four: so say clues, not a map.
    """
    country = countries.name(area.country, language)
    nation = words.say(f"name_{area.nation}", language).text if area.nation else None
    place = ", ".join(part for part in (town, nation, country) if part)
    return f"utter_place_{_kind(area, countries, surely_uk)}", place


def sure_nation(found: Whereabouts) -> str | None:
    """Return the nation whose rights to tell; beside a border ``None``, for answers true on either side."""
    if found.area is None or found.at_sea or any(area.country == UK for area in found.near):
        return None
    return found.area.nation


def _kind(area: Area, countries: Countries, surely_uk: bool) -> str:
    """Return which text fits: our numbers are true in some countries only."""
    if area.country == UK:
        # On the map, a British place that is in none of the four nations is overseas.
        return "uk" if area.nation or surely_uk else "other"
    return countries.region(area.country) or "other"
