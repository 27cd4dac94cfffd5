"""The caller as a git author: in whose name a decision is committed."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from automations.git.author import GitAuthor
from reviewer_api.auth.caller import CallerDep


async def author_from_caller(caller: CallerDep) -> GitAuthor:
    return GitAuthor(caller.name, f"{caller.auth_method.replace('_', '-')}@nightshift.local")


AuthorDep = Annotated[GitAuthor, Depends(author_from_caller)]
