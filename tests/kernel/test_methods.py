"""Every path of the service tells and keeps to its methods, the unlisted ones too."""

import httpx
import pytest
from fastapi import FastAPI

from app.kernel.paths import METHODS


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/livez"])
async def test_the_unlisted_paths_offer_their_methods_too(http: httpx.AsyncClient, path: str) -> None:
    offered = await http.options(path)
    assert (offered.status_code, offered.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    refused = await http.post(path)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert (await http.head(path)).status_code == 200


async def test_every_path_refuses_the_methods_it_does_not_offer(application: FastAPI, http: httpx.AsyncClient) -> None:
    for template, operations in application.openapi()["paths"].items():
        path = template.replace("{", "").replace("}", "")
        offered = {method.upper() for method in operations if method.upper() in METHODS} | {"OPTIONS"}
        offered |= {"HEAD"} if "GET" in offered else set()
        allow = (await http.options(path)).headers["allow"]
        assert set(allow.split(", ")) == offered, path
        for method in {*METHODS, "TRACE", "FOO"} - offered:
            answer = await http.request(method, path)
            assert (answer.status_code, answer.headers["allow"]) == (405, allow), (method, path)
