"""Somebody using the API: their credentials on every request, a fresh Idempotency-Key on every POST."""

from typing import Any

import httpx

from app.kernel.ids import new_id


class Caller:
    """A client with one person's (or nobody's) credentials."""

    def __init__(self, http: httpx.AsyncClient, token: str | None = None) -> None:
        """Call through `http` with `token`."""
        self.http = http
        self.token = token

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """GET."""
        return await self._send("GET", path, **options)

    async def post(self, path: str, json: Any = None, *, key: str | None = None, **options: Any) -> httpx.Response:
        """POST, under `key` or a new Idempotency-Key."""
        headers = {"Idempotency-Key": key or str(new_id())} | dict(options.pop("headers", {}))
        return await self._send("POST", path, json=json, headers=headers, **options)

    async def put(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        """PUT."""
        return await self._send("PUT", path, json=json, **options)

    async def patch(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        """PATCH."""
        return await self._send("PATCH", path, json=json, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        """DELETE."""
        return await self._send("DELETE", path, **options)

    async def _send(self, method: str, path: str, *, match: int | None = None, **options: Any) -> httpx.Response:
        headers = dict(options.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if match is not None:
            headers["If-Match"] = f'"{match}"'
        if options.get("json") is None:
            options.pop("json", None)
        return await self.http.request(method, path, headers=headers, **options)
