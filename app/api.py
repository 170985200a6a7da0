"""The table of contents of /v1: one `include_router` line per domain."""

from fastapi import FastAPI

from app.identity import routes as identity


def include(app: FastAPI) -> None:
    """Offer every domain's operations."""
    app.include_router(identity.router, prefix="/v1")
