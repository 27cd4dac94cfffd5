"""The environment that git is run in: what a repository means is decided by its own objects and refs alone."""

from __future__ import annotations

import os
from typing import Final

OBJECTS_AS_THEY_ARE: Final = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": f"{os.devnull}/none",  # an empty file too would make git warn of grafts
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
    "GIT_NAMESPACE": "",
}
"""No `refs/replace/*`, no grafts, no objects of another repository."""

NO_MACHINE_CONFIG: Final = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_COUNT": "0",
    "GIT_CONFIG_PARAMETERS": "",
    "GIT_ATTR_NOSYSTEM": "1",
}
"""No configuration but the repository's own. A remote needs the machine's: credentials, proxy, certificates."""
