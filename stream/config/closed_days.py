"""Public holidays by country and region: the `holidays` package as data.

Imported when a calendar asks, since it takes a tenth of a second.
"""

from datetime import date
from functools import cache, partial

from stream.config.nearest import meant
from stream.sla.opening_hours import Holidays


def check_place(country: str, region: str | None) -> None:
    """Raises `ValueError`, with what was meant, for a place it has no holidays of."""
    places = _places()
    if country not in places:
        hint = meant(country, places) or ": write its ISO code, HU"
        raise ValueError(f"no holidays of country {country!r}{hint}")
    if region is not None and region not in places[country]:
        known = ", ".join(places[country]) or "it has none"
        hint = meant(region, places[country]) or f": {known}"
        raise ValueError(f"no region {region!r} in {country}{hint}")


def closed_days(country: str, region: str | None) -> Holidays:
    """The holidays of a year, on the days they are observed.

    A year that the package has no data of has none (`last_year`).
    """
    return partial(_of_year, country, region)


@cache
def _of_year(country: str, region: str | None, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415  slow

    return frozenset(holidays.country_holidays(country, subdiv=region, years=year))


def last_year(country: str) -> int:
    """The last year that there is data of."""
    import holidays  # noqa: PLC0415  slow

    return int(holidays.country_holidays(country).end_year)


@cache
def _places() -> dict[str, list[str]]:
    import holidays  # noqa: PLC0415  slow

    return dict(holidays.list_supported_countries(include_aliases=True))
