"""Triggers on what comes from outside: events, messages, sentences, tags, devices."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationInfo

from schemas.automation.field_types import StrictText, Template, TemplateMapping, Text, Texts
from schemas.automation.ha_tables import OPEN_TRIGGERS
from schemas.automation.home_tags import HomeTag
from schemas.automation.node_models import OpenTriggerModel, TriggerWithOptions, kind_pattern
from schemas.automation.one_or_list import as_list
from schemas.automation.release import release_from_info
from schemas.automation.templates import is_template
from schemas.automation.validators import ValidatedBy, each, value_error
from schemas.automation.value_validators import one_of, template, text, whole_number


def _event_type(given: Any, info: ValidationInfo) -> None:
    template(given, info)
    if given == "state_reported":
        raise value_error("the event state_reported cannot be listened to")


class EventTrigger(TriggerWithOptions):
    trigger: Literal["event"]
    event_type: Annotated[Any, ValidatedBy(each(_event_type), {"type": ["string", "array"]})]
    event_data: TemplateMapping = None
    context: TemplateMapping = None


class TagTrigger(TriggerWithOptions):
    trigger: Literal["tag"]
    tag_id: Texts
    device_id: Texts = None


def _methods(given: Any, info: ValidationInfo) -> None:
    methods = [item if isinstance(item, HomeTag) else str(item).upper() for item in as_list(given)]
    each(one_of("GET", "HEAD", "POST", "PUT"))(methods, info)
    if len(set(methods)) != len(methods):
        raise value_error("each method may stand here once")


def _webhook_id(given: Any, info: ValidationInfo) -> None:
    (text if release_from_info(info).old_rules else template)(given, info)


def _strict_boolean(given: Any, _: ValidationInfo) -> None:
    if not isinstance(given, bool):
        raise value_error("this must be true or false")


class WebhookTrigger(TriggerWithOptions):
    trigger: Literal["webhook"]
    webhook_id: Annotated[Any, ValidatedBy(_webhook_id, {"type": "string"})]
    allowed_methods: Annotated[Any, ValidatedBy(_methods, {"type": ["string", "array"]})] = None
    local_only: Annotated[Any, ValidatedBy(_strict_boolean, {"type": "boolean"})] = None


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
        raise value_error("an MQTT topic is 1 to 65535 printable bytes")
    if any("+" in level and level != "+" for level in levels):
        raise value_error("'+' stands for a whole level of an MQTT topic: a/+/b")
    if any("#" in level and (level != "#" or index != len(levels) - 1) for index, level in enumerate(levels)):
        raise value_error("'#' may only be the last level of an MQTT topic: a/#")


def _qos(given: Any, info: ValidationInfo) -> None:
    whole_number(0)(given, info)
    if int(given) > 2:
        raise value_error("qos is 0, 1 or 2")


class MqttTrigger(TriggerWithOptions):
    trigger: Literal["mqtt"]
    topic: Annotated[Any, ValidatedBy(_topic, {"type": "string"})]
    payload: Template = None
    value_template: Template = None
    encoding: Text = None
    qos: Annotated[Any, ValidatedBy(_qos, {"enum": [0, 1, 2]})] = None


_MARKS: Final = r"[。,，?¿？؟!¡！;；:：’…—–.]"
_PUNCTUATION: Final = re.compile(
    rf"^{_MARKS}|{_MARKS}$|(?<=\W){_MARKS}+(?=\w)|(?<=\w)[。,，?¿？؟!¡！;；:：’…—–]+(?=\W)"
)
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}", "<": ">"}


def _sentence(given: Any, info: ValidationInfo) -> None:
    text(given, info)
    if not given:
        raise value_error("a sentence is needed")
    if _PUNCTUATION.search(re.sub(r"(?<!\\)\{[^{}]*\}", "", str(given))):
        raise value_error("a sentence has no punctuation")
    if release_from_info(info).new_rules and not release_from_info(info).old_rules and not _balanced(str(given)):
        raise value_error("the brackets of this sentence do not match")


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
        raise value_error("at least one sentence is needed")
    each(_sentence)(given, info)


class ConversationTrigger(TriggerWithOptions):
    trigger: Literal["conversation"]
    command: Annotated[Any, ValidatedBy(_sentences, {"type": ["string", "array"]})]


_UPDATES: Final = ("added", "removed", "current", "updated")


class PersistentNotificationTrigger(TriggerWithOptions):
    trigger: Literal["persistent_notification"]
    notification_id: StrictText = None
    update_type: Annotated[Any, ValidatedBy(each(one_of(*_UPDATES)), {"type": ["string", "array"]})] = None


class DeviceTrigger(OpenTriggerModel):
    """What a device offers."""

    trigger: Literal["device"]
    device_id: StrictText
    domain: StrictText
    type: StrictText


class OpenTrigger(OpenTriggerModel):
    """A trigger of one integration that is not described here."""

    trigger: Annotated[str, Field(pattern=kind_pattern(OPEN_TRIGGERS))]
