"""Words that Home Assistant's own package knows; made by `tests/e2e/write_ha_tables.py`, not by hand."""
# ruff: noqa: E501, SIM905

from __future__ import annotations

from typing import Final

FILTERS: Final = frozenset(
    """
    acos add area_devices area_entities area_id area_name as_datetime as_local as_timedelta as_timestamp asin
    atan atan2 average base64_decode base64_encode bitwise_and bitwise_or bitwise_xor bool closest combine
    config_entry_attr config_entry_id contains cos device_attr device_entities device_id difference expand
    flatten floor_areas floor_entities floor_id floor_name from_json has_value iif integration_entities
    intersect is_defined is_number issue label_areas label_devices label_entities label_id label_name labels
    log md5 median multiply ord ordinal pack regex_findall regex_findall_index regex_match regex_replace
    regex_search relative_time sha1 sha256 sha512 shuffle sin slugify sqrt state_attr state_translated states
    statistical_mode symmetric_difference tan time_since time_until timestamp_custom timestamp_local
    timestamp_utc to_json today_at typeof union unpack version
    """.split()
)
"""Template filters beside those of jinja2, in every release known here."""

FILTERS_NEW: Final = frozenset(
    """
    apply as_function clamp device_name entity_name from_hex label_description remap state_attr_translated
    timedelta_string wrap
    """.split()
)
"""Only since 2026.11."""

FILTERS_OLD: Final = frozenset(
    """
    floors
    """.split()
)
"""Only up to 2025.4."""

TESTS: Final = frozenset(
    """
    contains datetime has_value is_device_attr is_hidden_entity is_number is_state is_state_attr list match
    search set string_like tuple
    """.split()
)
"""Template tests beside those of jinja2, in every release known here."""

TESTS_NEW: Final = frozenset(
    """
    apply
    """.split()
)
"""Only since 2026.11."""

OPEN_TRIGGERS: Final = frozenset(
    """
    fumis knx lg_netcast litejet samsungtv webostv zwave_js
    """.split()
)
"""Integrations with triggers of their own, unknown here."""

OPEN_CONDITIONS: Final = frozenset(
    """
    zwave_js
    """.split()
)
"""The same for conditions."""

