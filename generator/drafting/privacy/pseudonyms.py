"""Pseudonyms: what one request calls the home's entities and rooms, and their real names.

They are given anew for every request, in order of appearance, so that two requests cannot be linked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from string import ascii_uppercase
from typing import Literal

from generator.drafting.privacy.ha_vocabulary import DEVICE_CLASSES, DOMAINS, SERVICES, STATES
from generator.drafting.privacy.home_names import HomeNames
from schemas.home import Home

Family = Literal["thing", "room", "time", "state", "service", "action", "condition"]

_LOOKS_LIKE_PSEUDONYM = re.compile(r"\b[a-z]+(?:_[a-z]+)*_(?:\d{1,4}|[A-Z])\b")


class Pseudonyms:
    """Pseudonyms for one request about `home`; the same entity keeps its pseudonym within it.

    No pseudonym occurs in any name or identifier of the home, so no name can be mistaken for one.
    """

    def __init__(self, home: Home, names: HomeNames) -> None:
        self._home = home
        self._home_text = "\n".join(names.names).casefold()
        self._pseudonym_by_real: dict[tuple[Family, str], str] = {}
        self._real_by_pseudonym: dict[str, tuple[Family, str]] = {}

    def thing(self, entity_id: str) -> str:
        """`light_1` for an entity; a sensor is called by what it senses, `motion_1`."""
        return self._pseudonym("thing", entity_id, self._kind(entity_id))

    def room(self, area_id: str) -> str:
        return self._pseudonym("room", area_id)

    def time(self, clock: str) -> str:
        """`time_1` for a local time of day such as `06:42`."""
        return self._pseudonym("time", clock)

    def action(self, path: str) -> str:
        """`action_1` for a step of the automation; `path` says where in it."""
        return self._pseudonym("action", path)

    def condition(self, path: str) -> str:
        return self._pseudonym("condition", path)

    def service(self, name: str) -> str:
        return name if name in SERVICES else self._pseudonym("service", name)

    def state(self, state: str) -> str:
        """The state itself where it is Home Assistant's own, else `state_1`: a source or option is a given name."""
        return state if state in STATES else self._pseudonym("state", state)

    def resolve(self, family: Family, pseudonym: str) -> str | None:
        """What `pseudonym` stands for; None where it was never given. A common state stands for itself."""
        sent_family, real = self._real_by_pseudonym.get(pseudonym, (None, ""))
        if sent_family == family:
            return real
        return pseudonym if family == "state" and pseudonym in STATES else None

    @property
    def things(self) -> dict[str, str]:
        """Every entity named so far: pseudonym -> entity id, in order of appearance."""
        return {name: real for name, (family, real) in self._real_by_pseudonym.items() if family == "thing"}

    def mentions(self, text: str, family: Family) -> bool:
        """Whether `text` holds a pseudonym of this family."""
        said = {word.casefold() for word in re.findall(r"\w+", text)}
        return any(name.casefold() in said for name, (known, _) in self._real_by_pseudonym.items() if known == family)

    def find_unknown(self, text: str) -> list[str]:
        """Words in `text` that look like pseudonyms but were never given."""
        given = {name.casefold() for name in self._real_by_pseudonym}
        return sorted({word for word in _LOOKS_LIKE_PSEUDONYM.findall(text) if word.casefold() not in given})

    def restore(self, text: str) -> str:
        """`text` with every pseudonym, however capitalised, replaced by the home's own name for it."""
        if not self._real_by_pseudonym:
            return text
        names = {name.casefold(): self._name_at_home(*known) for name, known in self._real_by_pseudonym.items()}
        longest_first = sorted(names, key=len, reverse=True)
        pattern = r"(?<!\w)(" + "|".join(map(re.escape, longest_first)) + r")(?!\w)"
        return re.sub(pattern, lambda found: names[found[0].casefold()], text, flags=re.IGNORECASE)

    def _name_at_home(self, family: Family, real: str) -> str:
        if family == "thing":
            return self._home.name_of(real)
        if family == "room" and real in self._home.areas_by_id:
            return self._home.areas_by_id[real].name
        return real

    def _kind(self, entity_id: str) -> str:
        domain = entity_id.split(".", 1)[0]
        entity = self._home.entities_by_id.get(entity_id)
        if domain in ("binary_sensor", "sensor") and entity and entity.device_class in DEVICE_CLASSES:
            return entity.device_class
        return domain if domain in DOMAINS else "thing"

    def _pseudonym(self, family: Family, real: str, prefix: str | None = None) -> str:
        if (family, real) not in self._pseudonym_by_real:
            name = next(name for name in _numbered(prefix or family) if self._is_free(name))
            self._pseudonym_by_real[family, real] = name
            self._real_by_pseudonym[name] = (family, real)
        return self._pseudonym_by_real[family, real]

    def _is_free(self, name: str) -> bool:
        return name not in self._real_by_pseudonym and name.casefold() not in self._home_text


def _numbered(prefix: str) -> Iterator[str]:
    """`room_A` to `room_Z` and on with numbers; everything else by number."""
    if prefix == "room":
        yield from (f"room_{letter}" for letter in ascii_uppercase)
    yield from (f"{prefix}_{number}" for number in count(1))
