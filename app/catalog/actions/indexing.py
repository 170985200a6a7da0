"""Keeping up what products are found by: docs/decisions/0011-search-in-postgresql.md."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_INDEX = text("""
    WITH indexed AS (
        INSERT INTO product_search (product_id, listed_at, document)
        SELECT product.id, product.listed_at,
            setweight(to_tsvector('simple', written.titles), 'A')
                || setweight(to_tsvector('indonesian', written.titles), 'B')
                || setweight(to_tsvector('simple', organization.name), 'B')
                || setweight(to_tsvector('simple', array_to_string(product.tags, E'\\n')), 'C')
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
        RETURNING product_id
    )
    INSERT INTO search_news (product_id) SELECT product_id FROM indexed ORDER BY product_id ON CONFLICT DO NOTHING
""")

_LEARN = text("""
    WITH taken AS (
        DELETE FROM search_news WHERE product_id IN (
            SELECT product_id FROM search_news ORDER BY product_id LIMIT :most FOR UPDATE SKIP LOCKED
        ) RETURNING product_id
    ), written AS (
        SELECT text.title AS words FROM taken JOIN product_texts AS text USING (product_id)
        UNION ALL
        SELECT DISTINCT organization.name FROM taken
        JOIN products AS product ON product.id = taken.product_id
        JOIN organizations AS organization ON organization.id = product.organization_id
    )
    INSERT INTO search_words (word)
    SELECT DISTINCT lexeme FROM written CROSS JOIN LATERAL unnest(to_tsvector('simple', words))
    WHERE length(lexeme) BETWEEN 3 AND 40
    ORDER BY lexeme
    ON CONFLICT DO NOTHING
""")
_LEARNED_AT_ONCE = 500


async def index(session: AsyncSession, product_ids: Collection[UUID]) -> None:
    """Note what these products are found by, from their texts and their makers' names as they are now."""
    await session.execute(_INDEX, {"products": list(product_ids)})


async def learn_words(session: AsyncSession) -> None:
    """Remember words of titles and makers that were written since, some at a time, for those who misspell them.

    Words are everybody's: whoever writes a new one makes others wait who write it too, so only this does.
    """
    await session.execute(_LEARN, {"most": _LEARNED_AT_ONCE})
