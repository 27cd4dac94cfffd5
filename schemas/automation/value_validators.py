"""Validators of texts, numbers, templates, entities and services; each names its counterpart in `config_validation`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from pydantic import ValidationInfo

from schemas.automation.home_tags import HomeTag
from schemas.automation.one_or_list import split_names
from schemas.automation.release import release_from_info
from schemas.automation.templates import check_template, is_template
from schemas.automation.validators import Validator, any_of, value_error

TRUE_WORDS: Final = ("1", "true", "yes", "on", "enable")
FALSE_WORDS: Final = ("0", "false", "no", "off", "disable")
"""The texts that Home Assistant reads as true and as false."""

_SLUG: Final = r"(?!_)[\da-z_]+(?<!_)"
_ENTITY_ID: Final = re.compile(rf"(?!.+__){_SLUG}\.{_SLUG}\Z")
_UUID: Final = re.compile(r"[0-9a-f]{32}\Z")


def strict_text(given: Any, _: ValidationInfo) -> None:
    if not isinstance(given, str):
        raise value_error("this must be a text; put it in quotes")


def text(given: Any, _: ValidationInfo) -> None:
    """cv.string: anything but nothing, a list or a mapping."""
    if given is None or isinstance(given, (list, dict)):
        raise value_error("this must be a text")


def boolean(given: Any, _: ValidationInfo) -> None:
    """cv.boolean"""
    if isinstance(given, (bool, int, float)):
        return
    if not isinstance(given, str) or given.lower().strip() not in TRUE_WORDS + FALSE_WORDS:
        raise value_error("this must be true or false")


def one_of(*options: object, ignore_case: bool = False) -> Validator:
    def validate(given: Any, _: ValidationInfo) -> None:
        candidate = str(given).lower() if ignore_case else given
        if not isinstance(candidate, str) or candidate not in options:
            raise value_error(
                "'{given}' is not one of {options}", given=str(given), options=", ".join(map(str, options))
            )

    return validate


def whole_number(least: int | None = None) -> Validator:
    """Coerce(int), not below `least`."""

    def validate(given: Any, _: ValidationInfo) -> None:
        try:
            number = int(given)
        except (TypeError, ValueError, OverflowError):
            raise value_error("this must be a whole number") from None
        if least is not None and number < least:
            raise value_error("this must be at least {least}", least=least)

    return validate


def number(given: Any, _: ValidationInfo) -> None:
    """Coerce(float)"""
    try:
        float(given)
    except (TypeError, ValueError, OverflowError):
        raise value_error("this must be a number") from None


def template(given: Any, info: ValidationInfo) -> None:
    """cv.template: also a text without any template in it"""
    if given is None or isinstance(given, (list, dict)):
        raise value_error("this must be a template, written as a text")
    check_template(str(given), release_from_info(info))


def dynamic_template(given: Any, info: ValidationInfo) -> None:
    """cv.dynamic_template: it must hold a template"""
    template(given, info)
    if not is_template(str(given)):
        raise value_error("this must be a template such as {example}", example="'{{ ... }}'")


def templates_inside(given: Any, info: ValidationInfo) -> None:
    """cv.template_complex: anything, whose texts compile where they are templates"""
    if isinstance(given, list):
        for item in given:
            templates_inside(item, info)
    elif isinstance(given, dict):
        for key, item in given.items():
            templates_inside(key, info)
            templates_inside(item, info)
    elif isinstance(given, str):
        check_template(given, release_from_info(info))


def mapping_of_templates(given: Any, info: ValidationInfo) -> None:
    if not isinstance(given, dict):
        raise value_error("this must be a mapping of names to values")
    templates_inside(given, info)


def mapping(given: Any, _: ValidationInfo) -> None:
    if not isinstance(given, dict):
        raise value_error("this must be a mapping")


def variables(given: Any, info: ValidationInfo) -> None:
    mapping_of_templates(given, info)
    if not all(isinstance(name, str) for name in given):
        raise value_error("the name of a variable must be a text")


def optional_template(given: Any, info: ValidationInfo) -> None:
    if given is not None:
        template(given, info)


def entity_id(given: Any, info: ValidationInfo) -> None:
    """cv.entity_id: case does not matter"""
    text(given, info)
    if not is_entity_id(str(given).lower()):
        raise value_error("'{given}' is not an entity id such as light.kitchen", given=str(given))


def strict_entity_id(given: Any, _: ValidationInfo) -> None:
    if not isinstance(given, str) or not is_entity_id(given):
        raise value_error("'{given}' is not an entity id such as light.kitchen", given=str(given))


def _registry_id(given: Any, _: ValidationInfo) -> None:
    if not isinstance(given, str) or not _UUID.match(given):
        raise value_error("'{given}' is not an entity id such as light.kitchen", given=str(given))


def entity_ids(*, registry_ids: bool) -> Validator:
    """cv.entity_ids, cv.entity_ids_or_uuids: one, several with commas, or a list"""
    validator = any_of(entity_id, _registry_id) if registry_ids else entity_id

    def validate_all(given: Any, info: ValidationInfo) -> None:
        if given is None or not isinstance(given, (str, Iterable)):
            raise value_error("this must be an entity id or a list of them")
        for item in split_names(given) if isinstance(given, str) else given:
            if not isinstance(item, HomeTag):
                validator(item, info)

    return validate_all


def all_or_none(given: Any, info: ValidationInfo) -> None:
    one_of("all", "none", ignore_case=True)(given, info)


def entity_in(*domains: str) -> Validator:
    """cv.entity_domain: exactly one entity of one of these domains"""

    def validate(given: Any, info: ValidationInfo) -> None:
        entity_ids(registry_ids=False)(given, info)
        entities = split_names(given) if isinstance(given, str) else list(given)
        if len(entities) != 1 or str(entities[0]).strip().lower().split(".")[0] not in domains:
            raise value_error("this must be one entity of {domains}", domains=" or ".join(domains))

    return validate


def entity_text_in(*domains: str) -> Validator:
    def validate(given: Any, info: ValidationInfo) -> None:
        strict_text(given, info)
        entity_in(*domains)(given, info)

    return validate


def service(given: Any, info: ValidationInfo) -> None:
    """cv.service"""
    text(given, info)
    if not is_entity_id(str(given).lower()):
        raise value_error("'{given}' is not an action such as light.turn_on", given=str(given))


def is_entity_id(text: str) -> bool:
    return _ENTITY_ID.match(text) is not None
