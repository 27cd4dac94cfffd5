"""The words that may be sent as they are: Home Assistant's own, the same in every home.

Everything else is a name that somebody gave, and is sent as a pseudonym or not at all.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DOMAINS: Final = _words(
    "air_quality alarm_control_panel automation binary_sensor button calendar camera climate counter cover date "
    "datetime device_tracker event fan group humidifier image input_boolean input_button input_datetime input_number "
    "input_select input_text lawn_mower light lock media_player number person plant remote scene schedule script "
    "select sensor siren sun switch text time timer todo update vacuum valve water_heater weather zone"
)

DEVICE_CLASSES: Final = _words(
    "awning battery battery_charging blind carbon_dioxide carbon_monoxide cold connectivity current curtain damper "
    "distance door doorbell energy garage garage_door gas gate heat humidity illuminance light lock moisture motion "
    "moving occupancy opening outlet plug power precipitation presence pressure problem receiver running safety "
    "shade shutter smoke sound speaker speed switch tamper temperature tv vibration voltage volume water weight "
    "wind_speed window"
)

SERVICES: Final = frozenset(
    f"{domain}.{name}"
    for domain, names in {
        "alarm_control_panel": "alarm_arm_away alarm_arm_home alarm_arm_night alarm_disarm",
        "automation": "trigger turn_off turn_on",
        "button": "press",
        "climate": "set_fan_mode set_hvac_mode set_preset_mode set_temperature turn_off turn_on",
        "counter": "decrement increment reset",
        "cover": "close_cover close_cover_tilt open_cover open_cover_tilt set_cover_position stop_cover toggle",
        "fan": "set_percentage set_preset_mode toggle turn_off turn_on",
        "homeassistant": "toggle turn_off turn_on",
        "humidifier": "set_humidity set_mode turn_off turn_on",
        "input_boolean": "toggle turn_off turn_on",
        "input_button": "press",
        "input_number": "decrement increment set_value",
        "input_select": "select_first select_last select_next select_option select_previous",
        "lawn_mower": "dock pause start_mowing",
        "light": "toggle turn_off turn_on",
        "lock": "lock open unlock",
        "media_player": "media_next_track media_pause media_play media_stop play_media select_source toggle turn_off "
        "turn_on volume_mute volume_set",
        "number": "set_value",
        "remote": "send_command turn_off turn_on",
        "scene": "turn_on",
        "script": "turn_off turn_on",
        "select": "select_first select_last select_next select_option select_previous",
        "siren": "turn_off turn_on",
        "switch": "toggle turn_off turn_on",
        "timer": "cancel finish pause start",
        "vacuum": "pause return_to_base start stop",
        "valve": "close_valve open_valve set_valve_position stop_valve",
        "water_heater": "set_operation_mode set_temperature turn_off turn_on",
    }.items()
    for name in names.split()
)

STATES: Final = _words(
    "on off open opening closed closing home not_home locked unlocked playing paused idle standby buffering heat cool "
    "heat_cool auto dry fan_only eco away comfort sleep boost low medium high cleaning docked returning above_horizon "
    "below_horizon active armed_away armed_home armed_night disarmed triggered pending sunny cloudy rainy snowy "
    "clear-night partlycloudy wet detected unknown unavailable"
)

DATA_FIELDS: Final = _words(
    "brightness brightness_pct brightness_step_pct color_temp_kelvin transition temperature target_temp_high "
    "target_temp_low humidity percentage position tilt_position hvac_mode preset_mode fan_mode volume_level "
    "is_volume_muted value"
)

FACT_WORDS: Final = _words("offset minutes wait data value true false null complaints")
"""Words of the facts that the prompts do not explain."""

LANGUAGES: Final = {
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hr": "Croatian",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nb": "Norwegian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sr": "Serbian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


def known_language(tag: str | None) -> str:
    """The two letters that a tag such as `de-CH` starts with, "en" where the language is not known here."""
    letters = (tag or "").replace("_", "-").split("-")[0].lower()
    return letters if letters in LANGUAGES else "en"
