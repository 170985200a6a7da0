"""Keeping up what products are found by: docs/decisions/0011-search-in-postgresql.md."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_INDEX = text("""
    INSERT INTO product_search (product_id, listed_at, document)
    SELECT product.id, product.listed_at,
        setweight(to_tsvector('simple', written.titles), 'A')
            || setweight(to_tsvector('indonesian', written.titles), 'B')
            || setweight(to_tsvector('simple', organization.name), 'B')
            || to_tsvector('simple', written.descriptions)
            || to_tsvector('indonesian', written.descriptions)
    FROM products AS product
    JOIN organizations AS organization ON organization.id = product.organization_id
    CROSS JOIN LATERAL (
        SELECT string_agg(title, E'\\n') AS titles, coalesce(string_agg(description, E'\\n'), '') AS descriptions
        FROM product_texts WHERE product_id = product.id
    ) AS written
    WHERE product.id = ANY(:products)
    ORDER BY product.id
    ON CONFLICT (product_id) DO UPDATE SET listed_at = excluded.listed_at, document = excluded.document
""")

_LEARN = text("""
    INSERT INTO search_words (word)
    SELECT DISTINCT lexeme FROM (
        SELECT title AS words FROM product_texts WHERE product_id = ANY(:products)
        UNION ALL
        SELECT name FROM organizations
        WHERE id IN (SELECT organization_id FROM products WHERE id = ANY(:products))
    ) AS written CROSS JOIN LATERAL unnest(to_tsvector('simple', words))
    WHERE length(lexeme) BETWEEN 3 AND 40
    ORDER BY lexeme
    ON CONFLICT DO NOTHING
""")


async def index(session: AsyncSession, product_ids: Collection[UUID]) -> None:
    """Note what these products are found by, from their texts and their makers' names as they are now."""
    await session.execute(_INDEX, {"products": list(product_ids)})


async def learn_words(session: AsyncSession, product_ids: Collection[UUID]) -> None:
    """Remember the words of these products' titles and makers, for those who misspell them.

    In a transaction of its own: words are shared, and two transactions that learn the same ones wait for each other.
    """
    await session.execute(_LEARN, {"products": list(product_ids)})
