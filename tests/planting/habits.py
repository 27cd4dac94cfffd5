"""Plants what people do by hand: at the clock, by the sun, one thing after another, at a number, coming and going."""

from __future__ import annotations

from collections.abc import Callable

from schemas.patterns import ClockTrigger, NumericTrigger, StateTrigger, SunTrigger
from tests.homes import EVERY_DAY, WEEKDAYS, WEEKEND, Builder, Truth
from tests.planting.timeline import Span

HOUR = 3600.0


def plant_habits(home: Builder) -> None:
    for weekdays in (EVERY_DAY, EVERY_DAY, WEEKDAYS, WEEKDAYS, WEEKEND):
        clock_habit(home, weekdays)
    if home.days >= 28:
        clock_habit(home, frozenset({int(home.rng.integers(7))}))
        clock_habit(home, EVERY_DAY, drift_minutes=float(home.rng.uniform(20, 60)) * home.rng.choice([-1, 1]))
    two_times_of_one_light(home)
    sun_habit(home, "sunset")
    if home.rng.random() < 0.5:
        sun_habit(home, "sunrise")
    sequence(home, after="contact")
    sequence(home, after="media")
    sequence(home, after="contact", when="dark")
    sequence(home, after="motion", when="mode")
    sequence(home, after="contact", when="weekday")
    if len(home.outings) > 1:
        sequence(home, after="media", when="person")
    chain(home)
    numeric_habit(home)
    presence_habit(home, home.rng.random() < 0.5)


def act(home: Builder, target: str, state: str, at: float, firm: bool = True, by: str = "person") -> None:
    """`target` turns to `state` at `at`; some time before or after it turns back, by nobody's habit."""
    line = home.lines[target]
    if state == line.on:
        line.spans.append(Span(at, at + home.rng.uniform(0.15, 4) * HOUR, by, "person", firm))
    else:
        line.spans.append(Span(at - home.rng.uniform(0.3, 3) * HOUR, at, "person", by, firm))


def target_of(home: Builder) -> tuple[str, str]:
    """A free entity and one of its two states."""
    target = home.take("light", "light", "switch", "cover", "fan")
    line = home.lines[target]
    return target, line.on if home.rng.random() < 0.75 else line.off


def clock_habit(
    home: Builder, weekdays: frozenset[int], drift_minutes: float = 0.0, target: str = "", centre: float = 0.0
) -> None:
    state = "on"
    if not target:
        target, state = target_of(home)
    centre = centre or float(home.rng.uniform(6, 23.3)) * HOUR
    jitter, misses = home.span(home.style.jitter_minutes), home.span(home.style.misses)
    days = [day for day in range(home.days) if home.weekday(day) in weekdays and home.happens(day, misses)]
    times = [
        home.moment(day, centre + drift_minutes * 60 * (day / home.days - 1) + home.jitter(jitter)) for day in days
    ]
    for at in times:
        act(home, target, state, at)
    trigger = ClockTrigger(round(centre) % 86_400)
    name = "drift" if drift_minutes else {7: "every day", 5: "weekdays", 2: "weekend", 1: "one weekday"}[len(weekdays)]
    home.truths.append(Truth(f"clock {name} ±{jitter:.0f}", target, state, trigger, weekdays, 900, tuple(times)))


def two_times_of_one_light(home: Builder) -> None:
    light = home.take("light")
    morning = float(home.rng.uniform(6, 9)) * HOUR
    clock_habit(home, EVERY_DAY, target=light, centre=morning)
    clock_habit(home, WEEKDAYS, target=light, centre=morning + float(home.rng.uniform(9, 13)) * HOUR)


def sun_habit(home: Builder, event: str) -> None:
    target, state = target_of(home)
    offset = float(home.rng.uniform(-45, 60)) * 60
    jitter, misses = home.rng.uniform(2, 12), home.span(home.style.misses)
    times = [
        home.sun(day, event) + offset + home.jitter(jitter) for day in range(home.days) if home.happens(day, misses)
    ]
    for at in times:
        act(home, target, state, at)
    home.truths.append(
        Truth(f"{event} ±{jitter:.0f}", target, state, SunTrigger(event, round(offset)), EVERY_DAY, 900, tuple(times))
    )


def causes_of(home: Builder, kind: str, a_day: float) -> tuple[str, str, list[float]]:
    """An entity whose change sets people off, and when it changes; somebody is home, at waking hours."""
    cause = home.take(kind)
    home.quiet.add(cause)
    times = []
    for day in range(home.days):
        for _ in range(home.rng.poisson(a_day)):
            at = home.moment(day, float(home.rng.uniform(7, 23)) * HOUR)
            if home.someone_home(at) and all(abs(at - other) > 1800 for other in times):
                times.append(at)
    line = home.lines[cause]
    by = "person" if kind in ("media", "light") else "device"
    length = (20.0, 600.0) if kind in ("contact", "motion") else (900.0, 7200.0)
    line.spans += [Span(at, at + home.span(length), by, by, True) for at in times]
    return cause, line.on, times


