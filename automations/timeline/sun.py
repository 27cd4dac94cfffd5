"""The sun over one home: when it rises and sets, as Home Assistant computes it (astral 2.2, no elevation)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo

import astral.sun
from astral import Observer

from schemas.home import Home


def observer_of(home: Home) -> Observer | None:
    """None where the home does not say its latitude and longitude."""
    if home.latitude is None or home.longitude is None:
        return None
    return Observer(home.latitude, home.longitude, 0)


def sun_event(observer: Observer, event: str, utc_day: date, depression: float | None = None) -> datetime | None:
    """When `event` (sunrise, sunset, dawn, dusk, noon, midnight) is on that UTC date; None where it is not."""
    event_time: Callable[..., datetime] = getattr(astral.sun, event)
    options = {} if depression is None else {"depression": depression}
    try:
        return event_time(observer, utc_day, **options)
    except ValueError:  # polar day or night
        return None


def local_sun_event(observer: Observer, event: str, day: date, zone: tzinfo) -> datetime | None:
    """When `event` is on that date of the zone, in the zone's time; far from Greenwich its UTC date is another."""
    for utc_day in (day, day - timedelta(days=1), day + timedelta(days=1)):
        at = sun_event(observer, event, utc_day)
        if at is not None and at.astimezone(zone).date() == day:
            return at.astimezone(zone)
    return None


def sun_elevation(observer: Observer, at: datetime) -> float:
    """Degrees above the horizon."""
    return float(astral.sun.elevation(observer, at))
