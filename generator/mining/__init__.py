"""From state changes to habits; pure functions from arrays to patterns."""

from generator.mining.mined import Mined
from generator.mining.steps import mine

__all__ = ["Mined", "mine"]
