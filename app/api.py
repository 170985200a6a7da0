"""The table of contents of /v1: one `include_router` line per domain."""

from fastapi import Depends, FastAPI

from app.activity_rules import routes as activity_rules
from app.catalog.routes import certificates, price_lists, products
from app.communities.routes import communities, invitations, memberships, proofs, relations, students, terms
from app.identity import routes as identity
from app.imports import routes as imports
from app.kernel.edge.quotas import count_address
from app.kernel.edge.routing import VERSION
from app.ledger import routes as ledger
from app.media import routes as media
from app.orders import routes as orders
from app.organizations import routes as organizations
from app.payments import routes as payments
from app.posts.routes import moderation, posts
from app.reference import routes as reference
from app.reselling import routes as reselling
from app.stock import routes as stock
from app.treasury.routes import books, contributions, handovers, statements
from app.trust.routes import meetings, ties

DESCRIPTION = """
One HTTP API for the mobile app, resellers, producers and other people's shops. What holds for every operation:

- **Signing in.** `POST /v1/auth/codes`, then `POST /v1/auth/sessions`; send the access token as
  `Authorization: Bearer …`. Programs use API keys. What you may not see is 404, what you see but may not do is 403.
- **Money** is `{"amount": 1250000, "currency": "IDR"}`: whole minor units by ISO 4217, so this is Rp 12,500.00.
- **Once.** A POST takes an `Idempotency-Key`, and needs one where money, stock or membership moves. The same key
  with the same body gives the first answer again, with `Idempotent-Replayed: true`.
- **Versions.** A thing has a `version`, also its `ETag`. Changes name the version they were made to: `If-Match: "3"`.
- **Pages.** `?limit=20&cursor=…`; a page is `{"items": […], "next_cursor": …}`, null on the last.
- **Problems.** Every refusal is `application/problem+json` with a stable `code`, and sentences in Indonesian, English
  or Turkish by `Accept-Language`.
- **Times** are RFC 3339 in UTC, countries ISO 3166-1 alpha-2, languages BCP 47, HS codes digits as text.
"""

TAGS = {
    "operations": "What machines ask the service about itself.",
    "reference": "Countries, currencies, languages, time zones and HS codes.",
    "identity": "Signing up and in, one's own profile, sessions and keys; operators' moderation of people.",
    "activity rules": "Who may do what where: dated, sourced rules and the cases operators settled.",
    "uploads": "Pictures and documents: receipts, evidence, certificates.",
    "organizations": "Producers, buyers and institutions: profile, staff, locations, verification.",
    "communities": "Diaspora networks: who belongs to them, by which rules, and who looks after what.",
    "posts": "What members of a community say to each other, and the feed of all one's communities.",
    "trust": "Who is what to whom: ties between people, asked for, confirmed, made by scanning a code, and ended.",
    "catalog": "Products, variants, texts, price lists and certificates; search.",
    "imports": "Catalogs from other people's files, row by row.",
    "reselling": "Agreements between producers and resellers, in numbered versions.",
    "stock": "What is on hand, promised and moved, by place.",
    "orders": "From a draft to delivery, with changes, cancellations and shipments.",
    "ledger": "The books: accounts and entries, double and append-only.",
    "payments": "Who owes whom, what was transferred and what goes back.",
    "treasury": "Communities' cash and bank books: entries, dues, bank statements and hand-overs.",
}
"""The areas of the API, in the order in which a newcomer meets them."""


def include(app: FastAPI) -> None:
    """Offer every domain's operations."""
    # Reference stands below identity: its reader is an address.
    app.include_router(reference.router, prefix=VERSION, dependencies=[Depends(count_address)])
    app.include_router(identity.router, prefix=VERSION)
    app.include_router(activity_rules.router, prefix=VERSION)
    app.include_router(media.router, prefix=VERSION)
    app.include_router(organizations.router, prefix=VERSION)
    for part_of_communities in (communities, memberships, invitations, relations, students, proofs, terms):
        app.include_router(part_of_communities.router, prefix=VERSION)
    for part_of_trust in (ties, meetings):
        app.include_router(part_of_trust.router, prefix=VERSION)
    for part_of_posts in (posts, moderation):
        app.include_router(part_of_posts.router, prefix=VERSION)
    for part_of_catalog in (products, price_lists, certificates):
        app.include_router(part_of_catalog.router, prefix=VERSION)
    app.include_router(imports.router, prefix=VERSION)
    app.include_router(reselling.router, prefix=VERSION)
    app.include_router(stock.router, prefix=VERSION)
    app.include_router(ledger.router, prefix=VERSION)
    app.include_router(payments.router, prefix=VERSION)
    app.include_router(orders.router, prefix=VERSION)
    for part_of_treasury in (books, contributions, statements, handovers):
        app.include_router(part_of_treasury.router, prefix=VERSION)
