"""What is deployed, what a rollback would do, the plan, and drift."""

from __future__ import annotations

from typing import Literal

from reviewer_api.models.base import RequestModel, ResponseModel
from reviewer_api.models.common import DiffAnswer, Meaning, ProblemAnswer
from schemas.sync_status import SyncStatus


class AutomationRow(ResponseModel):
    automation_id: str
    habit_id: str | None
    title: str
    area: str | None
    path: str | None
    drift: SyncStatus
    health: Literal["watching", "healthy", "degraded", "trial", "unknown"]
    enabled: bool | None
    deployed_at: str | None
    last_fired: str | None
    why: str = ""


class AutomationList(ResponseModel):
    items: list[AutomationRow]
    total: int
    home: str
    home_reachable: bool
    checked_at: str | None


class Version(ResponseModel):
    sha: str
    at: str
    who: str
    subject: str
    deployed: bool


class AutomationPage(ResponseModel):
    row: AutomationRow
    yaml: str | None
    live_yaml: str | None
    meaning: Meaning | None
    problems: list[ProblemAnswer]
    versions: list[Version]
    actions_allowed: list[Literal["rollback", "restore", "adopt", "unmanage", "run", "reapply"]]


class ChangeAnswer(ResponseModel):
    """One change of a plan, as it would be done to the home."""

    action: Literal["create", "update", "delete"]
    automation_id: str
    title: str
    path: str
    diff: DiffAnswer


class RollbackQuestion(RequestModel):
    to: str | None = None
    """Commit on main whose version is wanted (`<sha>^`: as before that one); None: as before its last change."""
    seen_main: str
    """The main commit that the preview showed."""


class RollbackPreview(ResponseModel):
    changes: list[ChangeAnswer]
    words: list[str]
    seen_main: str


class DeployResult(ResponseModel):
    """What became of a change in the home."""

    outcome: Literal["deployed", "pending", "refused", "held", "drifted", "removed", "paused", "nothing"]
    why: str = ""
    merge: str | None = None
    revert: str | None = None


class PlanAnswer(ResponseModel):
    """What reconciling would do now; `held` says why it waits for a person."""

    changes: list[ChangeAnswer]
    held: str
    plan_hash: str
    first_write_warning: str
    """Not empty: nothing was ever written to this home; say yes first."""


class ConfirmQuestion(RequestModel):
    plan_hash: str


class DriftRow(ResponseModel):
    automation_id: str
    title: str
    drift: SyncStatus
    words: list[str]


class DriftAnswer(ResponseModel):
    rows: list[DriftRow]
    reachable: bool
    why: str = ""


class DeploymentRow(ResponseModel):
    at: str
    automation_id: str
    title: str
    action: str
    outcome: str
    why: str
    main: str


class DeploymentList(ResponseModel):
    items: list[DeploymentRow]


class RunOnceAnswer(ResponseModel):
    """`run once now`: whether the home took it, and the trace once there is one."""

    started: bool
    why: str = ""
    trace: list[str] = []
