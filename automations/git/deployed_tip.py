"""The newest commit of the deployed chain, and whether it is of the home that is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from automations.git.naming import DEPLOYED_REF
from automations.git.repository import Repository


@dataclass(frozen=True)
class DeployedTip:
    """`commit` is None where nothing was ever deployed."""

    commit: str | None
    of_this_home: str | None
    """The same commit where the chain is this home's; another home holds nothing of ours yet."""
    main: str | None
    """Main as it was deployed last to this home."""


def read_deployed_tip(repository: Repository, home_name: str) -> DeployedTip:
    commit = repository.resolve(DEPLOYED_REF)
    trailers = repository.read_trailers(commit) if commit else {}
    if trailers.get("Home") != home_name:
        return DeployedTip(commit, None, None)
    return DeployedTip(commit, commit, trailers.get("Main"))
