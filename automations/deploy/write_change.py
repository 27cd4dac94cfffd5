"""Writes one change to the home, over nothing but what the plan saw there, and reads it back."""

from __future__ import annotations

from automations.config.normalize import equivalent
from automations.deploy.plan import ChangeType, PlannedChange
from automations.home_assistant.home_api import AutomationStore
from schemas.errors import StaleError, Unreachable
from schemas.home import AutomationConfig


async def write_change(home: AutomationStore, change: PlannedChange) -> None:
    """Only over `expected_live`; what is there already is not written: a rewrite stops a running automation.

    Raises StaleError where a person changed it meanwhile, Unreachable where the home does not hold it afterwards.
    """
    key, desired = change.automation_id, change.after.config if change.after else None
    if change.change_type is ChangeType.RECORD_ONLY and desired is not None:
        return
    live = await home.read(key)
    if _same_or_both_absent(live, desired):
        if desired is not None:
            await home.ensure_loaded(key)  # stored is not loaded: it, or we, may have been stopped in between
        return
    if change.change_type is ChangeType.RECORD_ONLY:
        raise Unreachable(f"{home.name} does not show {key} and keeps it in its file; look in its log.")
    if not _same_or_both_absent(live, change.expected_live):
        raise StaleError(f"{key} was changed in the home meanwhile; look at it again.")
    if desired is None:
        await home.delete(key)
    else:
        await home.write(key, desired)
    if not _same_or_both_absent(await home.read(key), desired):
        raise Unreachable(f"{home.name} does not hold {key} as it was written.")


def _same_or_both_absent(first: AutomationConfig | None, second: AutomationConfig | None) -> bool:
    """Whether both mean the same; None equals only None."""
    return first is second is None or (first is not None and second is not None and equivalent(first, second))
