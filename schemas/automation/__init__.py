"""An automation as Home Assistant takes it, in today's spelling: pydantic models, and JSON Schema made from them.

The models decide. The JSON Schema tells editors and language models the plain way to write; values that need more
than a type (templates, times, entity ids) and odd ways that Home Assistant also takes are beyond it.
"""

from __future__ import annotations

from schemas.automation.model import Automation, BlueprintAutomation
from schemas.automation.release import EITHER_RELEASE, Release

__all__ = ["EITHER_RELEASE", "Automation", "BlueprintAutomation", "Release"]
