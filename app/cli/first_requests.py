"""The first requests to the sample world, to be copied into a terminal as they stand."""

import json
import shlex
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Variant
from app.identity.models import PersonDetails
from app.organizations.models import Organization
from app.reselling.models import Agreement
from app.sample_world import content
from app.sample_world.making.people import PASSWORD

_RESELLER: Final = "dewi-anggraini"
_MAKER: Final = "keripik-bu-siti"
_SKU: Final = "KT-100"
_UNITS: Final = 150
_READ: Final = "python3 -c 'import json, sys; print(json.load(sys.stdin)[\"{name}\"])'"


async def first_requests(session: AsyncSession, address: str) -> list[str]:
    """Sign in as a reseller, look for goods, put an order together and place it; none where this is no sample world."""
    world = content.read()
    reseller, maker = world.person(_RESELLER), world.organization(_MAKER)
    found = await session.execute(
        select(Organization.id, Agreement.id.label("agreement_id"), Variant.id.label("variant_id"))
        .join(Agreement, Agreement.supplier_id == Organization.id)
        .join(PersonDetails, PersonDetails.person_id == Agreement.reseller_id)
        .join(Variant, Variant.organization_id == Organization.id)
        .where(Organization.business_number == maker.business_number, Variant.sku == _SKU)
        .where(PersonDetails.phone == reseller.phone)
    )
    row = found.first()
    if row is None:
        return []
    ship_to = world.addresses[_RESELLER]
    order = {
        "seller_id": str(row.id),
        "agreement_id": str(row.agreement_id),
        "currency": "IDR",
        "ship_to": ship_to.model_dump(exclude={"line"}) | {"street": ship_to.line},
        "lines": [{"variant_id": str(row.variant_id), "quantity": _UNITS}],
    }
    credentials = {"address": reseller.addresses[0], "password": PASSWORD}
    here = f"{address}/v1"
    return [
        f"TOKEN=$({_post(f'{here}/auth/sessions', credentials)} | {_READ.format(name='access_token')})",
        f"curl -s '{here}/products?q=keripik+tempe&country=TR'",
        f"ORDER=$({_post(f'{here}/orders', order, key='first-order')} | {_READ.format(name='id')})",
        _post(f'{here}/orders/"$ORDER"/submission', None, key="first-submission", match=1),
    ]


def _post(url: str, body: Any, *, key: str | None = None, match: int | None = None) -> str:
    parts = [f"curl -s {url}"]
    if key is not None:
        parts += ['-H "Authorization: Bearer $TOKEN"', f"-H 'Idempotency-Key: {key}'"]
    if match is not None:
        parts.append(f"-H 'If-Match: \"{match}\"'")
    if body is None:
        parts.append("-X POST")
    else:
        parts += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(json.dumps(body, ensure_ascii=False))}"]
    return " ".join(parts)
