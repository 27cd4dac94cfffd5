"""The legal transitions of a suggestion: from a state and an event to the next state; pure."""

from __future__ import annotations

from typing import Final

from schemas.errors import StaleError
from schemas.suggestions import LedgerEvent, State

_NEW: Final[dict[LedgerEvent, State]] = {
    LedgerEvent.OBSERVED: State.WAITING,
    LedgerEvent.PROPOSED: State.OPEN,
    LedgerEvent.HELD_BACK: State.HELD_BACK,
}
_QUEUE: Final[dict[LedgerEvent, State]] = {
    LedgerEvent.OBSERVED: State.WAITING,
    LedgerEvent.PROPOSED: State.OPEN,
    LedgerEvent.HELD_BACK: State.HELD_BACK,
    LedgerEvent.DECLINED: State.DECLINED,
    LedgerEvent.FADED: State.FADED,
    LedgerEvent.SUPERSEDED: State.SUPERSEDED,
}
_OPEN: Final[dict[LedgerEvent, State]] = {
    LedgerEvent.EDITED: State.EDITED,
    LedgerEvent.SNOOZED: State.SNOOZED,
    LedgerEvent.DECLINED: State.DECLINED,
    LedgerEvent.APPROVED: State.APPROVED,
    LedgerEvent.HELD_BACK: State.HELD_BACK,
    LedgerEvent.FADED: State.FADED,
    LedgerEvent.SUPERSEDED: State.SUPERSEDED,
}
_CLOSED: Final[dict[LedgerEvent, State]] = {
    LedgerEvent.REOPENED: State.OPEN,
    LedgerEvent.DECLINED: State.DECLINED,
}
_ON_MAIN: Final[dict[LedgerEvent, State]] = {
    LedgerEvent.DEPLOYED: State.WATCHING,
    LedgerEvent.PENDING: State.PENDING,
    LedgerEvent.REFUSED: State.REFUSED,
    LedgerEvent.HEALTHY: State.HEALTHY,
    LedgerEvent.DEGRADED: State.DEGRADED,
    LedgerEvent.ROLLED_BACK: State.ROLLED_BACK,
    LedgerEvent.UNMANAGED: State.UNMANAGED,
    LedgerEvent.RESTORED: State.APPROVED,
}
_OFF_MAIN: Final[dict[LedgerEvent, State]] = {
    LedgerEvent.RESTORED: State.APPROVED,
    LedgerEvent.DECLINED: State.DECLINED,
    LedgerEvent.REOPENED: State.OPEN,
}
_TRANSITIONS: Final[dict[State | None, dict[LedgerEvent, State]]] = {
    None: _NEW,
    State.WAITING: _QUEUE,
    State.HELD_BACK: {**_QUEUE, LedgerEvent.RELEASED: State.OPEN, LedgerEvent.EDITED: State.EDITED},
    State.OPEN: {**_OPEN, LedgerEvent.REFRESHED: State.OPEN},
    State.EDITED: {**_OPEN, LedgerEvent.RELEASED: State.EDITED},
    State.SNOOZED: {**_OPEN, LedgerEvent.WOKEN: State.OPEN, LedgerEvent.REFRESHED: State.SNOOZED},
    State.DECLINED: _CLOSED,
    State.FADED: _CLOSED,
    State.SUPERSEDED: _CLOSED,
    State.APPROVED: _ON_MAIN,
    State.PENDING: _ON_MAIN,
    State.WATCHING: _ON_MAIN,
    State.HEALTHY: _ON_MAIN,
    State.DEGRADED: {**_ON_MAIN, LedgerEvent.APPROVED: State.APPROVED},
    State.REFUSED: _OFF_MAIN,
    State.ROLLED_BACK: _OFF_MAIN,
    State.UNMANAGED: _OFF_MAIN,
}
_ALWAYS_LEGAL: Final = frozenset({LedgerEvent.EVIDENCE, LedgerEvent.COMMENTED})
"""Events that do not change the state."""


def next_state(state: State | None, event: LedgerEvent) -> State:
    """The state that `event` leads to from `state` (None: no suggestion yet); StaleError where not legal."""
    if state is not None and event in _ALWAYS_LEGAL:
        return state
    target = _TRANSITIONS[state].get(event)
    if target is None:
        now = f"it is {state.value.replace('_', ' ')} now" if state else "there is no such suggestion"
        raise StaleError(f"This suggestion cannot be {event.value.replace('_', ' ')}: {now}. Reload and look again.")
    return target


def legal_events(state: State | None) -> frozenset[LedgerEvent]:
    """The events that are legal in a state."""
    return frozenset(_TRANSITIONS[state]) | (_ALWAYS_LEGAL if state else frozenset())
