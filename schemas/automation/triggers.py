"""Triggers, one model a kind; each follows Home Assistant's own schema of that kind."""

from __future__ import annotations

from typing import Annotated, Any, Final, Self

from pydantic import Discriminator, Tag, model_validator

from schemas.automation.event_triggers import (
    ConversationTrigger,
    DeviceTrigger,
    EventTrigger,
    MqttTrigger,
    OpenTrigger,
    PersistentNotificationTrigger,
    TagTrigger,
    WebhookTrigger,
)
from schemas.automation.ha_tables import OPEN_TRIGGERS
from schemas.automation.home_triggers import (
    CalendarTrigger,
    GeoLocationTrigger,
    HomeAssistantTrigger,
    NumericStateTrigger,
    StateTrigger,
    SunTrigger,
    TemplateTrigger,
    TimePatternTrigger,
    TimeTrigger,
    ZoneTrigger,
)
from schemas.automation.node_models import NodeModel, TriggerModel
from schemas.automation.purpose_specific import PurposeTrigger, UnknownTrigger, purpose_triggers
from schemas.automation.validators import EnsuredList, value_error


class TriggerGroup(NodeModel):
    """Triggers kept together in a list of their own, one level deep."""

    triggers: EnsuredList[Trigger]

    @model_validator(mode="after")
    def _check_not_nested(self) -> Self:
        if any(isinstance(trigger, TriggerGroup) for trigger in self.triggers):
            raise value_error("a list of triggers cannot hold another list of triggers")
        return self


KINDS: Final[dict[str, type[TriggerModel]]] = {
    "state": StateTrigger,
    "numeric_state": NumericStateTrigger,
    "time": TimeTrigger,
    "time_pattern": TimePatternTrigger,
    "event": EventTrigger,
    "homeassistant": HomeAssistantTrigger,
    "sun": SunTrigger,
    "template": TemplateTrigger,
    "zone": ZoneTrigger,
    "geo_location": GeoLocationTrigger,
    "calendar": CalendarTrigger,
    "tag": TagTrigger,
    "webhook": WebhookTrigger,
    "mqtt": MqttTrigger,
    "conversation": ConversationTrigger,
    "persistent_notification": PersistentNotificationTrigger,
    "device": DeviceTrigger,
}


def _tag_of(given: Any) -> str:
    if isinstance(given, dict) and len(given) == 1 and "triggers" in given:
        return "~group"
    kind = given.get("trigger") if isinstance(given, dict) else None
    if not isinstance(kind, str):
        return "~unknown"
    if kind in KINDS:
        return f"~{kind}"
    if kind in purpose_triggers():
        return "~purpose"
    return "~open" if kind.split(".")[0] in OPEN_TRIGGERS else "~unknown"


Trigger = Annotated[
    Annotated[TriggerGroup, Tag("~group")]
    | Annotated[StateTrigger, Tag("~state")]
    | Annotated[NumericStateTrigger, Tag("~numeric_state")]
    | Annotated[TimeTrigger, Tag("~time")]
    | Annotated[TimePatternTrigger, Tag("~time_pattern")]
    | Annotated[EventTrigger, Tag("~event")]
    | Annotated[HomeAssistantTrigger, Tag("~homeassistant")]
    | Annotated[SunTrigger, Tag("~sun")]
    | Annotated[TemplateTrigger, Tag("~template")]
    | Annotated[ZoneTrigger, Tag("~zone")]
    | Annotated[GeoLocationTrigger, Tag("~geo_location")]
    | Annotated[CalendarTrigger, Tag("~calendar")]
    | Annotated[TagTrigger, Tag("~tag")]
    | Annotated[WebhookTrigger, Tag("~webhook")]
    | Annotated[MqttTrigger, Tag("~mqtt")]
    | Annotated[ConversationTrigger, Tag("~conversation")]
    | Annotated[PersistentNotificationTrigger, Tag("~persistent_notification")]
    | Annotated[DeviceTrigger, Tag("~device")]
    | Annotated[PurposeTrigger, Tag("~purpose")]
    | Annotated[OpenTrigger, Tag("~open")]
    | Annotated[UnknownTrigger, Tag("~unknown")],
    Discriminator(_tag_of),
]

TriggerGroup.model_rebuild()
