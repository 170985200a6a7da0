"""The API's reference as a page, from files that come with a dependency: it works without internet."""

from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:"
)


def install(app: FastAPI) -> None:
    """Offer the reference under /docs."""
    package = find_spec("fastapi_offline")
    assert package is not None and package.origin is not None  # noqa: PT018, S101 - a dependency of ours
    app.mount("/docs/files", StaticFiles(directory=Path(package.origin).parent / "static"), name="docs-files")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Rantau API",
            swagger_js_url="/docs/files/swagger-ui-bundle.js",
            swagger_css_url="/docs/files/swagger-ui.css",
            swagger_favicon_url="/docs/files/favicon.png",
            swagger_ui_parameters={"docExpansion": "none", "persistAuthorization": True},
        )
        page.headers["Content-Security-Policy"] = _POLICY
        return page