TRIGGER_SHAPES: Final[tuple[tuple[bool, dict[str, str], str], ...]] = (
    (
        True,
        {"behavior": "one_of:all|any|each|first|last", "for": "positive_time"},
        """
        air_quality.gas_detected air_quality.gas_cleared air_quality.co_detected
        air_quality.co_cleared air_quality.smoke_detected air_quality.smoke_cleared
        alarm_control_panel.armed alarm_control_panel.armed_away alarm_control_panel.armed_home
        alarm_control_panel.armed_night alarm_control_panel.armed_vacation
        alarm_control_panel.disarmed alarm_control_panel.triggered assist_satellite.idle
        assist_satellite.listening assist_satellite.processing assist_satellite.responding
        battery.became_low battery.no_longer_low battery.started_charging battery.stopped_charging
        climate.started_cooling climate.started_drying climate.turned_off climate.turned_on
        climate.started_heating counter.maximum_reached counter.minimum_reached counter.reset
        cover.awning_opened cover.awning_closed cover.blind_opened cover.blind_closed
        cover.curtain_opened cover.curtain_closed cover.shade_opened cover.shade_closed
        cover.shutter_opened cover.shutter_closed door.opened door.closed fan.turned_off
        fan.turned_on garage_door.opened garage_door.closed gate.opened gate.closed
        humidifier.started_drying humidifier.started_humidifying humidifier.turned_off
        humidifier.turned_on illuminance.detected illuminance.cleared lawn_mower.returned_to_dock
        lawn_mower.errored lawn_mower.paused_mowing lawn_mower.started_mowing
        lawn_mower.started_returning lawn_mower.became_idle light.turned_off light.turned_on
        lock.jammed lock.locked lock.opened lock.unlocked media_player.muted media_player.unmuted
        media_player.paused_playing media_player.started_playing media_player.stopped_playing
        media_player.turned_off media_player.turned_on moisture.detected moisture.cleared
        motion.detected motion.cleared occupancy.detected occupancy.cleared remote.turned_on
        remote.turned_off schedule.block_started schedule.block_ended siren.turned_on
        siren.turned_off switch.turned_on switch.turned_off timer.cancelled timer.finished
        timer.paused timer.restarted timer.started update.became_available vacuum.returned_to_dock
        vacuum.errored vacuum.paused_cleaning vacuum.started_cleaning vacuum.started_returning
        valve.closed valve.opened vibration.detected vibration.cleared water_heater.turned_off
        water_heater.turned_on window.opened window.closed
        """,
    ),
    (
        True,
        {"threshold!": "threshold:changed:mg/m³|ppb|ppm|μg/m³"},
        """
        air_quality.co_changed
        """,
    ),
    (
        True,
        {
            "behavior": "one_of:all|any|each|first|last",
            "for": "positive_time",
            "threshold!": "threshold:crossed:mg/m³|ppb|ppm|μg/m³",
        },
        """
        air_quality.co_crossed_threshold
        """,
    ),
    (
        True,
        {"threshold!": "threshold:changed:ppb|ppm|μg/m³"},
        """
        air_quality.ozone_changed air_quality.no2_changed
        """,
    ),
    (
        True,
        {
            "behavior": "one_of:all|any|each|first|last",
            "for": "positive_time",
            "threshold!": "threshold:crossed:ppb|ppm|μg/m³",
        },
        """
        air_quality.ozone_crossed_threshold air_quality.no2_crossed_threshold
        """,
    ),
    (
        True,
        {"threshold!": "threshold:changed:g/m³|mg/m³|μg/m³"},
        """
        air_quality.voc_changed
        """,
    ),
    (
        True,
        {
            "behavior": "one_of:all|any|each|first|last",
            "for": "positive_time",
            "threshold!": "threshold:crossed:g/m³|mg/m³|μg/m³",
        },
        """
        air_quality.voc_crossed_threshold
        """,
    ),
    (
        True,
        {"threshold!": "threshold:changed:|%|ppb|ppm"},
        """
        air_quality.voc_ratio_changed
        """,
    ),
    (
        True,
        {
            "behavior": "one_of:all|any|each|first|last",
            "for": "positive_time",
            "threshold!": "threshold:crossed:|%|ppb|ppm",
        },
        """
        air_quality.voc_ratio_crossed_threshold
        """,
    ),
    (
        True,
        {"threshold!": "threshold:changed:ppb|μg/m³"},
        """
        air_quality.no_changed air_quality.so2_changed
        """,
    ),
    (
        True,
        {
            "behavior": "one_of:all|any|each|first|last",
            "for": "positive_time",
            "threshold!": "threshold:crossed:ppb|μg/m³",
        },
        """
        air_quality.no_crossed_threshold air_quality.so2_crossed_threshold
        """,
    ),
    (
        True,
        {"threshold!": "threshold:changed:Bq/m³|pCi/L"},
        """
        air_quality.radon_changed
        """,
    ),
    (
        True,
        {
            "behavior": "one_of:all|any|each|first|last",
            "for": "positive_time",
            "threshold!": "threshold:crossed:Bq/m³|pCi/L",
        },
        """
        air_quality.radon_crossed_threshold
        """,
    ),
    (
        True,
        {"threshold!": "threshold:changed:"},
        """
        air_quality.co2_changed air_quality.pm1_changed air_quality.pm25_changed
        air_quality.pm4_changed air_quality.pm10_changed air_quality.n2o_changed
        battery.level_changed climate.target_humidity_changed humidity.changed illuminance.changed
        light.brightness_changed media_player.volume_changed moisture.changed
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any|each|first|last", "for": "positive_time", "threshold!": "threshold:crossed:"},
        """
        air_quality.co2_crossed_threshold air_quality.pm1_crossed_threshold
        air_quality.pm25_crossed_threshold air_quality.pm4_crossed_threshold
        air_quality.pm10_crossed_threshold air_quality.n2o_crossed_threshold
        battery.level_crossed_threshold climate.target_humidity_crossed_threshold
        humidity.crossed_threshold illuminance.crossed_threshold light.brightness_crossed_threshold
        media_player.volume_crossed_threshold moisture.crossed_threshold
        """,
    ),
    (
        True,
        {},
        """
        button.pressed counter.decremented counter.incremented doorbell.rang scene.activated
        select.selection_changed text.changed todo.item_added todo.item_completed todo.item_removed
        """,
    ),
    (
        True,
        {"offset": "time", "offset_type": "one_of:after|before"},
        """
        calendar.event_started calendar.event_ended
        """,
    ),
    (
        True,
        {
            "behavior": "one_of:all|any|each|first|last",
            "for": "positive_time",
            "hvac_mode!": "some_of:auto|cool|dry|fan_only|heat|heat_cool|off",
        },
        """
        climate.hvac_mode_changed
        """,
    ),
    (
        True,
        {"threshold!": "threshold:changed:K|°C|°F"},
        """
        climate.target_temperature_changed temperature.changed
        water_heater.target_temperature_changed
        """,
    ),
    (
        True,
        {
            "behavior": "one_of:all|any|each|first|last",
            "for": "positive_time",
            "threshold!": "threshold:crossed:K|°C|°F",
        },
        """
        climate.target_temperature_crossed_threshold temperature.crossed_threshold
        water_heater.target_temperature_crossed_threshold
        """,
    ),
    (
        True,
        {"event_type!": "some_text"},
        """
        event.received
        """,
    ),
    (
        False,
        {},
        """
        homeassistant.host_reboot_required homeassistant.restart_required homeassistant.updated
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any|each|first|last", "for": "positive_time", "mode!": "some_text"},
        """
        humidifier.mode_changed
        """,
    ),
    (
        False,
        {
            "phase": "one_of:any|first_quarter|full_moon|last_quarter|new_moon|waning_crescent|waning_gibbous|waxing_crescent|waxing_gibbous"
        },
        """
        moon.phase_changed
        """,
    ),
    (
        True,
        {"threshold!": "threshold:changed:BTU/h|GW|MW|TW|W|kW|mW"},
        """
        power.changed
        """,
    ),
    (
        True,
        {
            "behavior": "one_of:all|any|each|first|last",
            "for": "positive_time",
            "threshold!": "threshold:crossed:BTU/h|GW|MW|TW|W|kW|mW",
        },
        """
        power.crossed_threshold
        """,
    ),
    (
        False,
        {"offset": "time", "offset_type": "one_of:after|before"},
        """
        sun.sunrise sun.sunset sun.solar_noon sun.solar_midnight sun.midnight_sun_started
        sun.midnight_sun_ended sun.polar_night_started sun.polar_night_ended
        """,
    ),
    (
        False,
        {"type": "one_of:astronomical|civil|nautical", "offset": "time", "offset_type": "one_of:after|before"},
        """
        sun.dawn sun.dusk
        """,
    ),
    (
        False,
        {"period": "one_of:any|evening|morning", "offset": "time", "offset_type": "one_of:after|before"},
        """
        sun.golden_hour_started sun.golden_hour_ended sun.blue_hour_started sun.blue_hour_ended
        """,
    ),
    (
        False,
        {"threshold!": "threshold:changed:"},
        """
        sun.elevation_changed
        """,
    ),
    (
        False,
        {"threshold!": "threshold:crossed:", "for": "positive_time"},
        """
        sun.elevation_crossed_threshold
        """,
    ),
    (
        True,
        {"remaining!": "positive_time_dict"},
        """
        timer.remaining_time_reached
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any|each|first|last", "for": "positive_time", "operation_mode!": "some_text"},
        """
        water_heater.operation_mode_changed
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any|each|first|last", "for": "positive_time", "zone!": "zone"},
        """
        zone.entered zone.left
        """,
    ),
    (
        False,
        {"zone!": "zone", "for": "positive_time"},
        """
        zone.occupancy_detected zone.occupancy_cleared
        """,
    ),
)
"""Purpose-specific triggers. Each entry: whether a target is needed, the options and their types (`!`: required), the kinds."""

