"""Plants what means nothing: telemetry, motion, doors, and switching at any hour."""

from __future__ import annotations

import numpy as np

from tests.homes import Builder
from tests.planting.timeline import Span

HOUR = 3600.0
MIDDLE = {"power": 120.0, "humidity": 48.0, "temperature": 20.5, "illuminance": 300.0}


def plant_noise(home: Builder) -> None:
    for entity in home.entities:
        domain, line = entity.domain, home.lines[entity.entity_id]
        if domain in ("light", "switch", "fan", "cover", "media_player"):
            switching(home, entity.entity_id)
        elif entity.device_class == "motion":
            motion(home, entity.entity_id)
        elif entity.device_class == "door":
            doors(home, entity.entity_id)
        elif domain == "sensor" and not line.events:
            telemetry(home, entity.entity_id, str(entity.device_class))


def waking(home: Builder, day: int) -> float:
    """A moment of the day, more likely towards the evening."""
    hour = home.rng.uniform(6.5, 23.5) if home.rng.random() < 0.5 else np.clip(home.rng.normal(19.5, 2.2), 6, 23.9)
    return home.moment(day, float(hour) * HOUR)


def switching(home: Builder, entity_id: str) -> None:
    a_day = home.span(home.style.noise_a_day)
    line = home.lines[entity_id]
    if entity_id in home.quiet:
        return
    for day in range(home.days):
        if day in home.holiday:
            continue
        for _ in range(home.rng.poisson(a_day)):
            at = waking(home, day)
            if home.someone_home(at):
                line.spans.append(Span(at, at + float(home.rng.exponential(50) + 1) * 60))


def motion(home: Builder, entity_id: str) -> None:
    a_day = home.span(home.style.motion_a_day)
    line = home.lines[entity_id]
    if any(span.firm for span in line.spans):
        return
    for day in range(home.days):
        for _ in range(home.rng.poisson(a_day)):
            at = waking(home, day)
            if home.someone_home(at):
                line.spans.append(Span(at, at + float(home.rng.uniform(20, 240)), "device", "device"))


def doors(home: Builder, entity_id: str) -> None:
    line = home.lines[entity_id]
    for day in range(home.days):
        for _ in range(home.rng.poisson(0.5 if any(span.firm for span in line.spans) else 6)):
            at = waking(home, day)
            if home.someone_home(at) and not any(span.firm for span in line.spans):
                line.spans.append(Span(at, at + float(home.rng.uniform(5, 120)), "device", "device"))


def telemetry(home: Builder, entity_id: str, device_class: str) -> None:
    """A number that wanders with the hour of the day."""
    line, rng = home.lines[entity_id], home.rng
    steps = int(home.days * 1440 / home.style.telemetry_minutes)
    at = home.moment(0, 0) + np.cumsum(rng.uniform(0.5, 1.5, steps)) * home.style.telemetry_minutes * 60
    middle = MIDDLE[device_class]
    wave = np.sin((at % 86_400) / 86_400 * 2 * np.pi - rng.uniform(0, 6)) * 0.12 * middle
    walk = np.cumsum(rng.normal(0, 0.01 * middle, steps))
    walk -= np.linspace(0, walk[-1], steps)
    values = middle + wave + walk * 0.3 + rng.normal(0, 0.01 * middle, steps)
    if device_class == "illuminance":
        values = daylight(home, at) * np.exp(rng.normal(0, 0.25, steps))
    line.events += [(float(t), f"{value:.1f}", "device") for t, value in zip(at, values, strict=True)]


def daylight(home: Builder, at: np.ndarray) -> np.ndarray:
    """Lux outside: some hundreds at sunset, falling to nothing within the hour."""
    light = np.zeros(len(at))
    for day in range(home.days):
        rise, down = home.sun(day, "sunrise"), home.sun(day, "sunset")
        light = np.maximum(light, 400 * np.exp(np.clip(np.minimum(at - rise, down - at) / 1200, -9, 3.5)))
    return light
