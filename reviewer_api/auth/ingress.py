"""Home Assistant's ingress: the supervisor has signed the user in already and names them in headers."""

from __future__ import annotations

import hmac
import re
from collections.abc import Container
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request

from reviewer_api.auth.caller import Caller

INGRESS_PATH = re.compile(r"/api/hassio_ingress/[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Ingress:
    """Trusts these headers only from the supervisor's own `address`; None: trusts nobody.

    `admins` are Home Assistant user ids; whoever else comes by ingress may read.
    """

    address: str | None = None
    key: str = ""
    admins: Container[str] = frozenset()

    def caller(self, request: Request) -> Caller | None:
        user = request.headers.get("x-remote-user-id")
        if not self._is_trusted(request) or not user:
            return None
        name = request.headers.get("x-remote-user-display-name") or request.headers.get("x-remote-user-name") or user
        csrf = hmac.new(self.key.encode(), f"ingress {user}".encode(), sha256).hexdigest()
        return Caller(name, "approver" if user in self.admins else "reader", "ingress", f"ingress-{user}", csrf)

    def base_path(self, request: Request) -> str | None:
        """Where the page is mounted for this request, where it comes by ingress."""
        path = request.headers.get("x-ingress-path", "")
        return path if self._is_trusted(request) and INGRESS_PATH.fullmatch(path) else None

    def _is_trusted(self, request: Request) -> bool:
        return self.address is not None and request.scope.get("state", {}).get("peer") == self.address