CONDITION_SHAPES: Final[tuple[tuple[bool, dict[str, str], str], ...]] = (
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time"},
        """
        air_quality.is_gas_detected air_quality.is_gas_cleared air_quality.is_co_detected
        air_quality.is_co_cleared air_quality.is_smoke_detected air_quality.is_smoke_cleared
        alarm_control_panel.is_armed alarm_control_panel.is_armed_away
        alarm_control_panel.is_armed_home alarm_control_panel.is_armed_night
        alarm_control_panel.is_armed_vacation alarm_control_panel.is_disarmed
        alarm_control_panel.is_triggered assist_satellite.is_idle assist_satellite.is_listening
        assist_satellite.is_processing assist_satellite.is_responding battery.is_low
        battery.is_not_low battery.is_charging battery.is_not_charging calendar.is_event_active
        climate.is_off climate.is_on climate.is_cooling climate.is_drying climate.is_heating
        cover.awning_is_closed cover.awning_is_open cover.blind_is_closed cover.blind_is_open
        cover.curtain_is_closed cover.curtain_is_open cover.shade_is_closed cover.shade_is_open
        cover.shutter_is_closed cover.shutter_is_open door.is_closed door.is_open fan.is_off
        fan.is_on garage_door.is_closed garage_door.is_open gate.is_closed gate.is_open
        humidifier.is_off humidifier.is_on humidifier.is_drying humidifier.is_humidifying
        illuminance.is_detected illuminance.is_not_detected lawn_mower.is_docked
        lawn_mower.is_encountering_an_error lawn_mower.is_idle lawn_mower.is_mowing
        lawn_mower.is_paused lawn_mower.is_returning light.is_off light.is_on lock.is_jammed
        lock.is_locked lock.is_open lock.is_unlocked media_player.is_muted
        media_player.is_not_playing media_player.is_off media_player.is_on media_player.is_paused
        media_player.is_playing media_player.is_unmuted moisture.is_detected
        moisture.is_not_detected motion.is_detected motion.is_not_detected occupancy.is_detected
        occupancy.is_not_detected remote.is_off remote.is_on schedule.is_off schedule.is_on
        siren.is_off siren.is_on switch.is_off switch.is_on timer.is_active timer.is_paused
        timer.is_idle todo.all_completed update.is_available update.is_not_available
        vacuum.is_cleaning vacuum.is_docked vacuum.is_encountering_an_error vacuum.is_paused
        vacuum.is_returning valve.is_open valve.is_closed vibration.is_detected
        vibration.is_not_detected water_heater.is_off water_heater.is_on window.is_closed
        window.is_open
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "threshold!": "threshold:is:mg/m³|ppb|ppm|μg/m³"},
        """
        air_quality.is_co_value
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "threshold!": "threshold:is:ppb|ppm|μg/m³"},
        """
        air_quality.is_ozone_value air_quality.is_no2_value
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "threshold!": "threshold:is:g/m³|mg/m³|μg/m³"},
        """
        air_quality.is_voc_value
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "threshold!": "threshold:is:|%|ppb|ppm"},
        """
        air_quality.is_voc_ratio_value
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "threshold!": "threshold:is:ppb|μg/m³"},
        """
        air_quality.is_no_value air_quality.is_so2_value
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "threshold!": "threshold:is:Bq/m³|pCi/L"},
        """
        air_quality.is_radon_value
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "threshold!": "threshold:is:"},
        """
        air_quality.is_co2_value air_quality.is_pm1_value air_quality.is_pm25_value
        air_quality.is_pm4_value air_quality.is_pm10_value air_quality.is_n2o_value battery.is_level
        climate.is_target_humidity counter.is_value humidifier.is_target_humidity humidity.is_value
        illuminance.is_value light.is_brightness media_player.is_volume moisture.is_value
        todo.incomplete
        """,
    ),
    (
        True,
        {
            "behavior": "one_of:all|any",
            "for": "positive_time",
            "hvac_mode!": "some_of:auto|cool|dry|fan_only|heat|heat_cool|off",
        },
        """
        climate.is_hvac_mode
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "threshold!": "threshold:is:K|°C|°F"},
        """
        climate.is_target_temperature temperature.is_value water_heater.is_target_temperature
        """,
    ),
    (
        False,
        {},
        """
        homeassistant.host_reboot_required homeassistant.restart_required moon.is_waxing
        moon.is_waning sun.is_up sun.is_set sun.is_ascending sun.is_descending sun.is_night
        sun.is_midnight_sun sun.is_polar_night
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "mode!": "some_text"},
        """
        humidifier.is_mode
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "source!": "some_text"},
        """
        media_player.is_current_source
        """,
    ),
    (
        False,
        {
            "phase!": "one_of:first_quarter|full_moon|last_quarter|new_moon|waning_crescent|waning_gibbous|waxing_crescent|waxing_gibbous"
        },
        """
        moon.is_phase
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "threshold!": "threshold:is:BTU/h|GW|MW|TW|W|kW|mW"},
        """
        power.is_value
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "option!": "some_text"},
        """
        select.is_option_selected
        """,
    ),
    (
        False,
        {"threshold!": "threshold:is:"},
        """
        sun.elevation
        """,
    ),
    (
        False,
        {"type": "one_of:any|astronomical|civil|nautical"},
        """
        sun.is_morning_twilight sun.is_evening_twilight
        """,
    ),
    (
        False,
        {"period": "one_of:any|evening|morning"},
        """
        sun.is_golden_hour sun.is_blue_hour
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "value!": "text"},
        """
        text.is_equal_to
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "operation_mode!": "some_text"},
        """
        water_heater.is_operation_mode
        """,
    ),
    (
        True,
        {"behavior": "one_of:all|any", "for": "positive_time", "zone!": "zone"},
        """
        zone.in_zone zone.not_in_zone
        """,
    ),
    (
        False,
        {"zone!": "zone", "for": "positive_time"},
        """
        zone.occupancy_is_detected zone.occupancy_is_not_detected
        """,
    ),
)
"""Purpose-specific conditions. Each entry: whether a target is needed, the options and their types (`!`: required), the kinds."""
