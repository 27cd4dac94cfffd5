"""The legal life of a suggestion: from a state and an event to the next state, purely."""

from __future__ import annotations

from typing import Final

from schemas.errors import Moved
from schemas.suggestions import Event, State

_NEW: Final[dict[Event, State]] = {
    Event.OBSERVED: State.WAITING,
    Event.PROPOSED: State.OPEN,
    Event.HELD_BACK: State.HELD_BACK,
}
_QUEUE: Final[dict[Event, State]] = {
    Event.OBSERVED: State.WAITING,
    Event.PROPOSED: State.OPEN,
    Event.HELD_BACK: State.HELD_BACK,
    Event.DECLINED: State.DECLINED,
    Event.FADED: State.FADED,
    Event.SUPERSEDED: State.SUPERSEDED,
}
_OPEN: Final[dict[Event, State]] = {
    Event.EDITED: State.EDITED,
    Event.SNOOZED: State.SNOOZED,
    Event.DECLINED: State.DECLINED,
    Event.APPROVED: State.APPROVED,
    Event.HELD_BACK: State.HELD_BACK,
    Event.FADED: State.FADED,
    Event.SUPERSEDED: State.SUPERSEDED,
    Event.STALE: State.STALE,
}
_CLOSED: Final[dict[Event, State]] = {
    Event.REOPENED: State.OPEN,
    Event.DECLINED: State.DECLINED,
}
_ON_MAIN: Final[dict[Event, State]] = {
    Event.DEPLOYED: State.WATCHING,
    Event.PENDING: State.PENDING,
    Event.REFUSED: State.REFUSED,
    Event.HEALTHY: State.HEALTHY,
    Event.DEGRADED: State.DEGRADED,
    Event.ROLLED_BACK: State.ROLLED_BACK,
    Event.UNMANAGED: State.UNMANAGED,
    Event.RESTORED: State.APPROVED,
}
_OFF_MAIN: Final[dict[Event, State]] = {
    Event.RESTORED: State.APPROVED,
    Event.DECLINED: State.DECLINED,
    Event.REOPENED: State.OPEN,
}
_LEGAL: Final[dict[State | None, dict[Event, State]]] = {
    None: _NEW,
    State.SETTLING: _QUEUE,
    State.WAITING: _QUEUE,
    State.HELD_BACK: {**_QUEUE, Event.RELEASED: State.OPEN, Event.EDITED: State.EDITED},
    State.OPEN: {**_OPEN, Event.REFRESHED: State.OPEN},
    State.STALE: {**_OPEN, Event.REFRESHED: State.OPEN},
    State.EDITED: {**_OPEN, Event.RELEASED: State.EDITED},
    State.SNOOZED: {**_OPEN, Event.WOKEN: State.OPEN, Event.REFRESHED: State.SNOOZED},
    State.DECLINED: _CLOSED,
    State.FADED: _CLOSED,
    State.SUPERSEDED: _CLOSED,
    State.APPROVED: _ON_MAIN,
    State.PENDING: _ON_MAIN,
    State.WATCHING: _ON_MAIN,
    State.HEALTHY: _ON_MAIN,
    State.DEGRADED: {**_ON_MAIN, Event.APPROVED: State.APPROVED},
    State.REFUSED: _OFF_MAIN,
    State.ROLLED_BACK: _OFF_MAIN,
    State.UNMANAGED: _OFF_MAIN,
}
_ANYWHERE: Final = frozenset({Event.EVIDENCE, Event.COMMENTED})
"""Events that change nothing but what is known."""


def after(state: State | None, event: Event) -> State:
    """The state that `event` leads to from `state` (None: no suggestion yet); Moved where it is not legal there."""
    if state is not None and event in _ANYWHERE:
        return state
    following = _LEGAL[state].get(event)
    if following is None:
        now = f"it is {state.value.replace('_', ' ')} now" if state else "there is no such suggestion"
        raise Moved(f"This suggestion cannot be {event.value.replace('_', ' ')}: {now}. Reload and look again.")
    return following


def legal(state: State | None) -> frozenset[Event]:
    """The events that are legal in a state."""
    return frozenset(_LEGAL[state]) | (_ANYWHERE if state else frozenset())
