"""Home Assistant's own automation engine on a virtual clock; run with the Python of a Home Assistant installation.

    python virtual_home.py < REQUEST > ANSWER      one JSON document each

REQUEST: {"timezone", "latitude", "longitude", "start", "end", "history": [[microseconds, entity_id, state], ...],
"automations": [config with id, ...], "services": ["light.turn_on", ...], "device_classes": {entity_id: class}};
start and end are microseconds. States up to and including `start` are there before the automations are set up.
ANSWER: {"version", "fired": {id: [microseconds, ...]}, "refused": {id: why}}.

It imports nothing of the project, only `homeassistant`, and runs on every release that we compare with.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import os
import selectors
import sys
import tempfile
import time

UTC = dt.UTC
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Seconds since 1970; stands still until it is moved."""

    now = 0.0


def freeze() -> None:
    """Let everything that Home Assistant asks for the time ask the virtual clock; before it is imported."""
    time.time = lambda: Clock.now
    from homeassistant.util import dt as dt_util

    dt_util.utcnow = lambda: dt.datetime.fromtimestamp(Clock.now, UTC)
    dt_util.now = lambda zone=None: dt.datetime.fromtimestamp(Clock.now, zone or dt_util.DEFAULT_TIME_ZONE)


class _Selector(selectors.DefaultSelector):
    def select(self, timeout=None):
        """Looks for the executor's wake-ups; virtual time does not pass by waiting."""
        return super().select(0 if timeout is not None and timeout <= 0 else 0.0005)


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        super().__init__(_Selector())
        self._clock_resolution = 1e-6  # what a float of seconds since 1970 can tell apart

    def time(self) -> float:
        return Clock.now

    def turn(self) -> None:
        """Run what is due, until nothing is."""
        self._once()
        while self._ready or self._is_due():
            self._once()

    def _once(self) -> None:
        self.call_soon(self.stop)
        self.run_forever()

    def _is_due(self) -> bool:
        when = self.next_timer()
        return when is not None and when <= Clock.now

    def next_timer(self) -> float | None:
        pending = [handle._when for handle in self._scheduled[:1] if not handle._cancelled]
        if self._scheduled and not pending:  # a cancelled head hides the next
            live = [handle._when for handle in self._scheduled if not handle._cancelled]
            return min(live, default=None)
        return pending[0] if pending else None

    def advance(self, until: float) -> None:
        """Move the clock to just before `until`, stopping at every timer on the way.

        Timers of that very microsecond stay for later: there a state change comes before a timer.
        """
        while (when := self.next_timer()) is not None and when < until - 5e-7:
            Clock.now = max(when, Clock.now)
            self.turn()
        Clock.now = until


async def start_home(request: dict, folder: str):
    from homeassistant import bootstrap, config_entries, core, loader

    hass = core.HomeAssistant(folder)
    loader.async_setup(hass)
    hass.config_entries = config_entries.ConfigEntries(hass, {})
    hass.config.latitude, hass.config.longitude = request["latitude"], request["longitude"]
    hass.config.elevation, hass.config.skip_pip = 0, True
    await hass.config.async_set_time_zone(request["timezone"])
    await bootstrap.async_load_base_functionality(hass)
    hass.set_state(core.CoreState.running)
    return hass


async def set_up(hass, domain: str, config: dict) -> None:
    from homeassistant.setup import async_setup_component

    if not await async_setup_component(hass, domain, config):
        raise SystemExit(f"{domain} could not be set up")


async def add_sun(hass) -> None:
    from homeassistant.components.sun.entity import Sun
    from homeassistant.helpers.entity_component import EntityComponent

    sun = Sun(hass)
    sun._attr_should_poll = False  # it writes itself
    await EntityComponent(logging.getLogger("sun"), "sun", hass).async_add_entities([sun])


def add_services(hass, names: list[str]) -> None:
    async def nothing(call) -> None:
        return None

    for name in names:
        domain, service = name.split(".")
        if not hass.services.has_service(domain, service):
            hass.services.async_register(domain, service, nothing)


def attributes(request: dict, entity_id: str, state: str) -> dict:
    """What a real integration would say beside the state."""
    found = {}
    if entity_id.startswith(("person.", "device_tracker.")) and state not in ("unavailable", "unknown"):
        away = 0.0 if state == "home" else 1.0
        zones = [] if away else ["zone.home"]
        found = {"latitude": request["latitude"] + away, "longitude": request["longitude"], "in_zones": zones}
    if device_class := request.get("device_classes", {}).get(entity_id):
        found["device_class"] = device_class
    if entity_id.startswith("input_datetime.") and state not in ("unavailable", "unknown"):
        date, _, clock = state.partition(" ") if "-" in state else ("", "", state)
        found |= {"has_date": bool(date), "has_time": bool(clock)}
        if date:
            found |= dict(zip(("year", "month", "day"), map(int, date.split("-")), strict=True))
        if clock:
            found |= dict(zip(("hour", "minute", "second"), map(int, clock.split(":")), strict=True))
    return found


def replay(request: dict, folder: str) -> dict:
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    Clock.now = request["start"] / 1e6
    history = request["history"]
    fired: dict[str, list[int]] = {config["id"]: [] for config in request["automations"]}

    hass = loop.run_until_complete(start_home(request, folder))
    if not any(row[1] == "sun.sun" for row in history):
        loop.run_until_complete(add_sun(hass))
    if not any(row[1].startswith("zone.") for row in history):
        loop.run_until_complete(set_up(hass, "zone", {}))
    position = 0
    while position < len(history) and history[position][0] <= request["start"]:
        _, entity_id, state = history[position]
        hass.states.async_set(entity_id, state, attributes(request, entity_id, state))
        position += 1
    add_services(hass, request.get("services", []))

    def note(event) -> None:
        state = hass.states.get(event.data["entity_id"])
        fired[state.attributes["id"]].append(round(Clock.now * 1e6))

    from homeassistant.core import callback

    loop.turn()
    hass.bus.async_listen("automation_triggered", callback(note))
    loop.run_until_complete(set_up(hass, "automation", {"automation": request["automations"]}))
    loop.turn()
    refused = {
        state.attributes.get("id", state.entity_id): "refused"
        for state in hass.states.async_all("automation")
        if state.state != "on"
    }
    for time_us, entity_id, state in history[position:]:
        if time_us > request["end"]:
            break
        moment = time_us / 1e6
        if moment > Clock.now:
            loop.turn()
            loop.advance(moment)
        hass.states.async_set(entity_id, state, attributes(request, entity_id, state))
        while loop._ready:
            loop._once()
    loop.turn()
    loop.advance(request["end"] / 1e6)
    loop.turn()
    from homeassistant.const import __version__

    return {"version": __version__, "fired": fired, "refused": refused}


def main() -> None:
    logging.basicConfig(level=logging.CRITICAL, stream=sys.stderr)
    request = json.load(sys.stdin)
    freeze()
    with tempfile.TemporaryDirectory() as folder:
        answer = replay(request, folder)
    print(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # executor threads and timers of the home need no farewell


if __name__ == "__main__":
    main()
