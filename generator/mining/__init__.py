"""From state changes to habits; pure functions from arrays to patterns."""

from generator.mining.mine import mine
from generator.mining.mined import Mined

__all__ = ["Mined", "mine"]
