"""The HTTP client: no redirects, bounded responses without our secrets, errors by what the caller should do.

Without a whole response (no connection, time-out, cut body) it is Unreachable: that proves nothing. Where another
server answers (TLS, redirect, a page, an oversized body) it is WrongServerError. 401 and 403 are Unauthorized and never
repeated, since repeating could get our address banned.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import certifi
import httpx

from schemas.errors import InputError, Unauthorized, Unreachable, WrongServerError
from schemas.secrets import Secrets, secrets_in

MAX_BODY_BYTES = 64 * 2**20
"""Of the decompressed body, so that a small compressed one cannot fill the memory."""
TIMEOUT = httpx.Timeout(30.0, connect=10.0)


@dataclass(frozen=True)
class HttpResponse:
    """A whole response of any status other than 3xx, 401 and 403."""

    url: str
    status: int
    content_type: str
    """Content type without its parameters, lower case."""
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded JSON; WrongServerError where it is something else, such as a proxy's page."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise WrongServerError(
                f"{self.url} answered {self.status} with {self.content_type or 'something'} that is not JSON "
                f"({self.excerpt!r}); check that the address is the service itself and not a page before it."
            ) from None

    @property
    def excerpt(self) -> str:
        """The first words, for messages."""
        return " ".join(self.body[:200].decode("utf-8", "replace").split())[:80]


@dataclass(frozen=True)
class TokenHints:
    """What a person can do about a token that is refused (401) or an address that is forbidden (403)."""

    refused: str
    forbidden: str


HOME_ASSISTANT_TOKEN_HINTS = TokenHints(
    "make a new long-lived token of an administrator",
    "our address may be banned there; look in its ip_bans.yaml, and mend the token before lifting the ban",
)


class HttpClient:
    """One service at `url`; messages call it `service_name`, and name the `setting` that holds its address."""

    def __init__(
        self,
        service_name: str,
        setting: str,
        url: str,
        token: str | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        token_hints: TokenHints = HOME_ASSISTANT_TOKEN_HINTS,
        secrets: Secrets | None = None,
    ) -> None:
        self.what, self.setting, self._token_hints = service_name, setting, token_hints
        self.url = validate_url(url, setting)
        self.display_url = without_credentials(self.url)
        self.secrets = (secrets or Secrets()).with_values(token, *secrets_in(url))
        self.auth_error: Unauthorized | None = None
        """A token that was refused once is not sent again: some homes ban an address after failed attempts."""
        # No proxies from the environment: the home and its services are on this network. TLS trusts the system too.
        self._http = httpx.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=timeout,
            trust_env=False,
            follow_redirects=False,
            # Without TLS there is nothing to verify, and the authorities need not be read.
            verify=create_tls_context() if self.url.startswith("https:") else False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        json: object | None = None,
        form: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """One request, one attempt; `path` must be percent-encoded already."""
        if self.auth_error:
            raise self.auth_error
        try:
            async with self._http.stream(method, path, params=params, json=json, data=form) as response:
                self._raise_for_status(response)
                body = await self._read_bounded(response)
        except Unauthorized as error:
            self.auth_error = error
            raise
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
            raise self._error_from_exception(error) from error
        content_type = self.secrets.strike(response.headers.get("content-type", "")).split(";")[0].strip().lower()
        url, clean = f"{self.display_url}{path}", self.secrets.strike_data(body)
        return HttpResponse(url, response.status_code, content_type, response.headers, clean)

    def _raise_for_status(self, response: httpx.Response) -> None:
        if response.status_code == 401:
            raise Unauthorized(
                f"{self.what} at {self.display_url} refused our token (401); {self._token_hints.refused} "
                "and start anew with it: this one is not tried again."
            )
        if response.status_code == 403:
            raise Unauthorized(f"{self.what} at {self.display_url} forbids us (403): {self._token_hints.forbidden}.")
        if response.is_redirect or 300 <= response.status_code < 400:
            target = self.secrets.strike(without_credentials(response.headers.get("location", "elsewhere")))
            raise WrongServerError(
                f"{self.what} at {self.display_url} sends us on to {target} ({response.status_code}), "
                "maybe a login page; "
                f"set {self.setting} to an address that answers directly."
            )

    def _error_from_exception(self, error: Exception) -> Unreachable:
        place = f"{self.what} at {self.display_url}"
        said = self.secrets.strike(_describe_error(error))
        if (fault := _tls_error_reason(error)) is not None:
            return WrongServerError(
                f"{place} cannot be trusted over TLS ({self.secrets.strike(fault)}); check {self.setting} (http or "
                "https, the name in its certificate), or give this machine the authority that signed it."
            )
        if isinstance(error, httpx.DecodingError | httpx.RemoteProtocolError | httpx.ReadError):
            return Unreachable(f"{place} sent a broken answer ({said}); check {self.setting} and what lies between.")
        return Unreachable(f"{place} cannot be reached ({said}); check {self.setting} and that it is running.")

    async def _read_bounded(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > MAX_BODY_BYTES:
                raise WrongServerError(
                    f"{self.what} at {self.display_url} sent more than {MAX_BODY_BYTES // 2**20} MB in one answer; "
                    "that is no answer of its own, so nothing was taken from it."
                )
        return bytes(body)


def create_tls_context() -> ssl.SSLContext:
    """The machine's certificate authorities (a home's own among them) and the well-known ones."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def validate_url(url: str, setting: str) -> str:
    """`url` without a closing slash; InputError unless it is http(s) with a host."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname is not None and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InputError(f"{setting} is '{without_credentials(url)}'; write it like http://homeassistant.local:8123.")
    return url.rstrip("/")


def without_credentials(url: str) -> str:
    """The address as it may be shown and logged: no user, no password, no query."""
    try:
        parts = urlsplit(url)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    except ValueError:
        return "(not an address)"


def _describe_error(error: BaseException) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return str(error).strip() or type(error).__name__


def _tls_error_reason(error: BaseException | None) -> str | None:
    """Why TLS failed, in OpenSSL's words; None where that is not what happened, or the connection merely broke."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return (error.reason or str(error)).replace("_", " ").lower()
        error = error.__cause__ or error.__context__
    return None
