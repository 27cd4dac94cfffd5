"""Triggers, one model a kind; each says what Home Assistant's own schema of that kind says."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Discriminator, Field, Tag, ValidationInfo, model_validator

from schemas.automation.base import (
    NodeModel,
    OldTrigger,
    OpenTriggerModel,
    TriggerModel,
    at_most_one_of,
    kinds_of,
    needs_one_of,
    under,
)
from schemas.automation.purpose import PurposeTrigger, UnknownTrigger, purpose_triggers
from schemas.automation.release import release_of
from schemas.automation.templates import is_template
from schemas.automation.values import (
    WEEKDAYS,
    Anything,
    Duration,
    EntityId,
    EntityIds,
    Judged,
    Offset,
    Some,
    StrictText,
    SunEvent,
    Template,
    TemplateMapping,
    Text,
    Texts,
    Threshold,
    Zone,
    any_of,
    as_list,
    each,
    entity_in,
    entity_text_in,
    fault,
    one_of,
    template,
    text,
    time_of_day,
    time_period,
    whole_number,
)
from schemas.automation.vocabulary import OPEN_TRIGGERS


def _state(given: Any, info: ValidationInfo) -> None:
    """Texts on purpose: `to: on` without quotes is a boolean, and no state is. Attributes may be anything."""
    if given is None or info.data.get("attribute") is not None or all(isinstance(item, str) for item in as_list(given)):
        return
    shown = "'on'" if given is True else "'off'" if given is False else f"'{given}'"
    raise fault("a state must be a text; write {shown} in quotes", shown=shown)


State = Annotated[Any, Judged(_state, {"examples": ["on", ["home", "not_home"]]})]


class StateTrigger(OldTrigger):
    """An entity turns from one state to another, and stays for some time."""

    trigger: Literal["state"]
    entity_id: EntityIds
    attribute: Anything = None
    from_: State = under("from")
    not_from: State = None
    to: State = None
    not_to: State = None
    for_: Duration = under("for")

    @model_validator(mode="after")
    def _exclusive(self) -> Self:
        at_most_one_of(self, "from_", "not_from")
        at_most_one_of(self, "to", "not_to")
        return self


class NumericStateTrigger(OldTrigger):
    """A number crosses into a band."""

    trigger: Literal["numeric_state"]
    entity_id: EntityIds
    above: Threshold = None
    below: Threshold = None
    attribute: Anything = None
    value_template: Template = None
    for_: Duration = under("for")

    @model_validator(mode="after")
    def _band(self) -> Self:
        needs_one_of(self, "above", "below")
        try:
            above, below = float(self.above), float(self.below)
        except (TypeError, ValueError):
            return self
        if above > below:
            raise fault("no number is above {above} and below {below}", above=above, below=below)
        return self


def _at(given: Any, info: ValidationInfo) -> None:
    if isinstance(given, dict):
        if set(given) - {"entity_id", "offset"} or "entity_id" not in given:
            raise fault("a time may be a mapping of entity_id and offset only")
        entity_in("input_datetime", "sensor")(given["entity_id"], info)
        if "offset" in given:
            time_period(given["offset"], info)
    elif isinstance(given, str) and is_template(given):
        template(given, info)
    else:
        any_of(time_of_day, entity_text_in("input_datetime", "sensor"))(given, info)


def _at_all(given: Any, info: ValidationInfo) -> None:
    each(_at)(given, info)


def _weekday(given: Any, info: ValidationInfo) -> None:
    if not release_of(info).new:
        raise fault("a time trigger knows weekdays only since Home Assistant 2026, and this home is older")
    each(one_of(*WEEKDAYS))(given, info)


class TimeTrigger(OldTrigger):
    trigger: Literal["time"]
    at: Annotated[Any, Judged(_at_all, {"type": ["string", "object", "array"], "examples": ["07:30:00"]})]
    weekday: Annotated[Any, Judged(_weekday, {"type": ["string", "array"]})] = None


def _pattern(most: int) -> Judged:
    def judge(given: Any, info: ValidationInfo) -> None:
        steps = isinstance(given, str) and given.startswith("/")
        try:
            number = int(given[1:] if steps else given) if given != "*" else most
        except (TypeError, ValueError):
            raise fault("'{given}' is not '*', a number or '/' and a number", given=str(given)) from None
        if not (1 if steps and not release_of(info).old else 0) <= number <= most:
            raise fault("this must be between 0 and {most}", most=most)

    return Judged(judge, {"type": ["integer", "string"]})


class TimePatternTrigger(OldTrigger):
    trigger: Literal["time_pattern"]
    hours: Annotated[Any, _pattern(23)] = None
    minutes: Annotated[Any, _pattern(59)] = None
    seconds: Annotated[Any, _pattern(59)] = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        needs_one_of(self, "hours", "minutes", "seconds")
        return self


def _event_type(given: Any, info: ValidationInfo) -> None:
    template(given, info)
    if given == "state_reported":
        raise fault("the event state_reported cannot be listened to")


class EventTrigger(OldTrigger):
    trigger: Literal["event"]
    event_type: Annotated[Any, Judged(each(_event_type), {"type": ["string", "array"]})]
    event_data: TemplateMapping = None
    context: TemplateMapping = None


class HomeAssistantTrigger(OldTrigger):
    trigger: Literal["homeassistant"]
    event: Annotated[Any, Judged(one_of("start", "shutdown"), {"enum": ["start", "shutdown"]})]


class SunTrigger(OldTrigger):
    reads_common_keys_twice = False

    trigger: Literal["sun"]
    event: SunEvent
    offset: Offset = None


class TemplateTrigger(OldTrigger):
    trigger: Literal["template"]
    value_template: Template
    for_: Duration = under("for")


_EnterLeave = Annotated[Any, Judged(one_of("enter", "leave"), {"enum": ["enter", "leave"]})]


class ZoneTrigger(OldTrigger):
    reads_common_keys_twice = False

    trigger: Literal["zone"]
    entity_id: EntityIds
    zone: EntityId
    event: _EnterLeave = None


class GeoLocationTrigger(OldTrigger):
    trigger: Literal["geo_location"]
    source: Text
    zone: Zone
    event: _EnterLeave = None


class CalendarTrigger(OldTrigger):
    reads_common_keys_twice = False

    trigger: Literal["calendar"]
    entity_id: EntityId
    event: Annotated[Any, Judged(one_of("start", "end"), {"enum": ["start", "end"]})] = None
    offset: Offset = None


class TagTrigger(OldTrigger):
    trigger: Literal["tag"]
    tag_id: Texts
    device_id: Texts = None


def _methods(given: Any, info: ValidationInfo) -> None:
    found = [str(item).upper() for item in as_list(given)]
    each(one_of("GET", "HEAD", "POST", "PUT"))(found, info)
    if len(set(found)) != len(found):
        raise fault("each method may stand here once")


def _webhook_id(given: Any, info: ValidationInfo) -> None:
    (text if release_of(info).old else template)(given, info)


def _plain_boolean(given: Any, _: ValidationInfo) -> None:
    if not isinstance(given, bool):
        raise fault("this must be true or false")


class WebhookTrigger(OldTrigger):
    trigger: Literal["webhook"]
    webhook_id: Annotated[Any, Judged(_webhook_id, {"type": "string"})]
    allowed_methods: Annotated[Any, Judged(_methods, {"type": ["string", "array"]})] = None
    local_only: Annotated[Any, Judged(_plain_boolean, {"type": "boolean"})] = None


def _topic(given: Any, info: ValidationInfo) -> None:
    template(given, info)
    topic = str(given)
    if is_template(topic):
        return
    levels = topic.split("/")
    if (
        not topic
        or len(topic.encode("utf-8", "replace")) > 65535
        or any(ord(c) < 32 or 127 <= ord(c) < 160 for c in topic)
    ):
        raise fault("an MQTT topic is 1 to 65535 printable bytes")
    if any("+" in level and level != "+" for level in levels):
        raise fault("'+' stands for a whole level of an MQTT topic: a/+/b")
    if any("#" in level and (level != "#" or index != len(levels) - 1) for index, level in enumerate(levels)):
        raise fault("'#' may only be the last level of an MQTT topic: a/#")


def _qos(given: Any, info: ValidationInfo) -> None:
    whole_number(0)(given, info)
    if int(given) > 2:
        raise fault("qos is 0, 1 or 2")


class MqttTrigger(OldTrigger):
    trigger: Literal["mqtt"]
    topic: Annotated[Any, Judged(_topic, {"type": "string"})]
    payload: Template = None
    value_template: Template = None
    encoding: Text = None
    qos: Annotated[Any, Judged(_qos, {"enum": [0, 1, 2]})] = None


_MARKS: Final = r"[。,，?¿？؟!¡！;；:：’…—–.]"
_PUNCTUATION: Final = re.compile(
    rf"^{_MARKS}|{_MARKS}$|(?<=\W){_MARKS}+(?=\w)|(?<=\w)[。,，?¿？؟!¡！;；:：’…—–]+(?=\W)"
)
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}", "<": ">"}


def _sentence(given: Any, info: ValidationInfo) -> None:
    text(given, info)
    if not given:
        raise fault("a sentence is needed")
    if _PUNCTUATION.search(re.sub(r"(?<!\\)\{[^{}]*\}", "", str(given))):
        raise fault("a sentence has no punctuation")
    if release_of(info).new and not release_of(info).old and not _balanced(str(given)):
        raise fault("the brackets of this sentence do not match")


def _balanced(sentence: str) -> bool:
    open_brackets: list[str] = []
    for mark in re.sub(r"\\.", "", sentence):
        if mark in _BRACKETS:
            open_brackets.append(_BRACKETS[mark])
        elif mark in _BRACKETS.values() and (not open_brackets or open_brackets.pop() != mark):
            return False
    return not open_brackets


def _sentences(given: Any, info: ValidationInfo) -> None:
    if not as_list(given):
        raise fault("at least one sentence is needed")
    each(_sentence)(given, info)


class ConversationTrigger(OldTrigger):
    trigger: Literal["conversation"]
    command: Annotated[Any, Judged(_sentences, {"type": ["string", "array"]})]


_UPDATES: Final = ("added", "removed", "current", "updated")


class PersistentNotificationTrigger(OldTrigger):
    trigger: Literal["persistent_notification"]
    notification_id: StrictText = None
    update_type: Annotated[Any, Judged(each(one_of(*_UPDATES)), {"type": ["string", "array"]})] = None


class DeviceTrigger(OpenTriggerModel):
    """What a device offers."""

    trigger: Literal["device"]
    device_id: StrictText
    domain: StrictText
    type: StrictText


class OpenTrigger(OpenTriggerModel):
    """A trigger of one integration that is not described here."""

    trigger: Annotated[str, Field(pattern=kinds_of(OPEN_TRIGGERS))]


class TriggerGroup(NodeModel):
    """Triggers kept together in a list of their own, one level deep."""

    triggers: Some[Trigger]

    @model_validator(mode="after")
    def _no_group_in_a_group(self) -> Self:
        if any(isinstance(trigger, TriggerGroup) for trigger in self.triggers):
            raise fault("a list of triggers cannot hold another list of triggers")
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


def _kind(given: Any) -> str:
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
    Discriminator(_kind),
]

TriggerGroup.model_rebuild()
