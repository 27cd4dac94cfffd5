"""Triggers by what comes from outside: events, messages, sentences, tags, devices."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationInfo

from schemas.automation.base import (
    OldTrigger,
    OpenTriggerModel,
    kinds_of,
)
from schemas.automation.ha_tables import OPEN_TRIGGERS
from schemas.automation.release import release_of
from schemas.automation.templates import is_template
from schemas.automation.validators import Judged, as_list, each, fault
from schemas.automation.value_validators import one_of, template, text, whole_number
from schemas.automation.values import (
    StrictText,
    Template,
    TemplateMapping,
    Text,
    Texts,
)


def _event_type(given: Any, info: ValidationInfo) -> None:
    template(given, info)
    if given == "state_reported":
        raise fault("the event state_reported cannot be listened to")


class EventTrigger(OldTrigger):
    trigger: Literal["event"]
    event_type: Annotated[Any, Judged(each(_event_type), {"type": ["string", "array"]})]
    event_data: TemplateMapping = None
    context: TemplateMapping = None


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