def delays(home: Builder) -> Callable[[], float]:
    """Draws a person's delay: log-normal around the habit's own middle."""
    low, high = home.style.delay_seconds
    middle = low * (high / low) ** home.rng.random()
    spread = home.span(home.style.delay_spread)
    return lambda: float(max(2.0, middle * home.rng.lognormal(0, spread)))


def sequence(home: Builder, after: str, when: str = "") -> None:
    cause, state, times = causes_of(home, after, float(home.rng.uniform(2, 4) if when else home.rng.uniform(0.8, 3)))
    target, wish = target_of(home)
    if when:  # what is off already cannot be turned off, so "off" would hide the condition
        wish = home.lines[target].on
    misses, delay = home.span(home.style.misses), delays(home)
    done = []
    for at in times:
        if allowed(home, when, at) and home.rng.random() >= misses:
            done.append(at + delay())
            act(home, target, wish, done[-1])
    if when == "mode":
        plant_mode(home)
    name = f"after {after}" + (f" if {when}" if when else "")
    weekdays = WEEKDAYS if when == "weekday" else EVERY_DAY
    home.truths.append(Truth(name, target, wish, StateTrigger(cause, state), weekdays, 900, tuple(done)))


def allowed(home: Builder, when: str, at: float) -> bool:
    day = int((at - home.moment(0, 0)) // 86_400)
    if when == "dark":
        return not home.sun(day, "sunrise") < at < home.sun(day, "sunset")
    if when == "mode":
        return any(start <= at < end for start, end in mode_spans(home))
    if when == "weekday":
        return home.weekday(day) < 5
    if when == "person":
        return not any(start <= at < end for start, end in home.outings[0])
    return True


def mode_spans(home: Builder) -> list[tuple[float, float]]:
    """When the guests are there: three or four stretches of some days, half of the month."""
    first = home.moment(0, 0)
    stretch = max(2.0, home.days / 8) * 86_400
    return [(first + (2 * part + 1) * stretch, first + (2 * part + 2) * stretch) for part in range(4)]


def plant_mode(home: Builder) -> None:
    mode = home.lines[home.free["mode"][0]]
    mode.events.append((home.moment(0, 30), "off", "device"))
    mode.spans += [Span(start, end, "person", "person", True) for start, end in mode_spans(home)]


def chain(home: Builder) -> None:
    cause, state, times = causes_of(home, "contact", 1.2)
    (first, one), (second, two) = target_of(home), target_of(home)
    misses, delay, later = home.span(home.style.misses) / 2, delays(home), delays(home)
    done = []
    for at in times:
        if home.rng.random() < misses:
            continue
        done.append(at + delay())
        act(home, first, one, done[-1])
        if home.rng.random() >= misses:
            act(home, second, two, done[-1] + later())
    home.truths.append(
        Truth("chain", first, one, StateTrigger(cause, state), EVERY_DAY, 900, tuple(done), ((second, two),))
    )


def numeric_habit(home: Builder) -> None:
    """A shower fills the bathroom with steam; a few minutes after the number passes the bound, the fan goes on."""
    sensor, fan = home.take("humidity"), home.take("fan")
    bound, misses, delay = float(home.rng.uniform(60, 72)), home.span(home.style.misses), delays(home)
    line, done = home.lines[sensor], []
    base = float(home.rng.uniform(42, 50))
    showers = sorted(
        home.moment(day, float(home.rng.uniform(6.5, 22.5)) * HOUR)
        for day in range(home.days)
        for _ in range(home.rng.poisson(1.2))
        if day not in home.holiday
    )
    at, level, seen = home.moment(0, 0), base, 0
    while at < home.moment(home.days, 0):
        at += 60 * float(home.rng.uniform(1.5, 3))
        while seen < len(showers) - 1 and showers[seen + 1] <= at:
            seen += 1
        since = at - showers[seen] if showers and at >= showers[seen] else 1e9
        goal = bound + 12 if since < 900 else base
        before, level = level, level + (goal - level) * (0.35 if since < 900 else 0.08) + float(home.rng.normal(0, 0.4))
        line.events.append((at, f"{level:.1f}", "device"))
        if round(before, 1) <= bound < round(level, 1) and since < 900 and home.rng.random() >= misses:
            done.append(at + delay() / 2)
    for moment in done:
        act(home, fan, "on", moment)
    home.truths.append(Truth("numeric", fan, "on", NumericTrigger(sensor, above=bound), EVERY_DAY, 5, tuple(done)))


def presence_habit(home: Builder, leaving: bool) -> None:
    target = home.take("switch", "light")
    wish, delay, misses = "off" if leaving else "on", delays(home), home.span(home.style.misses)
    moments = [start if leaving else end for start, end in home.away]
    done = [at + delay() / 2 for at in moments if home.rng.random() >= misses]
    for at in done:
        act(home, target, wish, at)
    trigger = NumericTrigger("zone.home", below=1) if leaving else NumericTrigger("zone.home", above=0)
    name = "last one leaves" if leaving else "first one comes"
    home.truths.append(Truth(name, target, wish, trigger, EVERY_DAY, 0.5, tuple(done)))
