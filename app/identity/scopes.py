"""What an API key may be allowed to do: one name per area and direction; a signed-in person has them all."""

SCOPES: dict[str, str] = {
    "profile:read": "Read one's own profile.",
    "profile:write": "Change one's own profile, end sessions and keys.",
    "organizations:read": "Read organizations one works for, with their private parts.",
    "organizations:write": "Change organizations, staff and locations.",
    "communities:read": "Read communities one belongs to, with what they show only their members.",
    "communities:write": "Join, leave and run communities.",
    "catalog:read": "Read unpublished products, price lists and certificates.",
    "catalog:write": "Change products, prices and certificates, import catalogs, upload pictures.",
    "stock:read": "Read stock levels and movements.",
    "stock:write": "Change stock.",
    "agreements:read": "Read reseller agreements.",
    "agreements:write": "Request, accept and end reseller agreements.",
    "orders:read": "Read orders.",
    "orders:write": "Place, accept, ship and cancel orders.",
    "payments:read": "Read obligations, payments, refunds and the ledger.",
    "payments:write": "Record and confirm payments and refunds.",
    "operations:write": "What only the platform's operators do.",
}
"""Scope → what it allows, as consent pages and the API document say it."""
