"""An automation as Home Assistant accepts it, with today's keys: pydantic models, and JSON Schema made from them.

The models decide. The JSON Schema tells editors and language models the plain way to write; values that need more
than a type (templates, times, entity ids) and unusual forms that Home Assistant also accepts are beyond it.
"""

from __future__ import annotations

from schemas.automation.model import Automation, BlueprintAutomation
from schemas.automation.release import EITHER_RELEASE, Release

__all__ = ["EITHER_RELEASE", "Automation", "BlueprintAutomation", "Release"]
