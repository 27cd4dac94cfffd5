"""From state changes to habits; pure functions from arrays to patterns."""

from generator.mining.pipeline import mine
from generator.mining.result import MiningResult

__all__ = ["MiningResult", "mine"]
