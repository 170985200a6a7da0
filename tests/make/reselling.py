"""Resellers and their agreements for tests, made through the domain's own actions."""

from typing import Any
from uuid import UUID

from app.kernel.actor import Actor
from app.kernel.database import Database
from app.reselling import actions
from app.reselling.schemas import AgreementCreate, TermsCreate
from tests.make import activity_rules
from tests.make.catalog import Made
from tests.make.identity import SignedIn
from tests.make.organizations import Msme


def terms(**fields: Any) -> dict[str, Any]:
    """Terms as a supplier proposes them: commission in Türkiye unless said otherwise."""
    return {
        "territory_countries": ["TR"],
        "modes": ["commission"],
        "commission_basis_points": 1000,
        "currency": "IDR",
    } | fields


def wholesale(product: Made, **fields: Any) -> dict[str, Any]:
    """Terms for buying wholesale by a product's wholesale list."""
    return terms(modes=["wholesale"], price_list_id=str(product.wholesale_list_id)) | fields


async def may_sell_on(database: Database, country: str = "TR") -> None:
    """Let everybody in a country sell on."""
    await activity_rules.rule(database, host_country=country, outcome="allow", legal_ways=[])


async def requested(database: Database, msme: Msme, reseller: SignedIn) -> UUID:
    """An agreement that waits for the supplier."""
    async with database.transaction() as session:
        asked = AgreementCreate(supplier_id=msme.id)
        agreement, _ = await actions.request(session, Actor(person_id=reseller.id), asked)
    return agreement.id


async def proposed(database: Database, msme: Msme, reseller: SignedIn, said: dict[str, Any]) -> UUID:
    """An accepted agreement whose first terms wait for the reseller."""
    agreement_id = await requested(database, msme, reseller)
    async with database.transaction() as session:
        owner = Actor(person_id=msme.owner.id)
        await actions.accept(session, owner, agreement_id, 1, TermsCreate.model_validate(said))
    return agreement_id


async def agreement(database: Database, msme: Msme, reseller: SignedIn, said: dict[str, Any]) -> UUID:
    """An agreement with terms in force."""
    agreement_id = await proposed(database, msme, reseller, said)
    async with database.transaction() as session:
        await actions.accept_terms(session, Actor(person_id=reseller.id), agreement_id, 3, 1)
    return agreement_id
