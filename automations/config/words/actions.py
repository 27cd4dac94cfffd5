"""A step in words: "turn on Kitchen light (brightness pct 30)"."""

from __future__ import annotations

from string import Formatter

from automations.config.reading.actions import Block, Call, OtherStep, Step, Wait
from automations.config.words.conditions import condition_words
from automations.config.words.triggers import other_words
from automations.config.words.wording import Wording


def step_words(step: Step, wording: Wording) -> str:
    match step:
        case Call():
            return _call_words(step, wording)
        case Wait(duration=duration):
            return wording.say("actions.wait", duration=wording.duration(duration))
        case Block(kind=kind, calls=calls):
            return wording.say(
                "actions.block", what=wording.say(f"blocks.{kind}"), steps=wording.counted("step", calls)
            )
        case OtherStep(kind=kind, entity_ids=ids):
            return other_words("actions", kind, ids, wording)
        case _:
            return condition_words(step, wording)


def _call_words(call: Call, wording: Wording) -> str:
    """The phrase of the service, where the data fills its gaps, then what data that phrase does not say."""
    domain, _, service = call.service.partition(".")
    phrase = f"services.{service}"
    gaps = _gaps(phrase, wording)
    if not wording.has(phrase) or not gaps <= call.data.keys():
        phrase, gaps = "services.other", set()
    areas = [wording.say("actions.area", area=wording.area_name(area_id)) for area_id in call.area_ids]
    named = wording.all_of([*wording.names(call.entity_ids), *areas])
    said = {gap: wording.value(call.data[gap]) for gap in gaps}
    words = wording.say(phrase, names=named, service=service.replace("_", " "), domain=domain, **said)
    words = " ".join(words.split())  # a call without entities leaves a gap empty
    rest = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in call.data.items() if key not in gaps)
    return wording.say("actions.with_data", call=words, data=rest) if rest else words


def _gaps(phrase: str, wording: Wording) -> set[str]:
    """The fields of a call's data that its phrase says."""
    if not wording.has(phrase):
        return set()
    return {name for _, name, _, _ in Formatter().parse(wording.book.phrases[phrase]) if name} - {"names"}
