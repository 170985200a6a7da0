"""What machines ask the service about itself: alive, ready, metrics."""

import asyncio

import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy import text

from app.kernel import metrics
from app.kernel.database import Database
from app.kernel.edge.operation import Operation
from app.kernel.problems import Unavailable
from app.kernel.schema import Read

_PATIENCE = 1.5  # seconds: a balancer asks often and must learn soon
_log = structlog.get_logger("operations")

router = APIRouter(tags=["operations"], route_class=Operation)


class Status(Read):
    """One word about the process."""

    status: str


@router.get("/livez")
async def livez() -> Status:
    """Say that the process runs; asks nothing of the database."""
    return Status(status="alive")


@router.get("/readyz")
async def readyz(request: Request) -> Status:
    """Say that the database answers and has the tables this code needs; otherwise 503."""
    try:
        revision = await asyncio.wait_for(_revision(request.app.state.database), _PATIENCE)
    except Exception as error:
        _log.warning("not ready", error=type(error).__name__)
        raise Unavailable from error
    if revision in request.app.state.outgrown_revisions:
        _log.warning("not ready", revision=revision)
        raise Unavailable
    return Status(status="ready")


@router.get("/metrics", response_class=Response)
async def read_metrics() -> Response:
    """Give the counters of all API processes in Prometheus' text format."""
    return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)


async def _revision(database: Database) -> str:
    async with database.reading() as session:
        found: str = (await session.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
        return found
