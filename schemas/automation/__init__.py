"""An automation as Home Assistant takes it, in today's spelling: pydantic models, and JSON Schema made from them."""

from __future__ import annotations

from schemas.automation.model import Automation, BlueprintAutomation
from schemas.automation.release import EITHER, Release

__all__ = ["EITHER", "Automation", "BlueprintAutomation", "Release"]
