"""The table of contents of /v1: one `include_router` line per domain."""

from fastapi import Depends, FastAPI

from app.activity_rules import routes as activity_rules
from app.catalog.routes import certificates, price_lists, products
from app.identity import routes as identity
from app.imports import routes as imports
from app.kernel.edge.quotas import count_address
from app.ledger import routes as ledger
from app.media import routes as media
from app.organizations import routes as organizations
from app.payments import routes as payments
from app.reference import routes as reference
from app.reselling import routes as reselling
from app.stock import routes as stock


def include(app: FastAPI) -> None:
    """Offer every domain's operations."""
    # Reference stands below identity: its reader is an address.
    app.include_router(reference.router, prefix="/v1", dependencies=[Depends(count_address)])
    app.include_router(identity.router, prefix="/v1")
    app.include_router(activity_rules.router, prefix="/v1")
    app.include_router(media.router, prefix="/v1")
    app.include_router(organizations.router, prefix="/v1")
    for part_of_catalog in (products, price_lists, certificates):
        app.include_router(part_of_catalog.router, prefix="/v1")
    app.include_router(imports.router, prefix="/v1")
    app.include_router(reselling.router, prefix="/v1")
    app.include_router(stock.router, prefix="/v1")
    app.include_router(ledger.router, prefix="/v1")
    app.include_router(payments.router, prefix="/v1")
