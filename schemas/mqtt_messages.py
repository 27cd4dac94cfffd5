"""What Nightshift publishes and receives over MQTT: the topics and their payloads."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

STATUS_TOPIC: Final = "ha-ai/status"
STATE_TOPIC: Final = "ha-ai/state"
ANALYSIS_TOPIC: Final = "ha-ai/events/analysis/{event}"
SUGGESTION_TOPIC: Final = "ha-ai/events/suggestion/{event}"
DEPLOYMENT_TOPIC: Final = "ha-ai/events/deployment/{event}"
DRIFT_TOPIC: Final = "ha-ai/events/drift/{event}"
NOTIFY_TOPIC: Final = "ha-ai/commands/notify"
ANALYSE_TOPIC: Final = "ha-ai/commands/analyse"
RESPONSE_TOPICS: Final = "ha-ai/responses/+"
RESPONSE_TOPIC: Final = "ha-ai/responses/{habit_id}"

HabitId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class EventMessage(BaseModel):
    """`event_id` is unique: a receiver that remembers it sees each event once, as QoS 1 may bring one twice."""

    model_config = ConfigDict(extra="forbid")

    event_id: str
    at: str
    """ISO 8601 UTC."""


class AnalysisMessage(EventMessage):
    """On `ha-ai/events/analysis/finished`."""

    run_id: str
    outcome: str
    why: str
    found: int
    proposed: int


class SuggestionMessage(EventMessage):
    """On `ha-ai/events/suggestion/` created, approved, declined, snoozed, refreshed or faded."""

    habit_id: HabitId
    title: str
    state: str
    area: str | None
    url: str | None
    """Where the page shows it; None where no public address is set."""


class DeploymentMessage(EventMessage):
    """On `ha-ai/events/deployment/` deployed, pending, refused, removed or restored."""

    automation_id: str
    title: str
    outcome: str
    why: str


class DriftMessage(EventMessage):
    """On `ha-ai/events/drift/found`."""

    automation_id: str
    title: str
    drift: str


class StateMessage(BaseModel):
    """Retained on `ha-ai/state`: what the sensors of the device "Nightshift" show."""

    model_config = ConfigDict(extra="forbid")

    open_suggestions: int = Field(ge=0)
    problems: int = Field(ge=0)
    last_analysis: str | None


class PhoneNotification(EventMessage):
    """On `ha-ai/commands/notify`, never retained: what a phone should show.

    Where `nonce` is set, the phone may answer once until `expires`; else a tap opens `url`.
    """

    title: str
    message: str
    habit_id: HabitId | None
    nonce: str | None
    expires: str | None
    url: str | None


class PhoneResponse(BaseModel):
    """On `ha-ai/responses/<habit_id>`: what the person chose."""

    model_config = ConfigDict(extra="forbid")

    nonce: str = Field(min_length=16, max_length=128)
    answer: Literal["approve", "decline"]
    device: str = Field("", max_length=100)


PAYLOADS: Final[dict[str, type[BaseModel]]] = {
    "analysis": AnalysisMessage,
    "suggestion": SuggestionMessage,
    "deployment": DeploymentMessage,
    "drift": DriftMessage,
    "state": StateMessage,
    "notify": PhoneNotification,
    "response": PhoneResponse,
}
"""The model of each topic's payload, by the topic's short name."""
