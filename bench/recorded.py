"""What the service says to PostgreSQL, operation by operation. Written by `python -m bench record`: do not edit."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from psycopg.types.json import Json, Jsonb

from app.kernel.ids import new_code, new_id
from bench.replaying import Operation, Statement, find_row

LIST_PRODUCTS = Operation(
    draw=lambda: {},
    statements=(
        Statement(
            (
            'SELECT products.version, products.status, products.category, products.origin_country, (SELECT row_to_json(part) AS row_to_json_1 \n'
            'FROM (SELECT product_texts.title AS title, product_texts.language AS language \n'
            'FROM product_texts \n'
            "WHERE product_texts.product_id = products.id ORDER BY product_texts.language = %(language)s::VARCHAR DESC, product_texts.language = 'en' DESC, product_texts.language = products.source_language DESC \n"
            ' LIMIT 1) AS part) AS text, (SELECT json_agg(json_build_array(prices.variant_id, prices.id, prices.price_list_id, price_lists.audience, prices.min_quantity, prices.unit_amount, CAST(EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)) AS DOUBLE PRECISION), price_lists.currency)) AS json_agg_1 \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id JOIN variants ON variants.id = prices.variant_id \n'
            "WHERE price_lists.audience = 'public' AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (cardinality(price_lists.countries) = 0 OR %(country)s::VARCHAR = ANY (price_lists.countries)) AND variants.discontinued_at IS NULL AND variants.product_id = products.id AND (%(currency)s::VARCHAR IS NULL OR price_lists.currency = %(currency)s::VARCHAR)) AS prices, CAST((SELECT row_to_json(part) AS row_to_json_2 \n"
            'FROM (SELECT product_images.id AS id, product_images.upload_id AS upload_id, product_images.url AS url, product_images.alternative_text AS alternative_text, product_images.variant_id AS variant_id \n'
            'FROM product_images \n'
            'WHERE product_images.product_id = products.id ORDER BY product_images.position, product_images.id \n'
            ' LIMIT 1) AS part) AS TEXT) AS image, CAST((SELECT row_to_json(part) AS row_to_json_3 \n'
            'FROM (SELECT organizations.id AS id, organizations.name AS name, organizations.country AS country, organizations.verification AS verification \n'
            'FROM organizations \n'
            'WHERE organizations.id = products.organization_id) AS part) AS TEXT) AS organization, products.listed_at, products.id \n'
            'FROM products \n'
            "WHERE products.status = 'published' AND products.status = 'published' ORDER BY products.listed_at DESC, products.id DESC \n"
            ' LIMIT 21'
            ),
            lambda given, r: {'language': 'en', 'country': None, 'currency': None}, has_rows=True, columns=('version', 'status', 'category', 'origin_country', 'text', 'prices', 'image', 'organization', 'listed_at', 'id'),
        ),
    ),
)

LIST_PRODUCTS_BEHIND = Operation(
    draw=lambda: {},
    statements=(
        Statement(
            (
            'SELECT products.version, products.status, products.category, products.origin_country, (SELECT row_to_json(part) AS row_to_json_1 \n'
            'FROM (SELECT product_texts.title AS title, product_texts.language AS language \n'
            'FROM product_texts \n'
            "WHERE product_texts.product_id = products.id ORDER BY product_texts.language = %(language)s::VARCHAR DESC, product_texts.language = 'en' DESC, product_texts.language = products.source_language DESC \n"
            ' LIMIT 1) AS part) AS text, (SELECT json_agg(json_build_array(prices.variant_id, prices.id, prices.price_list_id, price_lists.audience, prices.min_quantity, prices.unit_amount, CAST(EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)) AS DOUBLE PRECISION), price_lists.currency)) AS json_agg_1 \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id JOIN variants ON variants.id = prices.variant_id \n'
            "WHERE price_lists.audience = 'public' AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (cardinality(price_lists.countries) = 0 OR %(country)s::VARCHAR = ANY (price_lists.countries)) AND variants.discontinued_at IS NULL AND variants.product_id = products.id AND (%(currency)s::VARCHAR IS NULL OR price_lists.currency = %(currency)s::VARCHAR)) AS prices, CAST((SELECT row_to_json(part) AS row_to_json_2 \n"
            'FROM (SELECT product_images.id AS id, product_images.upload_id AS upload_id, product_images.url AS url, product_images.alternative_text AS alternative_text, product_images.variant_id AS variant_id \n'
            'FROM product_images \n'
            'WHERE product_images.product_id = products.id ORDER BY product_images.position, product_images.id \n'
            ' LIMIT 1) AS part) AS TEXT) AS image, CAST((SELECT row_to_json(part) AS row_to_json_3 \n'
            'FROM (SELECT organizations.id AS id, organizations.name AS name, organizations.country AS country, organizations.verification AS verification \n'
            'FROM organizations \n'
            'WHERE organizations.id = products.organization_id) AS part) AS TEXT) AS organization, products.listed_at, products.id \n'
            'FROM products \n'
            "WHERE products.status = 'published' AND products.status = 'published' AND products.listed_at <= %(behind_0)s::TIMESTAMP WITH TIME ZONE AND (products.listed_at < %(behind_0)s::TIMESTAMP WITH TIME ZONE OR products.listed_at = %(behind_0)s::TIMESTAMP WITH TIME ZONE AND products.id < %(behind_1)s::UUID) ORDER BY products.listed_at DESC, products.id DESC \n"
            ' LIMIT 21'
            ),
            lambda given, r: {'language': 'en', 'country': None, 'currency': None, 'behind_0': given['listed_at'], 'behind_1': given['id']}, has_rows=True, columns=('version', 'status', 'category', 'origin_country', 'text', 'prices', 'image', 'organization', 'listed_at', 'id'),
        ),
    ),
)

LIST_PRODUCTS_SIGNED_IN = Operation(
    draw=lambda: {},
    statements=(
        Statement(
            (
            'SELECT people.id, people.is_operator, people.suspended_at, sessions.id AS id_1, NULL AS anon_1, NULL AS anon__1, sessions.authenticated_at, true AS anon_2 \n'
            'FROM sessions JOIN people ON people.id = sessions.person_id \n'
            'WHERE sessions.access_digest = %(digest)s AND (sessions.ended_at IS NULL OR people.suspended_at IS NOT NULL) AND sessions.access_expires_at > rantau_now()'
            ),
            lambda given, r: {'digest': given['token']}, has_rows=True, columns=('id', 'is_operator', 'suspended_at', 'id_1', 'anon_1', 'anon__1', 'authenticated_at', 'anon_2'),
        ),
        Statement(
            (
            'SELECT products.version, products.status, products.category, products.origin_country, (SELECT row_to_json(part) AS row_to_json_1 \n'
            'FROM (SELECT product_texts.title AS title, product_texts.language AS language \n'
            'FROM product_texts \n'
            "WHERE product_texts.product_id = products.id ORDER BY product_texts.language = %(language)s::VARCHAR DESC, product_texts.language = 'en' DESC, product_texts.language = products.source_language DESC \n"
            ' LIMIT 1) AS part) AS text, (SELECT json_agg(json_build_array(prices.variant_id, prices.id, prices.price_list_id, price_lists.audience, prices.min_quantity, prices.unit_amount, CAST(EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)) AS DOUBLE PRECISION), price_lists.currency)) AS json_agg_1 \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id JOIN variants ON variants.id = prices.variant_id \n'
            "WHERE price_lists.audience = 'public' AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (cardinality(price_lists.countries) = 0 OR %(country)s::VARCHAR = ANY (price_lists.countries)) AND variants.discontinued_at IS NULL AND variants.product_id = products.id AND (%(currency)s::VARCHAR IS NULL OR price_lists.currency = %(currency)s::VARCHAR)) AS prices, CAST((SELECT row_to_json(part) AS row_to_json_2 \n"
            'FROM (SELECT product_images.id AS id, product_images.upload_id AS upload_id, product_images.url AS url, product_images.alternative_text AS alternative_text, product_images.variant_id AS variant_id \n'
            'FROM product_images \n'
            'WHERE product_images.product_id = products.id ORDER BY product_images.position, product_images.id \n'
            ' LIMIT 1) AS part) AS TEXT) AS image, CAST((SELECT row_to_json(part) AS row_to_json_3 \n'
            'FROM (SELECT organizations.id AS id, organizations.name AS name, organizations.country AS country, organizations.verification AS verification \n'
            'FROM organizations \n'
            'WHERE organizations.id = products.organization_id) AS part) AS TEXT) AS organization, products.listed_at, products.id \n'
            'FROM products \n'
            "WHERE (products.status = 'published' OR products.organization_id IN (SELECT organization_staff.organization_id \n"
            'FROM organization_staff \n'
            "WHERE organization_staff.person_id = %(actor_person)s::UUID)) AND products.status = 'published' ORDER BY products.listed_at DESC, products.id DESC \n"
            ' LIMIT 21'
            ),
            lambda given, r: {'language': 'en', 'country': None, 'currency': None, 'actor_person': r[0][0][0]}, has_rows=True, columns=('version', 'status', 'category', 'origin_country', 'text', 'prices', 'image', 'organization', 'listed_at', 'id'),
        ),
    ),
)

READ_PRODUCT = Operation(
    draw=lambda: {},
    statements=(
        Statement(
            (
            'SELECT products.id, products.version, products.created_at, products.updated_at, products.status, products.published_at, products.handle, products.source_language, products.category, products.hs_code, products.origin_country, products.countries_of_sale, products.tags, products.options, products.shelf_life_days, products.storage, products.source, products.external_id, products.review_note, (SELECT row_to_json(part) AS row_to_json_1 \n'
            'FROM (SELECT product_texts.title AS title, product_texts.description AS description, product_texts.language AS language \n'
            'FROM product_texts \n'
            "WHERE product_texts.product_id = products.id ORDER BY product_texts.language = %(language)s::VARCHAR DESC, product_texts.language = 'en' DESC, product_texts.language = products.source_language DESC \n"
            ' LIMIT 1) AS part) AS text, (SELECT array_agg(product_texts.language ORDER BY product_texts.language) AS array_agg_1 \n'
            'FROM product_texts \n'
            'WHERE product_texts.product_id = products.id) AS languages, (SELECT json_agg(json_build_array(prices.variant_id, prices.id, prices.price_list_id, price_lists.audience, prices.min_quantity, prices.unit_amount, CAST(EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)) AS DOUBLE PRECISION), price_lists.currency)) AS json_agg_1 \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id JOIN variants ON variants.id = prices.variant_id \n'
            "WHERE price_lists.audience = 'public' AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (cardinality(price_lists.countries) = 0 OR %(country)s::VARCHAR = ANY (price_lists.countries)) AND variants.discontinued_at IS NULL AND variants.product_id = products.id AND (%(currency)s::VARCHAR IS NULL OR price_lists.currency = %(currency)s::VARCHAR)) AS prices, (SELECT json_agg(part) AS json_agg_2 \n"
            'FROM (SELECT variants.id AS id, variants.sku AS sku, variants.option_values AS option_values, variants.gtin AS gtin, variants.net_weight_g AS net_weight_g, variants.gross_weight_g AS gross_weight_g, variants.length_mm AS length_mm, variants.width_mm AS width_mm, variants.height_mm AS height_mm, variants.pack_multiple AS pack_multiple, variants.case_size AS case_size, variants.min_order_quantity AS min_order_quantity, variants.position AS position \n'
            'FROM variants \n'
            'WHERE variants.product_id = products.id AND variants.discontinued_at IS NULL ORDER BY variants.position, variants.id) AS part) AS variants, (SELECT json_agg(part) AS json_agg_3 \n'
            "FROM (SELECT certificates.id AS id, certificates.kind AS kind, certificates.level AS level, certificates.number AS number, certificates.issuer AS issuer, certificates.valid_until AS valid_until, certificates.upload_id AS upload_id, certificates.verified_at IS NOT NULL AS is_verified, coalesce(certificates.valid_until < date(timezone('UTC', rantau_now())), false) AS has_run_out \n"
            'FROM certificates \n'
            'WHERE certificates.organization_id = products.organization_id AND (products.id IN (SELECT certified_products.product_id \n'
            'FROM certified_products \n'
            'WHERE certified_products.certificate_id = certificates.id) OR NOT (EXISTS (SELECT certified_products.product_id \n'
            'FROM certified_products \n'
            "WHERE certified_products.certificate_id = certificates.id))) AND (certificates.valid_from IS NULL OR certificates.valid_from <= date(timezone('UTC', rantau_now()))) ORDER BY certificates.kind, certificates.id) AS part) AS certificates, (SELECT json_agg(part) AS json_agg_4 \n"
            'FROM (SELECT product_images.id AS id, product_images.upload_id AS upload_id, product_images.url AS url, product_images.alternative_text AS alternative_text, product_images.variant_id AS variant_id \n'
            'FROM product_images \n'
            'WHERE product_images.product_id = products.id ORDER BY product_images.position, product_images.id) AS part) AS images, (SELECT row_to_json(part) AS row_to_json_2 \n'
            'FROM (SELECT organizations.id AS id, organizations.name AS name, organizations.country AS country, organizations.verification AS verification \n'
            'FROM organizations \n'
            'WHERE organizations.id = products.organization_id) AS part) AS organization, false AS inside \n'
            'FROM products \n'
            "WHERE products.id = %(product)s::UUID AND products.status = 'published'"
            ),
            lambda given, r: {'language': 'en', 'country': None, 'currency': None, 'product': given['id']}, has_rows=True, columns=('id', 'version', 'created_at', 'updated_at', 'status', 'published_at', 'handle', 'source_language', 'category', 'hs_code', 'origin_country', 'countries_of_sale', 'tags', 'options', 'shelf_life_days', 'storage', 'source', 'external_id', 'review_note', 'text', 'languages', 'prices', 'variants', 'certificates', 'images', 'organization', 'inside'),
        ),
    ),
)

SEARCH_PRODUCTS = Operation(
    draw=lambda: {},
    statements=(
        Statement(
            (
            '\n'
            '    SELECT typed.lexeme,\n'
            "        tsvector_to_array(to_tsvector('indonesian', typed.lexeme)) AS stems,\n"
            '        ARRAY(\n'
            '            SELECT word FROM search_words\n'
            '            WHERE word %% typed.lexeme AND similarity(word, typed.lexeme) >= (\n'
            '                SELECT CASE WHEN EXISTS (SELECT FROM search_words WHERE word = typed.lexeme) THEN 0.5 ELSE 0.35 END\n'
            '            )\n'
            '            ORDER BY similarity(word, typed.lexeme) DESC, word LIMIT %(similar)s\n'
            '        ) AS similar\n'
            "    FROM unnest(to_tsvector('simple', %(typed)s)) AS typed\n"
            '    ORDER BY typed.positions[1], typed.lexeme LIMIT %(words)s\n'
            ),
            lambda given, r: {'similar': 8, 'typed': given['typed'], 'words': 8}, has_rows=True, columns=('lexeme', 'stems', 'similar'),
        ),
        Statement(
            (
            'SELECT products.version, products.status, products.category, products.origin_country, (SELECT row_to_json(part) AS row_to_json_1 \n'
            'FROM (SELECT product_texts.title AS title, product_texts.language AS language \n'
            'FROM product_texts \n'
            "WHERE product_texts.product_id = products.id ORDER BY product_texts.language = %(language)s::VARCHAR DESC, product_texts.language = 'en' DESC, product_texts.language = products.source_language DESC \n"
            ' LIMIT 1) AS part) AS text, (SELECT json_agg(json_build_array(prices.variant_id, prices.id, prices.price_list_id, price_lists.audience, prices.min_quantity, prices.unit_amount, CAST(EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)) AS DOUBLE PRECISION), price_lists.currency)) AS json_agg_1 \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id JOIN variants ON variants.id = prices.variant_id \n'
            "WHERE price_lists.audience = 'public' AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (cardinality(price_lists.countries) = 0 OR %(country)s::VARCHAR = ANY (price_lists.countries)) AND variants.discontinued_at IS NULL AND variants.product_id = products.id AND (%(currency)s::VARCHAR IS NULL OR price_lists.currency = %(currency)s::VARCHAR)) AS prices, CAST((SELECT row_to_json(part) AS row_to_json_2 \n"
            'FROM (SELECT product_images.id AS id, product_images.upload_id AS upload_id, product_images.url AS url, product_images.alternative_text AS alternative_text, product_images.variant_id AS variant_id \n'
            'FROM product_images \n'
            'WHERE product_images.product_id = products.id ORDER BY product_images.position, product_images.id \n'
            ' LIMIT 1) AS part) AS TEXT) AS image, CAST((SELECT row_to_json(part) AS row_to_json_3 \n'
            'FROM (SELECT organizations.id AS id, organizations.name AS name, organizations.country AS country, organizations.verification AS verification \n'
            'FROM organizations \n'
            'WHERE organizations.id = products.organization_id) AS part) AS TEXT) AS organization, product_search.listed_at, product_search.product_id \n'
            'FROM products JOIN product_search ON product_search.product_id = products.id \n'
            "WHERE products.status = 'published' AND products.status = 'published' AND (product_search.document @@ CAST(«written_title» AS TSQUERY)) ORDER BY product_search.listed_at DESC, product_search.product_id DESC \n"
            ' LIMIT 21'
            ),
            lambda given, r: {'language': 'en', 'country': None, 'currency': None}, written=('written_title',), has_rows=True, columns=('version', 'status', 'category', 'origin_country', 'text', 'prices', 'image', 'organization', 'listed_at', 'product_id'),
        ),
        Statement(
            (
            'SELECT products.version, products.status, products.category, products.origin_country, (SELECT row_to_json(part) AS row_to_json_1 \n'
            'FROM (SELECT product_texts.title AS title, product_texts.language AS language \n'
            'FROM product_texts \n'
            "WHERE product_texts.product_id = products.id ORDER BY product_texts.language = %(language)s::VARCHAR DESC, product_texts.language = 'en' DESC, product_texts.language = products.source_language DESC \n"
            ' LIMIT 1) AS part) AS text, (SELECT json_agg(json_build_array(prices.variant_id, prices.id, prices.price_list_id, price_lists.audience, prices.min_quantity, prices.unit_amount, CAST(EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)) AS DOUBLE PRECISION), price_lists.currency)) AS json_agg_1 \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id JOIN variants ON variants.id = prices.variant_id \n'
            "WHERE price_lists.audience = 'public' AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (cardinality(price_lists.countries) = 0 OR %(country)s::VARCHAR = ANY (price_lists.countries)) AND variants.discontinued_at IS NULL AND variants.product_id = products.id AND (%(currency)s::VARCHAR IS NULL OR price_lists.currency = %(currency)s::VARCHAR)) AS prices, CAST((SELECT row_to_json(part) AS row_to_json_2 \n"
            'FROM (SELECT product_images.id AS id, product_images.upload_id AS upload_id, product_images.url AS url, product_images.alternative_text AS alternative_text, product_images.variant_id AS variant_id \n'
            'FROM product_images \n'
            'WHERE product_images.product_id = products.id ORDER BY product_images.position, product_images.id \n'
            ' LIMIT 1) AS part) AS TEXT) AS image, CAST((SELECT row_to_json(part) AS row_to_json_3 \n'
            'FROM (SELECT organizations.id AS id, organizations.name AS name, organizations.country AS country, organizations.verification AS verification \n'
            'FROM organizations \n'
            'WHERE organizations.id = products.organization_id) AS part) AS TEXT) AS organization, product_search.listed_at, product_search.product_id \n'
            'FROM products JOIN product_search ON product_search.product_id = products.id \n'
            "WHERE products.status = 'published' AND products.status = 'published' AND (product_search.document @@ CAST(«written_any» AS TSQUERY)) AND NOT (product_search.document @@ CAST(«written_title» AS TSQUERY)) ORDER BY product_search.listed_at DESC, product_search.product_id DESC \n"
            ' LIMIT 21'
            ),
            lambda given, r: {'language': 'en', 'country': None, 'currency': None}, written=('written_title', 'written_any'), has_rows=True, columns=('version', 'status', 'category', 'origin_country', 'text', 'prices', 'image', 'organization', 'listed_at', 'product_id'),
        ),
    ),
)

DRAFT_ORDER = Operation(
    draw=lambda: {'drawn_0': new_id(), 'drawn_1': new_id(), 'drawn_2': new_id(), 'drawn_3': new_code(), 'drawn_4': new_id(), 'drawn_5': new_id(), 'drawn_6': new_id(), },
    statements=(
        Statement(
            (
            'SELECT people.id, people.is_operator, people.suspended_at, sessions.id AS id_1, NULL AS anon_1, NULL AS anon__1, sessions.authenticated_at, true AS anon_2 \n'
            'FROM sessions JOIN people ON people.id = sessions.person_id \n'
            'WHERE sessions.access_digest = %(digest)s AND (sessions.ended_at IS NULL OR people.suspended_at IS NOT NULL) AND sessions.access_expires_at > rantau_now()'
            ),
            lambda given, r: {'digest': given['token']}, has_rows=True,
        ),
        Statement(
            (
            '\n'
            '        INSERT INTO idempotency_keys (caller, key, fingerprint, expires_at)\n'
            '        VALUES (%(caller)s, %(key)s, %(fingerprint)s, rantau_now() + %(life)s)\n'
            '        ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint,\n'
            '            status = NULL, etag = NULL, body = NULL, expires_at = excluded.expires_at\n'
            '        WHERE idempotency_keys.expires_at < rantau_now() RETURNING key\n'
            '    '
            ),
            lambda given, r: {'caller': f"person:{r[0][0][0]}", 'key': given['key'], 'fingerprint': given['fingerprint'], 'life': timedelta(seconds=86400.0)}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT parties.id, parties.kind \n'
            'FROM parties \n'
            'WHERE parties.id = %(pk_1)s::UUID'
            ),
            lambda given, r: {'pk_1': r[0][0][0]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT organization_locations.id, organization_locations.country \n'
            'FROM organization_locations \n'
            'WHERE organization_locations.organization_id = %(seller_id)s::UUID AND organization_locations.is_ship_from AND organization_locations.closed_at IS NULL AND (%(named_id)s::UUID IS NULL OR organization_locations.id = %(named_id)s::UUID) ORDER BY organization_locations.id \n'
            ' LIMIT 1'
            ),
            lambda given, r: {'seller_id': UUID(given['body']['seller_id']), 'named_id': None}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT reseller_agreements.status, agreement_versions.id, agreement_versions.modes, agreement_versions.currency, agreement_versions.price_list_id, agreement_versions.delivery_countries, agreement_versions.min_order_value_amount, agreement_versions.credit_limit_amount, agreement_versions.net_days \n'
            "FROM reseller_agreements LEFT OUTER JOIN agreement_versions ON agreement_versions.agreement_id = reseller_agreements.id AND agreement_versions.status = 'in_force' \n"
            'WHERE reseller_agreements.id = %(agreement_id)s::UUID AND reseller_agreements.supplier_id = %(supplier_id)s::UUID AND reseller_agreements.reseller_id = %(reseller_id)s::UUID FOR SHARE OF reseller_agreements'
            ),
            lambda given, r: {'agreement_id': UUID(given['body']['agreement_id']), 'supplier_id': UUID(given['body']['seller_id']), 'reseller_id': r[0][0][0]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT variants.id, variants.product_id, products.organization_id, variants.sku, product_texts.title, variants.option_values, variants.net_weight_g, products.hs_code, products.origin_country, products.countries_of_sale, variants.pack_multiple, variants.min_order_quantity, products.status \n'
            'FROM variants JOIN products ON products.id = variants.product_id JOIN product_texts ON product_texts.product_id = products.id AND product_texts.language = products.source_language \n'
            'WHERE variants.id = any(%(variant_ids)s::UUID[]) AND variants.discontinued_at IS NULL'
            ),
            lambda given, r: {'variant_ids': [UUID(given['body']['lines'][0]['variant_id']), UUID(given['body']['lines'][1]['variant_id']), UUID(given['body']['lines'][2]['variant_id'])]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT prices.variant_id, prices.id, prices.price_list_id, price_lists.audience, prices.min_quantity, prices.unit_amount, CAST(EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)) AS DOUBLE PRECISION) AS anon_1, price_lists.currency \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id \n'
            "WHERE (price_lists.audience = 'public' OR price_lists.audience IN ('tier', 'community') AND price_lists.id IN (SELECT price_list_grants.price_list_id \n"
            'FROM price_list_grants \n'
            "WHERE price_list_grants.party_id = %(buyer_party)s::UUID) OR price_lists.audience = 'agreement' AND price_lists.id = any(%(agreement_price_lists)s::UUID[])) AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (cardinality(price_lists.countries) = 0 OR %(country)s::VARCHAR = ANY (price_lists.countries)) AND prices.variant_id = any(%(variant_ids)s::UUID[]) AND price_lists.currency = %(currency)s::VARCHAR"
            ),
            lambda given, r: {'buyer_party': r[0][0][0], 'agreement_price_lists': [r[4][0][4]], 'country': 'TR', 'variant_ids': [UUID(given['body']['lines'][0]['variant_id']), UUID(given['body']['lines'][1]['variant_id']), UUID(given['body']['lines'][2]['variant_id'])], 'currency': 'IDR'}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO audit_entries (action, subject_kind, subject_id, person_id, session_id, api_key_id, request_id, facts) VALUES (%(action)s::VARCHAR, %(subject_kind)s::VARCHAR, %(subject_id)s::UUID, %(person_id)s::UUID, %(session_id)s::UUID, %(api_key_id)s::UUID, %(request_id)s::UUID, %(facts)s::JSONB) RETURNING audit_entries.id, audit_entries.recorded_at'
            ),
            lambda given, r: {'action': 'OrderDrafted', 'subject_kind': 'order', 'subject_id': given['drawn_0'], 'person_id': r[0][0][0], 'session_id': r[0][0][3], 'api_key_id': None, 'request_id': given['drawn_1'], 'facts': Jsonb({'buyer_id': str(r[0][0][0]), 'seller_id': given['body']['seller_id'], 'mode': 'wholesale', 'channel': 'diaspora', 'market': 'TR', 'hs6': [], 'currency': 'IDR', 'goods_amount': ((given['body']['lines'][0]['quantity'] * find_row(r[6], {0: given['body']['lines'][0]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][1]['quantity'] * find_row(r[6], {0: given['body']['lines'][1]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][2]['quantity'] * find_row(r[6], {0: given['body']['lines'][2]['variant_id'], 2: r[4][0][4]})[5])), 'freight_amount': 0, 'total_amount': ((given['body']['lines'][0]['quantity'] * find_row(r[6], {0: given['body']['lines'][0]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][1]['quantity'] * find_row(r[6], {0: given['body']['lines'][1]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][2]['quantity'] * find_row(r[6], {0: given['body']['lines'][2]['variant_id'], 2: r[4][0][4]})[5])), 'units': (given['body']['lines'][0]['quantity'] + given['body']['lines'][1]['quantity'] + given['body']['lines'][2]['quantity'])})}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO domain_events (event_id, position, kind, payload_version, aggregate_kind, aggregate_id, aggregate_version, change, audience, lost_audience, actor_party, cause_event_id, request_id, facts, exported, reverses_event_id) VALUES (%(event_id)s::UUID, %(position)s::BIGINT, %(kind)s::VARCHAR, %(payload_version)s::SMALLINT, %(aggregate_kind)s::VARCHAR, %(aggregate_id)s::UUID, %(aggregate_version)s::BIGINT, %(change)s::VARCHAR, %(audience)s::TEXT[], %(lost_audience)s::TEXT[], %(actor_party)s::UUID, %(cause_event_id)s::UUID, %(request_id)s::UUID, %(facts)s::JSONB, %(exported)s, %(reverses_event_id)s::UUID) RETURNING domain_events.id, domain_events.occurred_at, domain_events.recorded_at'
            ),
            lambda given, r: {'event_id': given['drawn_2'], 'position': None, 'kind': 'OrderDrafted', 'payload_version': 1, 'aggregate_kind': 'order', 'aggregate_id': given['drawn_0'], 'aggregate_version': 1, 'change': 'upsert', 'audience': [f"party:{r[0][0][0]}"], 'lost_audience': [], 'actor_party': r[0][0][0], 'cause_event_id': None, 'request_id': given['drawn_1'], 'facts': Jsonb({'buyer_id': str(r[0][0][0]), 'seller_id': given['body']['seller_id'], 'mode': 'wholesale', 'channel': 'diaspora', 'market': 'TR', 'hs6': [], 'currency': 'IDR', 'goods_amount': ((given['body']['lines'][0]['quantity'] * find_row(r[6], {0: given['body']['lines'][0]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][1]['quantity'] * find_row(r[6], {0: given['body']['lines'][1]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][2]['quantity'] * find_row(r[6], {0: given['body']['lines'][2]['variant_id'], 2: r[4][0][4]})[5])), 'freight_amount': 0, 'total_amount': ((given['body']['lines'][0]['quantity'] * find_row(r[6], {0: given['body']['lines'][0]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][1]['quantity'] * find_row(r[6], {0: given['body']['lines'][1]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][2]['quantity'] * find_row(r[6], {0: given['body']['lines'][2]['variant_id'], 2: r[4][0][4]})[5])), 'units': (given['body']['lines'][0]['quantity'] + given['body']['lines'][1]['quantity'] + given['body']['lines'][2]['quantity'])}), 'exported': False, 'reverses_event_id': None}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO orders (number, status, mode, buyer_id, seller_id, agreement_id, ship_from_id, ship_from_country, ship_to_country, obligation_id, currency, goods_amount, freight_amount, fees_amount, tax_amount, discount_amount, total_amount, net_days, submitted_at, expires_at, accepted_at, arrived_at, completes_at, ended_at, rejection_note, channel, source, external_id, introduced_by, via_community_id, share_link_id, offer_id, request_id, id, version) VALUES (%(number)s::VARCHAR, %(status)s::VARCHAR, %(mode)s::VARCHAR, %(buyer_id)s::UUID, %(seller_id)s::UUID, %(agreement_id)s::UUID, %(ship_from_id)s::UUID, %(ship_from_country)s::VARCHAR, %(ship_to_country)s::VARCHAR, %(obligation_id)s::UUID, %(currency)s::VARCHAR, %(goods_amount)s::BIGINT, %(freight_amount)s::BIGINT, %(fees_amount)s::BIGINT, %(tax_amount)s::BIGINT, %(discount_amount)s::BIGINT, %(total_amount)s::BIGINT, %(net_days)s::BIGINT, %(submitted_at)s::TIMESTAMP WITH TIME ZONE, %(expires_at)s::TIMESTAMP WITH TIME ZONE, %(accepted_at)s::TIMESTAMP WITH TIME ZONE, %(arrived_at)s::TIMESTAMP WITH TIME ZONE, %(completes_at)s::TIMESTAMP WITH TIME ZONE, %(ended_at)s::TIMESTAMP WITH TIME ZONE, %(rejection_note)s::VARCHAR, %(channel)s::VARCHAR, %(source)s::VARCHAR, %(external_id)s::VARCHAR, %(introduced_by)s::UUID, %(via_community_id)s::UUID, %(share_link_id)s::UUID, %(offer_id)s::UUID, %(request_id)s::UUID, %(id)s::UUID, %(version)s::BIGINT) RETURNING orders.created_at, orders.updated_at'
            ),
            lambda given, r: {'number': given['drawn_3'], 'status': 'draft', 'mode': 'wholesale', 'buyer_id': r[0][0][0], 'seller_id': UUID(given['body']['seller_id']), 'agreement_id': UUID(given['body']['agreement_id']), 'ship_from_id': r[3][0][0], 'ship_from_country': 'ID', 'ship_to_country': 'TR', 'obligation_id': None, 'currency': 'IDR', 'goods_amount': ((given['body']['lines'][0]['quantity'] * find_row(r[6], {0: given['body']['lines'][0]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][1]['quantity'] * find_row(r[6], {0: given['body']['lines'][1]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][2]['quantity'] * find_row(r[6], {0: given['body']['lines'][2]['variant_id'], 2: r[4][0][4]})[5])), 'freight_amount': 0, 'fees_amount': 0, 'tax_amount': 0, 'discount_amount': 0, 'total_amount': ((given['body']['lines'][0]['quantity'] * find_row(r[6], {0: given['body']['lines'][0]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][1]['quantity'] * find_row(r[6], {0: given['body']['lines'][1]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][2]['quantity'] * find_row(r[6], {0: given['body']['lines'][2]['variant_id'], 2: r[4][0][4]})[5])), 'net_days': 7, 'submitted_at': None, 'expires_at': None, 'accepted_at': None, 'arrived_at': None, 'completes_at': None, 'ended_at': None, 'rejection_note': None, 'channel': 'diaspora', 'source': 'rantau', 'external_id': None, 'introduced_by': None, 'via_community_id': None, 'share_link_id': None, 'offer_id': None, 'request_id': None, 'id': given['drawn_0'], 'version': 1}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO order_lines (id, order_id, position, variant_id, product_id, title, sku, hs_code, unit_weight_g, unit_amount, currency, amount, tax_amount, price_list_id, agreement_version_id, frozen_at, ordered, open, cancelled, shipped, delivered, lost, claimed, returned, refunded) VALUES (%(id)s::UUID, %(order_id)s::UUID, %(position)s::SMALLINT, %(variant_id)s::UUID, %(product_id)s::UUID, %(title)s::VARCHAR, %(sku)s::VARCHAR, %(hs_code)s::VARCHAR, %(unit_weight_g)s::BIGINT, %(unit_amount)s::BIGINT, %(currency)s::VARCHAR, %(amount)s::BIGINT, %(tax_amount)s::BIGINT, %(price_list_id)s::UUID, %(agreement_version_id)s::UUID, %(frozen_at)s::TIMESTAMP WITH TIME ZONE, %(ordered)s::BIGINT, %(open)s::BIGINT, %(cancelled)s::BIGINT, %(shipped)s::BIGINT, %(delivered)s::BIGINT, %(lost)s::BIGINT, %(claimed)s::BIGINT, %(returned)s::BIGINT, %(refunded)s::BIGINT)'
            ),
            lambda given, r: [{'id': given['drawn_4'], 'order_id': given['drawn_0'], 'position': 0, 'variant_id': UUID(given['body']['lines'][0]['variant_id']), 'product_id': find_row(r[5], {0: given['body']['lines'][0]['variant_id']})[1], 'title': f"{find_row(r[5], {0: given['body']['lines'][0]['variant_id']})[4]}, {find_row(r[5], {0: given['body']['lines'][0]['variant_id']})[5][0]}", 'sku': find_row(r[5], {0: given['body']['lines'][0]['variant_id']})[3], 'hs_code': None, 'unit_weight_g': find_row(r[5], {0: given['body']['lines'][0]['variant_id']})[6], 'unit_amount': find_row(r[6], {0: given['body']['lines'][0]['variant_id'], 2: r[4][0][4]})[5], 'currency': 'IDR', 'amount': (given['body']['lines'][0]['quantity'] * find_row(r[6], {0: given['body']['lines'][0]['variant_id'], 2: r[4][0][4]})[5]), 'tax_amount': 0, 'price_list_id': r[4][0][4], 'agreement_version_id': r[4][0][1], 'frozen_at': None, 'ordered': given['body']['lines'][0]['quantity'], 'open': given['body']['lines'][0]['quantity'], 'cancelled': 0, 'shipped': 0, 'delivered': 0, 'lost': 0, 'claimed': 0, 'returned': 0, 'refunded': 0}, {'id': given['drawn_5'], 'order_id': given['drawn_0'], 'position': 1, 'variant_id': UUID(given['body']['lines'][1]['variant_id']), 'product_id': find_row(r[5], {0: given['body']['lines'][1]['variant_id']})[1], 'title': f"{find_row(r[5], {0: given['body']['lines'][1]['variant_id']})[4]}, {find_row(r[5], {0: given['body']['lines'][1]['variant_id']})[5][0]}", 'sku': find_row(r[5], {0: given['body']['lines'][1]['variant_id']})[3], 'hs_code': None, 'unit_weight_g': find_row(r[5], {0: given['body']['lines'][1]['variant_id']})[6], 'unit_amount': find_row(r[6], {0: given['body']['lines'][1]['variant_id'], 2: r[4][0][4]})[5], 'currency': 'IDR', 'amount': (given['body']['lines'][1]['quantity'] * find_row(r[6], {0: given['body']['lines'][1]['variant_id'], 2: r[4][0][4]})[5]), 'tax_amount': 0, 'price_list_id': r[4][0][4], 'agreement_version_id': r[4][0][1], 'frozen_at': None, 'ordered': given['body']['lines'][1]['quantity'], 'open': given['body']['lines'][1]['quantity'], 'cancelled': 0, 'shipped': 0, 'delivered': 0, 'lost': 0, 'claimed': 0, 'returned': 0, 'refunded': 0}, {'id': given['drawn_6'], 'order_id': given['drawn_0'], 'position': 2, 'variant_id': UUID(given['body']['lines'][2]['variant_id']), 'product_id': find_row(r[5], {0: given['body']['lines'][2]['variant_id']})[1], 'title': f"{find_row(r[5], {0: given['body']['lines'][2]['variant_id']})[4]}, {find_row(r[5], {0: given['body']['lines'][2]['variant_id']})[5][0]}", 'sku': find_row(r[5], {0: given['body']['lines'][2]['variant_id']})[3], 'hs_code': None, 'unit_weight_g': find_row(r[5], {0: given['body']['lines'][2]['variant_id']})[6], 'unit_amount': find_row(r[6], {0: given['body']['lines'][2]['variant_id'], 2: r[4][0][4]})[5], 'currency': 'IDR', 'amount': (given['body']['lines'][2]['quantity'] * find_row(r[6], {0: given['body']['lines'][2]['variant_id'], 2: r[4][0][4]})[5]), 'tax_amount': 0, 'price_list_id': r[4][0][4], 'agreement_version_id': r[4][0][1], 'frozen_at': None, 'ordered': given['body']['lines'][2]['quantity'], 'open': given['body']['lines'][2]['quantity'], 'cancelled': 0, 'shipped': 0, 'delivered': 0, 'lost': 0, 'claimed': 0, 'returned': 0, 'refunded': 0}], is_many=True, in_transaction=True,
        ),
        Statement(
            (
            'INSERT INTO order_addresses (order_id, recipient, phone, email, street, city, region, postal_code, country) VALUES (%(order_id)s::UUID, %(recipient)s::VARCHAR, %(phone)s::VARCHAR, %(email)s::VARCHAR, %(street)s::VARCHAR, %(city)s::VARCHAR, %(region)s::VARCHAR, %(postal_code)s::VARCHAR, %(country)s::VARCHAR)'
            ),
            lambda given, r: {'order_id': given['drawn_0'], 'recipient': 'Dewi Anggraini', 'phone': '+90 212 555 01 23', 'email': None, 'street': 'Örnek Sokak 12/3, Fatih', 'city': 'İstanbul', 'region': None, 'postal_code': '34080', 'country': 'TR'}, in_transaction=True,
        ),
        Statement(
            (
            'UPDATE idempotency_keys SET status = %(status)s, etag = %(etag)s, body = %(body)s WHERE caller = %(caller)s AND key = %(key)s'
            ),
            lambda given, r: {'status': 201, 'etag': '"1"', 'body': given['answer'], 'caller': f"person:{r[0][0][0]}", 'key': given['key']}, in_transaction=True, keeps_answer=True,
        ),
    ),
    answer=lambda given, r: {'id': str(given['drawn_0']), 'version': 1, 'number': given['drawn_3'], 'status': 'draft', 'payment_status': None, 'fulfilment_status': 'unfulfilled', 'mode': 'wholesale', 'buyer_id': str(r[0][0][0]), 'seller_id': given['body']['seller_id'], 'agreement_id': given['body']['agreement_id'], 'ship_to_country': 'TR', 'total': {'amount': ((given['body']['lines'][0]['quantity'] * find_row(r[6], {0: given['body']['lines'][0]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][1]['quantity'] * find_row(r[6], {0: given['body']['lines'][1]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][2]['quantity'] * find_row(r[6], {0: given['body']['lines'][2]['variant_id'], 2: r[4][0][4]})[5])), 'currency': 'IDR'}, 'created_at': r[9][0][0], 'submitted_at': None, 'expires_at': None, 'channel': 'diaspora', 'source': 'rantau', 'external_id': None, 'introduced_by': None, 'via_community_id': None, 'share_link_id': None, 'offer_id': None, 'request_id': None, 'goods': {'amount': ((given['body']['lines'][0]['quantity'] * find_row(r[6], {0: given['body']['lines'][0]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][1]['quantity'] * find_row(r[6], {0: given['body']['lines'][1]['variant_id'], 2: r[4][0][4]})[5]) + (given['body']['lines'][2]['quantity'] * find_row(r[6], {0: given['body']['lines'][2]['variant_id'], 2: r[4][0][4]})[5])), 'currency': 'IDR'}, 'freight': {'amount': 0, 'currency': 'IDR'}, 'fees': {'amount': 0, 'currency': 'IDR'}, 'tax': {'amount': 0, 'currency': 'IDR'}, 'discount': {'amount': 0, 'currency': 'IDR'}, 'ship_from_id': str(r[3][0][0]), 'ship_to': {'recipient': 'Dewi Anggraini', 'phone': '+90 212 555 01 23', 'email': None, 'street': 'Örnek Sokak 12/3, Fatih', 'city': 'İstanbul', 'region': None, 'postal_code': '34080', 'country': 'TR'}, 'obligation_id': None, 'accepted_at': None, 'completes_at': None, 'ended_at': None, 'rejection_note': None, 'lines': [{'id': str(given['drawn_4']), 'variant_id': given['body']['lines'][0]['variant_id'], 'product_id': str(find_row(r[5], {0: given['body']['lines'][0]['variant_id']})[1]), 'title': f"{find_row(r[5], {0: given['body']['lines'][0]['variant_id']})[4]}, {find_row(r[5], {0: given['body']['lines'][0]['variant_id']})[5][0]}", 'sku': find_row(r[5], {0: given['body']['lines'][0]['variant_id']})[3], 'hs_code': None, 'unit_weight_g': find_row(r[5], {0: given['body']['lines'][0]['variant_id']})[6], 'unit_price': {'amount': find_row(r[6], {0: given['body']['lines'][0]['variant_id'], 2: r[4][0][4]})[5], 'currency': 'IDR'}, 'price': {'amount': (given['body']['lines'][0]['quantity'] * find_row(r[6], {0: given['body']['lines'][0]['variant_id'], 2: r[4][0][4]})[5]), 'currency': 'IDR'}, 'price_list_id': str(r[4][0][4]), 'agreement_version_id': str(r[4][0][1]), 'ordered': given['body']['lines'][0]['quantity'], 'open': given['body']['lines'][0]['quantity'], 'cancelled': 0, 'shipped': 0, 'delivered': 0, 'lost': 0}, {'id': str(given['drawn_5']), 'variant_id': given['body']['lines'][1]['variant_id'], 'product_id': str(find_row(r[5], {0: given['body']['lines'][1]['variant_id']})[1]), 'title': f"{find_row(r[5], {0: given['body']['lines'][1]['variant_id']})[4]}, {find_row(r[5], {0: given['body']['lines'][1]['variant_id']})[5][0]}", 'sku': find_row(r[5], {0: given['body']['lines'][1]['variant_id']})[3], 'hs_code': None, 'unit_weight_g': find_row(r[5], {0: given['body']['lines'][1]['variant_id']})[6], 'unit_price': {'amount': find_row(r[6], {0: given['body']['lines'][1]['variant_id'], 2: r[4][0][4]})[5], 'currency': 'IDR'}, 'price': {'amount': (given['body']['lines'][1]['quantity'] * find_row(r[6], {0: given['body']['lines'][1]['variant_id'], 2: r[4][0][4]})[5]), 'currency': 'IDR'}, 'price_list_id': str(r[4][0][4]), 'agreement_version_id': str(r[4][0][1]), 'ordered': given['body']['lines'][1]['quantity'], 'open': given['body']['lines'][1]['quantity'], 'cancelled': 0, 'shipped': 0, 'delivered': 0, 'lost': 0}, {'id': str(given['drawn_6']), 'variant_id': given['body']['lines'][2]['variant_id'], 'product_id': str(find_row(r[5], {0: given['body']['lines'][2]['variant_id']})[1]), 'title': f"{find_row(r[5], {0: given['body']['lines'][2]['variant_id']})[4]}, {find_row(r[5], {0: given['body']['lines'][2]['variant_id']})[5][0]}", 'sku': find_row(r[5], {0: given['body']['lines'][2]['variant_id']})[3], 'hs_code': None, 'unit_weight_g': find_row(r[5], {0: given['body']['lines'][2]['variant_id']})[6], 'unit_price': {'amount': find_row(r[6], {0: given['body']['lines'][2]['variant_id'], 2: r[4][0][4]})[5], 'currency': 'IDR'}, 'price': {'amount': (given['body']['lines'][2]['quantity'] * find_row(r[6], {0: given['body']['lines'][2]['variant_id'], 2: r[4][0][4]})[5]), 'currency': 'IDR'}, 'price_list_id': str(r[4][0][4]), 'agreement_version_id': str(r[4][0][1]), 'ordered': given['body']['lines'][2]['quantity'], 'open': given['body']['lines'][2]['quantity'], 'cancelled': 0, 'shipped': 0, 'delivered': 0, 'lost': 0}], 'changes': [], 'cancellations': [], 'shipments': []},
)

SUBMIT_ORDER = Operation(
    draw=lambda: {'drawn_0': new_id(), 'drawn_1': new_id(), 'drawn_2': new_id(), 'drawn_3': new_id(), 'drawn_4': new_id(), },
    statements=(
        Statement(
            (
            'SELECT people.id, people.is_operator, people.suspended_at, sessions.id AS id_1, NULL AS anon_1, NULL AS anon__1, sessions.authenticated_at, true AS anon_2 \n'
            'FROM sessions JOIN people ON people.id = sessions.person_id \n'
            'WHERE sessions.access_digest = %(digest)s AND (sessions.ended_at IS NULL OR people.suspended_at IS NOT NULL) AND sessions.access_expires_at > rantau_now()'
            ),
            lambda given, r: {'digest': given['token']}, has_rows=True,
        ),
        Statement(
            (
            '\n'
            '        INSERT INTO idempotency_keys (caller, key, fingerprint, expires_at)\n'
            '        VALUES (%(caller)s, %(key)s, %(fingerprint)s, rantau_now() + %(life)s)\n'
            '        ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint,\n'
            '            status = NULL, etag = NULL, body = NULL, expires_at = excluded.expires_at\n'
            '        WHERE idempotency_keys.expires_at < rantau_now() RETURNING key\n'
            '    '
            ),
            lambda given, r: {'caller': f"person:{r[0][0][0]}", 'key': given['key'], 'fingerprint': given['fingerprint'], 'life': timedelta(seconds=86400.0)}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT orders.number, orders.status, orders.mode, orders.buyer_id, orders.seller_id, orders.agreement_id, orders.ship_from_id, orders.ship_from_country, orders.ship_to_country, orders.obligation_id, orders.currency, orders.goods_amount, orders.freight_amount, orders.fees_amount, orders.tax_amount, orders.discount_amount, orders.total_amount, orders.net_days, orders.submitted_at, orders.expires_at, orders.accepted_at, orders.arrived_at, orders.completes_at, orders.ended_at, orders.rejection_note, orders.channel, orders.source, orders.external_id, orders.introduced_by, orders.via_community_id, orders.share_link_id, orders.offer_id, orders.request_id, orders.id, orders.version, orders.created_at, orders.updated_at, orders.buyer_id IN (SELECT %(param_1)s::UUID AS anon_2 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_1)s::UUID AND organization_staff.role IN (%(role_1_1)s::VARCHAR, %(role_1_2)s::VARCHAR)) AS anon_1, orders.seller_id IN (SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR)) AS anon_3, order_addresses_1.order_id, order_addresses_1.recipient, order_addresses_1.phone, order_addresses_1.email, order_addresses_1.street, order_addresses_1.city, order_addresses_1.region, order_addresses_1.postal_code, order_addresses_1.country \n'
            'FROM orders JOIN order_addresses AS order_addresses_1 ON orders.id = order_addresses_1.order_id \n'
            'WHERE orders.id = %(id_1)s::UUID AND (orders.buyer_id IN (SELECT %(param_2)s::UUID AS anon_4 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_3)s::UUID AND organization_staff.role IN (%(role_3_1)s::VARCHAR, %(role_3_2)s::VARCHAR)) OR orders.seller_id IN (SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_4)s::UUID AND organization_staff.role IN (%(role_4_1)s::VARCHAR, %(role_4_2)s::VARCHAR)) AND orders.status != %(status_1)s::VARCHAR) FOR NO KEY UPDATE OF orders'
            ),
            lambda given, r: {'param_1': r[0][0][0], 'person_id_1': r[0][0][0], 'role_1_1': 'owner', 'role_1_2': 'orders', 'person_id_2': r[0][0][0], 'role_2_1': 'owner', 'role_2_2': 'orders', 'id_1': given['id_0'], 'param_2': r[0][0][0], 'person_id_3': r[0][0][0], 'role_3_1': 'owner', 'role_3_2': 'orders', 'person_id_4': r[0][0][0], 'role_4_1': 'owner', 'role_4_2': 'orders', 'status_1': 'draft'}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT order_lines.order_id, order_lines.id, order_lines.position, order_lines.variant_id, order_lines.product_id, order_lines.title, order_lines.sku, order_lines.hs_code, order_lines.unit_weight_g, order_lines.unit_amount, order_lines.currency, order_lines.amount, order_lines.tax_amount, order_lines.price_list_id, order_lines.agreement_version_id, order_lines.frozen_at, order_lines.ordered, order_lines.open, order_lines.cancelled, order_lines.shipped, order_lines.delivered, order_lines.lost, order_lines.claimed, order_lines.returned, order_lines.refunded \n'
            'FROM order_lines \n'
            'WHERE order_lines.order_id IN (%(primary_keys_1)s::UUID) ORDER BY order_lines.position'
            ),
            lambda given, r: {'primary_keys_1': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT reseller_agreements.status, agreement_versions.id, agreement_versions.modes, agreement_versions.currency, agreement_versions.price_list_id, agreement_versions.delivery_countries, agreement_versions.min_order_value_amount, agreement_versions.credit_limit_amount, agreement_versions.net_days \n'
            "FROM reseller_agreements LEFT OUTER JOIN agreement_versions ON agreement_versions.agreement_id = reseller_agreements.id AND agreement_versions.status = 'in_force' \n"
            'WHERE reseller_agreements.id = %(agreement_id)s::UUID AND reseller_agreements.supplier_id = %(supplier_id)s::UUID AND reseller_agreements.reseller_id = %(reseller_id)s::UUID FOR NO KEY UPDATE OF reseller_agreements'
            ),
            lambda given, r: {'agreement_id': r[2][0][5], 'supplier_id': r[2][0][4], 'reseller_id': r[0][0][0]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT organizations.country \n'
            'FROM organizations \n'
            "WHERE organizations.id = %(party_id)s::UUID AND organizations.verification = 'verified'"
            ),
            lambda given, r: {'party_id': r[0][0][0]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT parties.kind, person_details.host_country, person_details.diaspora_basis \n'
            'FROM parties LEFT OUTER JOIN person_details ON person_details.person_id = parties.id \n'
            'WHERE parties.id = %(party_id)s::UUID'
            ),
            lambda given, r: {'party_id': r[0][0][0]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT rantau_now()'
            ),
            lambda given, r: {}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT activity_rules.host_country, activity_rules.basis, activity_rules.activity, activity_rules.outcome, activity_rules.valid_from, activity_rules.valid_until, activity_rules.source_title, activity_rules.source_url, activity_rules.messages, activity_rules.legal_ways, activity_rules.id, activity_rules.version, activity_rules.created_at, activity_rules.updated_at \n'
            'FROM activity_rules \n'
            'WHERE activity_rules.host_country = %(host_country_1)s::VARCHAR AND activity_rules.activity = %(activity_1)s::VARCHAR ORDER BY activity_rules.id'
            ),
            lambda given, r: {'host_country_1': 'TR', 'activity_1': 'sell_on'}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT variants.id, variants.product_id, products.organization_id, variants.sku, product_texts.title, variants.option_values, variants.net_weight_g, products.hs_code, products.origin_country, products.countries_of_sale, variants.pack_multiple, variants.min_order_quantity, products.status \n'
            'FROM variants JOIN products ON products.id = variants.product_id JOIN product_texts ON product_texts.product_id = products.id AND product_texts.language = products.source_language \n'
            'WHERE variants.id = any(%(variant_ids)s::UUID[]) AND variants.discontinued_at IS NULL'
            ),
            lambda given, r: {'variant_ids': [r[3][0][3], r[3][1][3], r[3][2][3]]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT prices.variant_id, prices.id, prices.price_list_id, price_lists.audience, prices.min_quantity, prices.unit_amount, CAST(EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)) AS DOUBLE PRECISION) AS anon_1, price_lists.currency \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id \n'
            "WHERE (price_lists.audience = 'public' OR price_lists.audience IN ('tier', 'community') AND price_lists.id IN (SELECT price_list_grants.price_list_id \n"
            'FROM price_list_grants \n'
            "WHERE price_list_grants.party_id = %(buyer_party)s::UUID) OR price_lists.audience = 'agreement' AND price_lists.id = any(%(agreement_price_lists)s::UUID[])) AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (cardinality(price_lists.countries) = 0 OR %(country)s::VARCHAR = ANY (price_lists.countries)) AND prices.variant_id = any(%(variant_ids)s::UUID[]) AND price_lists.currency = %(currency)s::VARCHAR"
            ),
            lambda given, r: {'buyer_party': r[0][0][0], 'agreement_price_lists': [r[3][0][13]], 'country': 'TR', 'variant_ids': [r[3][0][3], r[3][1][3], r[3][2][3]], 'currency': 'IDR'}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT rantau_now()'
            ),
            lambda given, r: {}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO audit_entries (action, subject_kind, subject_id, person_id, session_id, api_key_id, request_id, facts) VALUES (%(action)s::VARCHAR, %(subject_kind)s::VARCHAR, %(subject_id)s::UUID, %(person_id)s::UUID, %(session_id)s::UUID, %(api_key_id)s::UUID, %(request_id)s::UUID, %(facts)s::JSONB) RETURNING audit_entries.id, audit_entries.recorded_at'
            ),
            lambda given, r: {'action': 'OrderSubmitted', 'subject_kind': 'order', 'subject_id': given['id_0'], 'person_id': r[0][0][0], 'session_id': r[0][0][3], 'api_key_id': None, 'request_id': given['drawn_0'], 'facts': Jsonb({'buyer_id': str(r[0][0][0]), 'seller_id': str(r[2][0][4]), 'mode': 'wholesale', 'channel': 'diaspora', 'market': 'TR', 'hs6': [], 'currency': 'IDR', 'goods_amount': r[2][0][11], 'freight_amount': 0, 'total_amount': r[2][0][11], 'units': (r[3][0][16] + r[3][1][16] + r[3][2][16])})}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO domain_events (event_id, position, kind, payload_version, aggregate_kind, aggregate_id, aggregate_version, change, audience, lost_audience, actor_party, cause_event_id, request_id, facts, exported, reverses_event_id) VALUES (%(event_id)s::UUID, %(position)s::BIGINT, %(kind)s::VARCHAR, %(payload_version)s::SMALLINT, %(aggregate_kind)s::VARCHAR, %(aggregate_id)s::UUID, %(aggregate_version)s::BIGINT, %(change)s::VARCHAR, %(audience)s::TEXT[], %(lost_audience)s::TEXT[], %(actor_party)s::UUID, %(cause_event_id)s::UUID, %(request_id)s::UUID, %(facts)s::JSONB, %(exported)s, %(reverses_event_id)s::UUID) RETURNING domain_events.id, domain_events.occurred_at, domain_events.recorded_at'
            ),
            lambda given, r: {'event_id': given['drawn_1'], 'position': None, 'kind': 'OrderSubmitted', 'payload_version': 1, 'aggregate_kind': 'order', 'aggregate_id': given['id_0'], 'aggregate_version': 2, 'change': 'upsert', 'audience': sorted([f"party:{r[0][0][0]}", f"party:{r[2][0][4]}"]), 'lost_audience': [], 'actor_party': r[0][0][0], 'cause_event_id': None, 'request_id': given['drawn_0'], 'facts': Jsonb({'buyer_id': str(r[0][0][0]), 'seller_id': str(r[2][0][4]), 'mode': 'wholesale', 'channel': 'diaspora', 'market': 'TR', 'hs6': [], 'currency': 'IDR', 'goods_amount': r[2][0][11], 'freight_amount': 0, 'total_amount': r[2][0][11], 'units': (r[3][0][16] + r[3][1][16] + r[3][2][16])}), 'exported': True, 'reverses_event_id': None}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'UPDATE orders SET status=%(status)s::VARCHAR, net_days=%(net_days)s::BIGINT, submitted_at=%(submitted_at)s::TIMESTAMP WITH TIME ZONE, expires_at=%(expires_at)s::TIMESTAMP WITH TIME ZONE, version=%(version)s::BIGINT, updated_at=rantau_now() WHERE orders.id = %(orders_id)s::UUID RETURNING orders.updated_at'
            ),
            lambda given, r: {'status': 'submitted', 'net_days': 14, 'submitted_at': r[11][0][0], 'expires_at': r[11][0][0] + timedelta(seconds=259200.0), 'version': 2, 'orders_id': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'UPDATE order_lines SET frozen_at=%(frozen_at)s::TIMESTAMP WITH TIME ZONE WHERE order_lines.id = %(order_lines_id)s::UUID'
            ),
            lambda given, r: [{'frozen_at': r[11][0][0], 'order_lines_id': r[3][0][1]}, {'frozen_at': r[11][0][0], 'order_lines_id': r[3][1][1]}, {'frozen_at': r[11][0][0], 'order_lines_id': r[3][2][1]}], is_many=True, in_transaction=True,
        ),
        Statement(
            (
            'SELECT stock_levels.variant_id, stock_levels.location_id, stock_levels.organization_id, stock_levels.on_hand, stock_levels.allocated, stock_levels.policy, stock_levels.oversell_limit, stock_levels.ships_by, stock_levels.id, stock_levels.version \n'
            'FROM stock_levels \n'
            'WHERE stock_levels.variant_id = any(%(variant_ids)s::UUID[]) AND stock_levels.location_id = %(location_id)s::UUID ORDER BY stock_levels.variant_id, stock_levels.location_id FOR UPDATE'
            ),
            lambda given, r: {'variant_ids': [r[3][0][3], r[3][1][3], r[3][2][3]], 'location_id': r[2][0][6]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT stock_reservations.level_id, CAST(sum(stock_reservations.quantity) AS BIGINT) AS sum_1 \n'
            'FROM stock_reservations \n'
            'WHERE stock_reservations.level_id = any(%(level_ids)s::UUID[]) AND stock_reservations.expires_at > rantau_now() AND NOT (stock_reservations.holder_kind = %(kind)s::VARCHAR AND stock_reservations.holder_id = %(holder_id)s::UUID) GROUP BY stock_reservations.level_id'
            ),
            lambda given, r: {'level_ids': [find_row(r[16], {0: r[3][0][3]})[8], find_row(r[16], {0: r[3][1][3]})[8], find_row(r[16], {0: r[3][2][3]})[8]], 'kind': 'order', 'holder_id': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            '\n'
            '        WITH given_back AS (\n'
            '            DELETE FROM stock_reservations\n'
            '            WHERE holder_kind = %(kind)s AND holder_id = %(holder_id)s AND level_id <> ALL (%(level_ids)s)\n'
            '        )\n'
            '        INSERT INTO stock_reservations (id, holder_kind, holder_id, level_id, quantity, expires_at)\n'
            '        SELECT id, %(kind)s, %(holder_id)s, level_id, quantity, %(until)s\n'
            '        FROM unnest(CAST(%(ids)s AS uuid[]), CAST(%(level_ids)s AS uuid[]), CAST(%(quantities)s AS bigint[]))\n'
            '            AS wanted (id, level_id, quantity)\n'
            '        ON CONFLICT (holder_kind, holder_id, level_id)\n'
            '            DO UPDATE SET quantity = excluded.quantity, expires_at = excluded.expires_at\n'
            '    '
            ),
            lambda given, r: {'kind': 'order', 'holder_id': given['id_0'], 'level_ids': [find_row(r[16], {0: r[3][0][3]})[8], find_row(r[16], {0: r[3][1][3]})[8], find_row(r[16], {0: r[3][2][3]})[8]], 'until': r[11][0][0] + timedelta(seconds=259200.0), 'ids': [given['drawn_2'], given['drawn_3'], given['drawn_4']], 'quantities': [r[3][0][16], r[3][1][16], r[3][2][16]]}, in_transaction=True,
        ),
        Statement(
            (
            'UPDATE idempotency_keys SET status = %(status)s, etag = %(etag)s, body = %(body)s WHERE caller = %(caller)s AND key = %(key)s'
            ),
            lambda given, r: {'status': 201, 'etag': '"2"', 'body': given['answer'], 'caller': f"person:{r[0][0][0]}", 'key': given['key']}, in_transaction=True, keeps_answer=True,
        ),
    ),
    answer=lambda given, r: {'id': str(given['id_0']), 'version': 2, 'number': r[2][0][0], 'status': 'submitted', 'payment_status': None, 'fulfilment_status': 'unfulfilled', 'mode': 'wholesale', 'buyer_id': str(r[0][0][0]), 'seller_id': str(r[2][0][4]), 'agreement_id': str(r[2][0][5]), 'ship_to_country': 'TR', 'total': {'amount': r[2][0][11], 'currency': 'IDR'}, 'created_at': r[2][0][35], 'submitted_at': r[11][0][0], 'expires_at': r[11][0][0] + timedelta(seconds=259200.0), 'channel': 'diaspora', 'source': 'rantau', 'external_id': None, 'introduced_by': None, 'via_community_id': None, 'share_link_id': None, 'offer_id': None, 'request_id': None, 'goods': {'amount': r[2][0][11], 'currency': 'IDR'}, 'freight': {'amount': 0, 'currency': 'IDR'}, 'fees': {'amount': 0, 'currency': 'IDR'}, 'tax': {'amount': 0, 'currency': 'IDR'}, 'discount': {'amount': 0, 'currency': 'IDR'}, 'ship_from_id': str(r[2][0][6]), 'ship_to': {'recipient': 'Dewi Anggraini', 'phone': '+90 212 555 01 23', 'email': None, 'street': 'Örnek Sokak 12/3, Fatih', 'city': 'İstanbul', 'region': None, 'postal_code': '34080', 'country': 'TR'}, 'obligation_id': None, 'accepted_at': None, 'completes_at': None, 'ended_at': None, 'rejection_note': None, 'lines': [{'id': str(r[3][0][1]), 'variant_id': str(r[3][0][3]), 'product_id': str(r[3][0][4]), 'title': r[3][0][5], 'sku': r[3][0][6], 'hs_code': None, 'unit_weight_g': r[3][0][8], 'unit_price': {'amount': r[3][0][9], 'currency': 'IDR'}, 'price': {'amount': r[3][0][11], 'currency': 'IDR'}, 'price_list_id': str(r[3][0][13]), 'agreement_version_id': str(r[3][0][14]), 'ordered': r[3][0][16], 'open': r[3][0][16], 'cancelled': 0, 'shipped': 0, 'delivered': 0, 'lost': 0}, {'id': str(r[3][1][1]), 'variant_id': str(r[3][1][3]), 'product_id': str(r[3][1][4]), 'title': r[3][1][5], 'sku': r[3][1][6], 'hs_code': None, 'unit_weight_g': r[3][1][8], 'unit_price': {'amount': r[3][1][9], 'currency': 'IDR'}, 'price': {'amount': r[3][1][11], 'currency': 'IDR'}, 'price_list_id': str(r[3][0][13]), 'agreement_version_id': str(r[3][0][14]), 'ordered': r[3][1][16], 'open': r[3][1][16], 'cancelled': 0, 'shipped': 0, 'delivered': 0, 'lost': 0}, {'id': str(r[3][2][1]), 'variant_id': str(r[3][2][3]), 'product_id': str(r[3][2][4]), 'title': r[3][2][5], 'sku': r[3][2][6], 'hs_code': None, 'unit_weight_g': r[3][2][8], 'unit_price': {'amount': r[3][2][9], 'currency': 'IDR'}, 'price': {'amount': r[3][2][11], 'currency': 'IDR'}, 'price_list_id': str(r[3][0][13]), 'agreement_version_id': str(r[3][0][14]), 'ordered': r[3][2][16], 'open': r[3][2][16], 'cancelled': 0, 'shipped': 0, 'delivered': 0, 'lost': 0}], 'changes': [], 'cancellations': [], 'shipments': [], 'warnings': []},
)

ACCEPT_ORDER = Operation(
    draw=lambda: {'drawn_0': new_id(), 'drawn_1': new_id(), 'drawn_2': new_id(), 'drawn_3': new_id(), 'drawn_4': new_id(), 'drawn_5': new_id(), 'drawn_6': new_id(), 'drawn_7': new_id(), 'drawn_8': new_id(), 'drawn_9': new_id(), 'drawn_10': new_id(), 'drawn_11': new_id(), 'drawn_12': new_id(), 'drawn_13': new_id(), 'drawn_14': new_id(), },
    statements=(
        Statement(
            (
            'SELECT people.id, people.is_operator, people.suspended_at, sessions.id AS id_1, NULL AS anon_1, NULL AS anon__1, sessions.authenticated_at, true AS anon_2 \n'
            'FROM sessions JOIN people ON people.id = sessions.person_id \n'
            'WHERE sessions.access_digest = %(digest)s AND (sessions.ended_at IS NULL OR people.suspended_at IS NOT NULL) AND sessions.access_expires_at > rantau_now()'
            ),
            lambda given, r: {'digest': given['token']}, has_rows=True,
        ),
        Statement(
            (
            '\n'
            '        INSERT INTO idempotency_keys (caller, key, fingerprint, expires_at)\n'
            '        VALUES (%(caller)s, %(key)s, %(fingerprint)s, rantau_now() + %(life)s)\n'
            '        ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint,\n'
            '            status = NULL, etag = NULL, body = NULL, expires_at = excluded.expires_at\n'
            '        WHERE idempotency_keys.expires_at < rantau_now() RETURNING key\n'
            '    '
            ),
            lambda given, r: {'caller': f"person:{r[0][0][0]}", 'key': given['key'], 'fingerprint': given['fingerprint'], 'life': timedelta(seconds=86400.0)}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT orders.number, orders.status, orders.mode, orders.buyer_id, orders.seller_id, orders.agreement_id, orders.ship_from_id, orders.ship_from_country, orders.ship_to_country, orders.obligation_id, orders.currency, orders.goods_amount, orders.freight_amount, orders.fees_amount, orders.tax_amount, orders.discount_amount, orders.total_amount, orders.net_days, orders.submitted_at, orders.expires_at, orders.accepted_at, orders.arrived_at, orders.completes_at, orders.ended_at, orders.rejection_note, orders.channel, orders.source, orders.external_id, orders.introduced_by, orders.via_community_id, orders.share_link_id, orders.offer_id, orders.request_id, orders.id, orders.version, orders.created_at, orders.updated_at, orders.buyer_id IN (SELECT %(param_1)s::UUID AS anon_2 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_1)s::UUID AND organization_staff.role IN (%(role_1_1)s::VARCHAR, %(role_1_2)s::VARCHAR)) AS anon_1, orders.seller_id IN (SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR)) AS anon_3, order_addresses_1.order_id, order_addresses_1.recipient, order_addresses_1.phone, order_addresses_1.email, order_addresses_1.street, order_addresses_1.city, order_addresses_1.region, order_addresses_1.postal_code, order_addresses_1.country \n'
            'FROM orders JOIN order_addresses AS order_addresses_1 ON orders.id = order_addresses_1.order_id \n'
            'WHERE orders.id = %(id_1)s::UUID AND (orders.buyer_id IN (SELECT %(param_2)s::UUID AS anon_4 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_3)s::UUID AND organization_staff.role IN (%(role_3_1)s::VARCHAR, %(role_3_2)s::VARCHAR)) OR orders.seller_id IN (SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_4)s::UUID AND organization_staff.role IN (%(role_4_1)s::VARCHAR, %(role_4_2)s::VARCHAR)) AND orders.status != %(status_1)s::VARCHAR) FOR NO KEY UPDATE OF orders'
            ),
            lambda given, r: {'param_1': r[0][0][0], 'person_id_1': r[0][0][0], 'role_1_1': 'owner', 'role_1_2': 'orders', 'person_id_2': r[0][0][0], 'role_2_1': 'owner', 'role_2_2': 'orders', 'id_1': given['id_0'], 'param_2': r[0][0][0], 'person_id_3': r[0][0][0], 'role_3_1': 'owner', 'role_3_2': 'orders', 'person_id_4': r[0][0][0], 'role_4_1': 'owner', 'role_4_2': 'orders', 'status_1': 'draft'}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT cancellations.order_id, cancellations.id, cancellations.status, cancellations.reason, cancellations.asked_by, cancellations.note, cancellations.asked_at, cancellations.answer_by, cancellations.decided_at, cancellations.currency, cancellations.refund_amount, cancellation_lines_1.cancellation_id, cancellation_lines_1.line_id, cancellation_lines_1.quantity, cancellation_lines_1.restock \n'
            'FROM cancellations LEFT OUTER JOIN cancellation_lines AS cancellation_lines_1 ON cancellations.id = cancellation_lines_1.cancellation_id \n'
            'WHERE cancellations.order_id IN (%(primary_keys_1)s::UUID) ORDER BY cancellations.id'
            ),
            lambda given, r: {'primary_keys_1': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT order_changes.order_id, order_changes.id, order_changes.status, order_changes.currency, order_changes.freight_amount, order_changes.note, order_changes.proposed_at, order_changes.answer_by, order_changes.decided_at, order_change_lines_1.change_id, order_change_lines_1.line_id, order_change_lines_1.quantity \n'
            'FROM order_changes LEFT OUTER JOIN order_change_lines AS order_change_lines_1 ON order_changes.id = order_change_lines_1.change_id \n'
            'WHERE order_changes.order_id IN (%(primary_keys_1)s::UUID) ORDER BY order_changes.id'
            ),
            lambda given, r: {'primary_keys_1': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT order_lines.order_id, order_lines.id, order_lines.position, order_lines.variant_id, order_lines.product_id, order_lines.title, order_lines.sku, order_lines.hs_code, order_lines.unit_weight_g, order_lines.unit_amount, order_lines.currency, order_lines.amount, order_lines.tax_amount, order_lines.price_list_id, order_lines.agreement_version_id, order_lines.frozen_at, order_lines.ordered, order_lines.open, order_lines.cancelled, order_lines.shipped, order_lines.delivered, order_lines.lost, order_lines.claimed, order_lines.returned, order_lines.refunded \n'
            'FROM order_lines \n'
            'WHERE order_lines.order_id IN (%(primary_keys_1)s::UUID) ORDER BY order_lines.position'
            ),
            lambda given, r: {'primary_keys_1': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT shipments.order_id, shipments.id, shipments.carrier, shipments.tracking_number, shipments.shipped_at, shipments.arrives_by, shipments.delivered_at, shipment_lines_1.shipment_id, shipment_lines_1.line_id, shipment_lines_1.quantity, shipment_lines_1.delivered, shipment_lines_1.lost \n'
            'FROM shipments LEFT OUTER JOIN shipment_lines AS shipment_lines_1 ON shipments.id = shipment_lines_1.shipment_id \n'
            'WHERE shipments.order_id IN (%(primary_keys_1)s::UUID) ORDER BY shipments.id'
            ),
            lambda given, r: {'primary_keys_1': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT rantau_now()'
            ),
            lambda given, r: {}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'UPDATE orders SET status=%(status)s::VARCHAR, accepted_at=%(accepted_at)s::TIMESTAMP WITH TIME ZONE, updated_at=rantau_now() WHERE orders.id = %(orders_id)s::UUID RETURNING orders.updated_at'
            ),
            lambda given, r: {'status': 'accepted', 'accepted_at': r[7][0][0], 'orders_id': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT stock_levels.variant_id, stock_levels.location_id, stock_levels.organization_id, stock_levels.on_hand, stock_levels.allocated, stock_levels.policy, stock_levels.oversell_limit, stock_levels.ships_by, stock_levels.id, stock_levels.version \n'
            'FROM stock_levels \n'
            'WHERE stock_levels.variant_id = any(%(variant_ids)s::UUID[]) AND stock_levels.location_id = %(location_id)s::UUID ORDER BY stock_levels.variant_id, stock_levels.location_id FOR UPDATE'
            ),
            lambda given, r: {'variant_ids': [r[5][0][3], r[5][1][3], r[5][2][3]], 'location_id': r[2][0][6]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT stock_reservations.level_id, CAST(sum(stock_reservations.quantity) AS BIGINT) AS sum_1 \n'
            'FROM stock_reservations \n'
            'WHERE stock_reservations.level_id = any(%(level_ids)s::UUID[]) AND stock_reservations.expires_at > rantau_now() AND NOT (stock_reservations.holder_kind = %(kind)s::VARCHAR AND stock_reservations.holder_id = %(holder_id)s::UUID) GROUP BY stock_reservations.level_id'
            ),
            lambda given, r: {'level_ids': [find_row(r[9], {0: r[5][0][3]})[8], find_row(r[9], {0: r[5][1][3]})[8], find_row(r[9], {0: r[5][2][3]})[8]], 'kind': 'order', 'holder_id': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'DELETE FROM stock_reservations WHERE stock_reservations.holder_kind = %(holder_kind_1)s::VARCHAR AND stock_reservations.holder_id = %(holder_id_1)s::UUID'
            ),
            lambda given, r: {'holder_kind_1': 'order', 'holder_id_1': given['id_0']}, in_transaction=True,
        ),
        Statement(
            (
            'INSERT INTO audit_entries (action, subject_kind, subject_id, person_id, session_id, api_key_id, request_id, facts) SELECT p0::VARCHAR, p1::VARCHAR, p2::UUID, p3::UUID, p4::UUID, p5::UUID, p6::UUID, p7::JSONB FROM (VALUES (%(action__0)s::VARCHAR, %(subject_kind__0)s::VARCHAR, %(subject_id__0)s::UUID, %(person_id__0)s::UUID, %(session_id__0)s::UUID, %(api_key_id__0)s::UUID, %(request_id__0)s::UUID, %(facts__0)s::JSONB, 0), (%(action__1)s::VARCHAR, %(subject_kind__1)s::VARCHAR, %(subject_id__1)s::UUID, %(person_id__1)s::UUID, %(session_id__1)s::UUID, %(api_key_id__1)s::UUID, %(request_id__1)s::UUID, %(facts__1)s::JSONB, 1), (%(action__2)s::VARCHAR, %(subject_kind__2)s::VARCHAR, %(subject_id__2)s::UUID, %(person_id__2)s::UUID, %(session_id__2)s::UUID, %(api_key_id__2)s::UUID, %(request_id__2)s::UUID, %(facts__2)s::JSONB, 2)) AS imp_sen(p0, p1, p2, p3, p4, p5, p6, p7, sen_counter) ORDER BY sen_counter RETURNING audit_entries.id, audit_entries.recorded_at, audit_entries.id AS id__1'
            ),
            lambda given, r: {'action__0': 'StockMoved', 'subject_kind__0': 'stock_level', 'subject_id__0': find_row(r[9], {0: r[5][0][3]})[8], 'person_id__0': r[0][0][0], 'session_id__0': r[0][0][3], 'api_key_id__0': None, 'request_id__0': given['drawn_0'], 'facts__0': Jsonb({'variant_id': str(r[5][0][3]), 'location_id': str(r[2][0][6]), 'movement': 'allocated', 'quantity': r[5][0][16], 'on_hand': 1000000, 'allocated': (find_row(r[9], {0: r[5][0][3]})[4] + r[5][0][17])}), 'action__1': 'StockMoved', 'subject_kind__1': 'stock_level', 'subject_id__1': find_row(r[9], {0: r[5][1][3]})[8], 'person_id__1': r[0][0][0], 'session_id__1': r[0][0][3], 'api_key_id__1': None, 'request_id__1': given['drawn_0'], 'facts__1': Jsonb({'variant_id': str(r[5][1][3]), 'location_id': str(r[2][0][6]), 'movement': 'allocated', 'quantity': r[5][1][16], 'on_hand': 1000000, 'allocated': (find_row(r[9], {0: r[5][1][3]})[4] + r[5][1][17])}), 'action__2': 'StockMoved', 'subject_kind__2': 'stock_level', 'subject_id__2': find_row(r[9], {0: r[5][2][3]})[8], 'person_id__2': r[0][0][0], 'session_id__2': r[0][0][3], 'api_key_id__2': None, 'request_id__2': given['drawn_0'], 'facts__2': Jsonb({'variant_id': str(r[5][2][3]), 'location_id': str(r[2][0][6]), 'movement': 'allocated', 'quantity': r[5][2][16], 'on_hand': 1000000, 'allocated': (find_row(r[9], {0: r[5][2][3]})[4] + r[5][2][17])})}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO domain_events (event_id, position, kind, payload_version, aggregate_kind, aggregate_id, aggregate_version, change, audience, lost_audience, actor_party, cause_event_id, request_id, facts, exported, reverses_event_id) SELECT p0::UUID, p1::BIGINT, p2::VARCHAR, p3::SMALLINT, p4::VARCHAR, p5::UUID, p6::BIGINT, p7::VARCHAR, p8::TEXT[], p9::TEXT[], p10::UUID, p11::UUID, p12::UUID, p13::JSONB, p14::BOOLEAN, p15::UUID FROM (VALUES (%(event_id__0)s::UUID, %(position__0)s::BIGINT, %(kind__0)s::VARCHAR, %(payload_version__0)s::SMALLINT, %(aggregate_kind__0)s::VARCHAR, %(aggregate_id__0)s::UUID, %(aggregate_version__0)s::BIGINT, %(change__0)s::VARCHAR, %(audience__0)s::TEXT[], %(lost_audience__0)s::TEXT[], %(actor_party__0)s::UUID, %(cause_event_id__0)s::UUID, %(request_id__0)s::UUID, %(facts__0)s::JSONB, %(exported__0)s, %(reverses_event_id__0)s::UUID, 0), (%(event_id__1)s::UUID, %(position__1)s::BIGINT, %(kind__1)s::VARCHAR, %(payload_version__1)s::SMALLINT, %(aggregate_kind__1)s::VARCHAR, %(aggregate_id__1)s::UUID, %(aggregate_version__1)s::BIGINT, %(change__1)s::VARCHAR, %(audience__1)s::TEXT[], %(lost_audience__1)s::TEXT[], %(actor_party__1)s::UUID, %(cause_event_id__1)s::UUID, %(request_id__1)s::UUID, %(facts__1)s::JSONB, %(exported__1)s, %(reverses_event_id__1)s::UUID, 1), (%(event_id__2)s::UUID, %(position__2)s::BIGINT, %(kind__2)s::VARCHAR, %(payload_version__2)s::SMALLINT, %(aggregate_kind__2)s::VARCHAR, %(aggregate_id__2)s::UUID, %(aggregate_version__2)s::BIGINT, %(change__2)s::VARCHAR, %(audience__2)s::TEXT[], %(lost_audience__2)s::TEXT[], %(actor_party__2)s::UUID, %(cause_event_id__2)s::UUID, %(request_id__2)s::UUID, %(facts__2)s::JSONB, %(exported__2)s, %(reverses_event_id__2)s::UUID, 2)) AS imp_sen(p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, sen_counter) ORDER BY sen_counter RETURNING domain_events.id, domain_events.occurred_at, domain_events.recorded_at, domain_events.id AS id__1'
            ),
            lambda given, r: {'event_id__0': given['drawn_1'], 'position__0': None, 'kind__0': 'StockMoved', 'payload_version__0': 1, 'aggregate_kind__0': 'stock_level', 'aggregate_id__0': find_row(r[9], {0: r[5][0][3]})[8], 'aggregate_version__0': (find_row(r[9], {0: r[5][0][3]})[9] + 1), 'change__0': 'upsert', 'audience__0': [f"party:{r[2][0][4]}"], 'lost_audience__0': [], 'actor_party__0': r[0][0][0], 'cause_event_id__0': None, 'request_id__0': given['drawn_0'], 'facts__0': Jsonb({'variant_id': str(r[5][0][3]), 'location_id': str(r[2][0][6]), 'movement': 'allocated', 'quantity': r[5][0][16], 'on_hand': 1000000, 'allocated': (find_row(r[9], {0: r[5][0][3]})[4] + r[5][0][17])}), 'exported__0': True, 'reverses_event_id__0': None, 'event_id__1': given['drawn_2'], 'position__1': None, 'kind__1': 'StockMoved', 'payload_version__1': 1, 'aggregate_kind__1': 'stock_level', 'aggregate_id__1': find_row(r[9], {0: r[5][1][3]})[8], 'aggregate_version__1': (find_row(r[9], {0: r[5][1][3]})[9] + 1), 'change__1': 'upsert', 'audience__1': [f"party:{r[2][0][4]}"], 'lost_audience__1': [], 'actor_party__1': r[0][0][0], 'cause_event_id__1': None, 'request_id__1': given['drawn_0'], 'facts__1': Jsonb({'variant_id': str(r[5][1][3]), 'location_id': str(r[2][0][6]), 'movement': 'allocated', 'quantity': r[5][1][16], 'on_hand': 1000000, 'allocated': (find_row(r[9], {0: r[5][1][3]})[4] + r[5][1][17])}), 'exported__1': True, 'reverses_event_id__1': None, 'event_id__2': given['drawn_3'], 'position__2': None, 'kind__2': 'StockMoved', 'payload_version__2': 1, 'aggregate_kind__2': 'stock_level', 'aggregate_id__2': find_row(r[9], {0: r[5][2][3]})[8], 'aggregate_version__2': (find_row(r[9], {0: r[5][2][3]})[9] + 1), 'change__2': 'upsert', 'audience__2': [f"party:{r[2][0][4]}"], 'lost_audience__2': [], 'actor_party__2': r[0][0][0], 'cause_event_id__2': None, 'request_id__2': given['drawn_0'], 'facts__2': Jsonb({'variant_id': str(r[5][2][3]), 'location_id': str(r[2][0][6]), 'movement': 'allocated', 'quantity': r[5][2][16], 'on_hand': 1000000, 'allocated': (find_row(r[9], {0: r[5][2][3]})[4] + r[5][2][17])}), 'exported__2': True, 'reverses_event_id__2': None}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO stock_movements (id, level_id, organization_id, kind, on_hand_change, allocated_change, holder_kind, holder_id, reason, moved_by) VALUES (%(id__0)s::UUID, %(level_id__0)s::UUID, %(organization_id__0)s::UUID, %(kind__0)s::VARCHAR, %(on_hand_change__0)s::BIGINT, %(allocated_change__0)s::BIGINT, %(holder_kind__0)s::VARCHAR, %(holder_id__0)s::UUID, %(reason__0)s::VARCHAR, %(moved_by__0)s::UUID), (%(id__1)s::UUID, %(level_id__1)s::UUID, %(organization_id__1)s::UUID, %(kind__1)s::VARCHAR, %(on_hand_change__1)s::BIGINT, %(allocated_change__1)s::BIGINT, %(holder_kind__1)s::VARCHAR, %(holder_id__1)s::UUID, %(reason__1)s::VARCHAR, %(moved_by__1)s::UUID), (%(id__2)s::UUID, %(level_id__2)s::UUID, %(organization_id__2)s::UUID, %(kind__2)s::VARCHAR, %(on_hand_change__2)s::BIGINT, %(allocated_change__2)s::BIGINT, %(holder_kind__2)s::VARCHAR, %(holder_id__2)s::UUID, %(reason__2)s::VARCHAR, %(moved_by__2)s::UUID) RETURNING stock_movements.moved_at, stock_movements.id'
            ),
            lambda given, r: {'id__0': given['drawn_4'], 'level_id__0': find_row(r[9], {0: r[5][0][3]})[8], 'organization_id__0': r[2][0][4], 'kind__0': 'allocated', 'on_hand_change__0': 0, 'allocated_change__0': r[5][0][16], 'holder_kind__0': 'order', 'holder_id__0': given['id_0'], 'reason__0': None, 'moved_by__0': r[0][0][0], 'id__1': given['drawn_5'], 'level_id__1': find_row(r[9], {0: r[5][1][3]})[8], 'organization_id__1': r[2][0][4], 'kind__1': 'allocated', 'on_hand_change__1': 0, 'allocated_change__1': r[5][1][16], 'holder_kind__1': 'order', 'holder_id__1': given['id_0'], 'reason__1': None, 'moved_by__1': r[0][0][0], 'id__2': given['drawn_6'], 'level_id__2': find_row(r[9], {0: r[5][2][3]})[8], 'organization_id__2': r[2][0][4], 'kind__2': 'allocated', 'on_hand_change__2': 0, 'allocated_change__2': r[5][2][16], 'holder_kind__2': 'order', 'holder_id__2': given['id_0'], 'reason__2': None, 'moved_by__2': r[0][0][0]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'UPDATE stock_levels SET on_hand=anon_1.on_hand, allocated=anon_1.allocated, version=anon_1.version, updated_at=rantau_now() FROM unnest(%(param_1)s::UUID[], %(param_2)s::BIGINT[], %(param_3)s::BIGINT[], %(param_4)s::BIGINT[]) AS anon_1(id, version, on_hand, allocated) WHERE stock_levels.id = anon_1.id'
            ),
            lambda given, r: {'param_1': [find_row(r[9], {0: r[5][0][3]})[8], find_row(r[9], {0: r[5][1][3]})[8], find_row(r[9], {0: r[5][2][3]})[8]], 'param_2': [(find_row(r[9], {0: r[5][0][3]})[9] + 1), (find_row(r[9], {0: r[5][1][3]})[9] + 1), (find_row(r[9], {0: r[5][2][3]})[9] + 1)], 'param_3': [1000000, 1000000, 1000000], 'param_4': [(find_row(r[9], {0: r[5][0][3]})[4] + r[5][0][17]), (find_row(r[9], {0: r[5][1][3]})[4] + r[5][1][17]), (find_row(r[9], {0: r[5][2][3]})[4] + r[5][2][17])]}, in_transaction=True,
        ),
        Statement(
            (
            'SELECT payout_accounts.created_at > rantau_now() - %(rantau_now_1)s AS anon_1, payout_accounts.party_id, payout_accounts.currency, payout_accounts.country, payout_accounts.bank, payout_accounts.number, payout_accounts.holder, payout_accounts.usable_from, payout_accounts.withdrawn_at, payout_accounts.id, payout_accounts.version, payout_accounts.created_at, payout_accounts.updated_at \n'
            'FROM payout_accounts \n'
            'WHERE payout_accounts.party_id = %(party_id_1)s::UUID AND payout_accounts.currency = %(currency_1)s::VARCHAR AND CASE WHEN (payout_accounts.withdrawn_at IS NOT NULL) THEN %(param_1)s WHEN (payout_accounts.usable_from > rantau_now()) THEN %(param_2)s WHEN (EXISTS (SELECT * \n'
            'FROM payout_accounts AS payout_accounts_1 \n'
            'WHERE payout_accounts_1.party_id = payout_accounts.party_id AND payout_accounts_1.currency = payout_accounts.currency AND payout_accounts_1.usable_from > payout_accounts.usable_from AND payout_accounts_1.usable_from <= rantau_now() AND payout_accounts_1.withdrawn_at IS NULL)) THEN %(param_3)s ELSE %(param_4)s END = %(param_5)s'
            ),
            lambda given, r: {'rantau_now_1': timedelta(seconds=259200.0), 'party_id_1': r[2][0][4], 'currency_1': 'IDR', 'param_1': 'withdrawn', 'param_2': 'held', 'param_3': 'replaced', 'param_4': 'in_use', 'param_5': 'in_use'}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO audit_entries (action, subject_kind, subject_id, person_id, session_id, api_key_id, request_id, facts) VALUES (%(action)s::VARCHAR, %(subject_kind)s::VARCHAR, %(subject_id)s::UUID, %(person_id)s::UUID, %(session_id)s::UUID, %(api_key_id)s::UUID, %(request_id)s::UUID, %(facts)s::JSONB) RETURNING audit_entries.id, audit_entries.recorded_at'
            ),
            lambda given, r: {'action': 'ObligationMade', 'subject_kind': 'obligation', 'subject_id': given['drawn_7'], 'person_id': r[0][0][0], 'session_id': r[0][0][3], 'api_key_id': None, 'request_id': given['drawn_0'], 'facts': Jsonb({'payer_id': str(r[2][0][3]), 'payee_id': str(r[2][0][4]), 'source_kind': 'order', 'source_id': str(given['id_0']), 'amount': r[2][0][11], 'currency': 'IDR'})}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO domain_events (event_id, position, kind, payload_version, aggregate_kind, aggregate_id, aggregate_version, change, audience, lost_audience, actor_party, cause_event_id, request_id, facts, exported, reverses_event_id) VALUES (%(event_id)s::UUID, %(position)s::BIGINT, %(kind)s::VARCHAR, %(payload_version)s::SMALLINT, %(aggregate_kind)s::VARCHAR, %(aggregate_id)s::UUID, %(aggregate_version)s::BIGINT, %(change)s::VARCHAR, %(audience)s::TEXT[], %(lost_audience)s::TEXT[], %(actor_party)s::UUID, %(cause_event_id)s::UUID, %(request_id)s::UUID, %(facts)s::JSONB, %(exported)s, %(reverses_event_id)s::UUID) RETURNING domain_events.id, domain_events.occurred_at, domain_events.recorded_at'
            ),
            lambda given, r: {'event_id': given['drawn_8'], 'position': None, 'kind': 'ObligationMade', 'payload_version': 1, 'aggregate_kind': 'obligation', 'aggregate_id': given['drawn_7'], 'aggregate_version': 1, 'change': 'upsert', 'audience': sorted([f"party:{r[2][0][3]}", f"party:{r[2][0][4]}"]), 'lost_audience': [], 'actor_party': r[0][0][0], 'cause_event_id': None, 'request_id': given['drawn_0'], 'facts': Jsonb({'payer_id': str(r[2][0][3]), 'payee_id': str(r[2][0][4]), 'source_kind': 'order', 'source_id': str(given['id_0']), 'amount': r[2][0][11], 'currency': 'IDR'}), 'exported': True, 'reverses_event_id': None}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO obligations (payer_id, payee_id, currency, amount, due_at, reference, instructions, source_kind, source_id, id, version) VALUES (%(payer_id)s::UUID, %(payee_id)s::UUID, %(currency)s::VARCHAR, %(amount)s::BIGINT, %(due_at)s::TIMESTAMP WITH TIME ZONE, %(reference)s::VARCHAR, %(instructions)s::JSONB, %(source_kind)s::VARCHAR, %(source_id)s::UUID, %(id)s::UUID, %(version)s::BIGINT) RETURNING obligations.created_at, obligations.updated_at'
            ),
            lambda given, r: {'payer_id': r[2][0][3], 'payee_id': r[2][0][4], 'currency': 'IDR', 'amount': r[2][0][11], 'due_at': r[7][0][0] + timedelta(seconds=1209600.0), 'reference': r[2][0][0], 'instructions': Jsonb({'payout_account_id': str(r[16][0][9]), 'country': 'ID', 'bank': 'Bank Contoh', 'number': '0011223344', 'holder': 'Usaha', 'is_new': True}), 'source_kind': 'order', 'source_id': given['id_0'], 'id': given['drawn_7'], 'version': 1}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO ledger_transactions (id, source_type, source_id, event, memo, posted_by) VALUES (%(id_m0)s::UUID, %(source_type_m0)s::VARCHAR, %(source_id_m0)s::UUID, %(event_m0)s::VARCHAR, %(memo_m0)s::VARCHAR, %(posted_by_m0)s::UUID) ON CONFLICT DO NOTHING RETURNING ledger_transactions.id, ledger_transactions.source_type, ledger_transactions.source_id, ledger_transactions.event, ledger_transactions.memo, ledger_transactions.posted_by, ledger_transactions.posted_at'
            ),
            lambda given, r: {'id_m0': given['drawn_9'], 'source_type_m0': 'obligation', 'source_id_m0': given['drawn_7'], 'event_m0': 'made', 'memo_m0': 'obligation-made', 'posted_by_m0': r[0][0][0]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO ledger_accounts (id, party_id, currency, kind, balance) SELECT anon_1.id, anon_1.party_id, anon_1.currency, anon_1.kind, anon_1.balance \n'
            'FROM unnest(%(param_1)s::UUID[], %(param_2)s::UUID[], %(param_3)s::TEXT[], %(param_4)s::TEXT[], %(param_5)s::NUMERIC[]) WITH ORDINALITY AS anon_1(id, party_id, currency, kind, balance, place) ORDER BY anon_1.place ON CONFLICT (party_id, currency, kind) DO UPDATE SET balance = (ledger_accounts.balance + excluded.balance) RETURNING ledger_accounts.id, ledger_accounts.party_id, ledger_accounts.currency, ledger_accounts.kind'
            ),
            lambda given, r: {'param_1': [given['drawn_10'], given['drawn_11']], 'param_2': [r[2][0][4], r[2][0][3]], 'param_3': ['IDR', 'IDR'], 'param_4': ['receivable', 'payable'], 'param_5': [r[2][0][11], -r[2][0][11]]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO ledger_entries (id, transaction_id, account_id, currency, amount) VALUES (%(id)s::UUID, %(transaction_id)s::UUID, %(account_id)s::UUID, %(currency)s::VARCHAR, %(amount)s::BIGINT)'
            ),
            lambda given, r: [{'id': given['drawn_12'], 'transaction_id': given['drawn_9'], 'account_id': find_row(r[21], {1: r[2][0][4]})[0], 'currency': 'IDR', 'amount': r[2][0][11]}, {'id': given['drawn_13'], 'transaction_id': given['drawn_9'], 'account_id': find_row(r[21], {1: r[2][0][3]})[0], 'currency': 'IDR', 'amount': -r[2][0][11]}], is_many=True, in_transaction=True,
        ),
        Statement(
            (
            'UPDATE orders SET obligation_id=%(obligation_id)s::UUID, updated_at=rantau_now() WHERE orders.id = %(orders_id)s::UUID RETURNING orders.updated_at'
            ),
            lambda given, r: {'obligation_id': given['drawn_7'], 'orders_id': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT obligations.id, obligations.amount, CAST(coalesce((SELECT sum(payments.amount) AS sum_1 \n'
            'FROM payments \n'
            'WHERE payments.obligation_id = obligations.id AND payments.state = %(state_1)s::VARCHAR), %(coalesce_2)s::INTEGER) AS BIGINT) AS coalesce_1, CAST(coalesce((SELECT sum(refunds.amount) AS sum_2 \n'
            'FROM refunds \n'
            'WHERE refunds.obligation_id = obligations.id AND refunds.state IN (%(state_2_1)s::VARCHAR)), %(coalesce_4)s::INTEGER) AS BIGINT) AS coalesce_3, CAST(coalesce((SELECT sum(refunds.amount) AS sum_3 \n'
            'FROM refunds \n'
            'WHERE refunds.obligation_id = obligations.id AND refunds.state IN (%(state_3_1)s::VARCHAR, %(state_3_2)s::VARCHAR)), %(coalesce_6)s::INTEGER) AS BIGINT) AS coalesce_5 \n'
            'FROM obligations \n'
            'WHERE obligations.id IN (%(id_1_1)s::UUID)'
            ),
            lambda given, r: {'state_1': 'confirmed', 'coalesce_2': 0, 'state_2_1': 'confirmed', 'coalesce_4': 0, 'state_3_1': 'owed', 'state_3_2': 'sent', 'coalesce_6': 0, 'id_1_1': given['drawn_7']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO audit_entries (action, subject_kind, subject_id, person_id, session_id, api_key_id, request_id, facts) VALUES (%(action)s::VARCHAR, %(subject_kind)s::VARCHAR, %(subject_id)s::UUID, %(person_id)s::UUID, %(session_id)s::UUID, %(api_key_id)s::UUID, %(request_id)s::UUID, %(facts)s::JSONB) RETURNING audit_entries.id, audit_entries.recorded_at'
            ),
            lambda given, r: {'action': 'OrderAccepted', 'subject_kind': 'order', 'subject_id': given['id_0'], 'person_id': r[0][0][0], 'session_id': r[0][0][3], 'api_key_id': None, 'request_id': given['drawn_0'], 'facts': Jsonb({'buyer_id': str(r[2][0][3]), 'seller_id': str(r[2][0][4]), 'mode': 'wholesale', 'channel': 'diaspora', 'market': 'TR', 'hs6': [], 'currency': 'IDR', 'goods_amount': r[2][0][11], 'freight_amount': 0, 'total_amount': r[2][0][11], 'units': (r[5][0][16] + r[5][1][16] + r[5][2][16])})}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO domain_events (event_id, position, kind, payload_version, aggregate_kind, aggregate_id, aggregate_version, change, audience, lost_audience, actor_party, cause_event_id, request_id, facts, exported, reverses_event_id) VALUES (%(event_id)s::UUID, %(position)s::BIGINT, %(kind)s::VARCHAR, %(payload_version)s::SMALLINT, %(aggregate_kind)s::VARCHAR, %(aggregate_id)s::UUID, %(aggregate_version)s::BIGINT, %(change)s::VARCHAR, %(audience)s::TEXT[], %(lost_audience)s::TEXT[], %(actor_party)s::UUID, %(cause_event_id)s::UUID, %(request_id)s::UUID, %(facts)s::JSONB, %(exported)s, %(reverses_event_id)s::UUID) RETURNING domain_events.id, domain_events.occurred_at, domain_events.recorded_at'
            ),
            lambda given, r: {'event_id': given['drawn_14'], 'position': None, 'kind': 'OrderAccepted', 'payload_version': 1, 'aggregate_kind': 'order', 'aggregate_id': given['id_0'], 'aggregate_version': 3, 'change': 'upsert', 'audience': sorted([f"party:{r[2][0][3]}", f"party:{r[2][0][4]}"]), 'lost_audience': [], 'actor_party': r[0][0][0], 'cause_event_id': None, 'request_id': given['drawn_0'], 'facts': Jsonb({'buyer_id': str(r[2][0][3]), 'seller_id': str(r[2][0][4]), 'mode': 'wholesale', 'channel': 'diaspora', 'market': 'TR', 'hs6': [], 'currency': 'IDR', 'goods_amount': r[2][0][11], 'freight_amount': 0, 'total_amount': r[2][0][11], 'units': (r[5][0][16] + r[5][1][16] + r[5][2][16])}), 'exported': True, 'reverses_event_id': None}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'UPDATE orders SET version=%(version)s::BIGINT, updated_at=rantau_now() WHERE orders.id = %(orders_id)s::UUID RETURNING orders.updated_at'
            ),
            lambda given, r: {'version': 3, 'orders_id': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'UPDATE idempotency_keys SET status = %(status)s, etag = %(etag)s, body = %(body)s WHERE caller = %(caller)s AND key = %(key)s'
            ),
            lambda given, r: {'status': 201, 'etag': '"3"', 'body': given['answer'], 'caller': f"person:{r[0][0][0]}", 'key': given['key']}, in_transaction=True, keeps_answer=True,
        ),
    ),
    answer=lambda given, r: {'id': str(given['id_0']), 'version': 3, 'number': r[2][0][0], 'status': 'accepted', 'payment_status': 'unpaid', 'fulfilment_status': 'unfulfilled', 'mode': 'wholesale', 'buyer_id': str(r[2][0][3]), 'seller_id': str(r[2][0][4]), 'agreement_id': str(r[2][0][5]), 'ship_to_country': 'TR', 'total': {'amount': r[2][0][11], 'currency': 'IDR'}, 'created_at': r[2][0][35], 'submitted_at': r[2][0][18], 'expires_at': r[2][0][19], 'channel': 'diaspora', 'source': 'rantau', 'external_id': None, 'introduced_by': None, 'via_community_id': None, 'share_link_id': None, 'offer_id': None, 'request_id': None, 'goods': {'amount': r[2][0][11], 'currency': 'IDR'}, 'freight': {'amount': 0, 'currency': 'IDR'}, 'fees': {'amount': 0, 'currency': 'IDR'}, 'tax': {'amount': 0, 'currency': 'IDR'}, 'discount': {'amount': 0, 'currency': 'IDR'}, 'ship_from_id': str(r[2][0][6]), 'ship_to': {'recipient': 'Dewi Anggraini', 'phone': '+90 212 555 01 23', 'email': None, 'street': 'Örnek Sokak 12/3, Fatih', 'city': 'İstanbul', 'region': None, 'postal_code': '34080', 'country': 'TR'}, 'obligation_id': str(given['drawn_7']), 'accepted_at': r[7][0][0], 'completes_at': None, 'ended_at': None, 'rejection_note': None, 'lines': [{'id': str(r[5][0][1]), 'variant_id': str(r[5][0][3]), 'product_id': str(r[5][0][4]), 'title': r[5][0][5], 'sku': r[5][0][6], 'hs_code': None, 'unit_weight_g': r[5][0][8], 'unit_price': {'amount': r[5][0][9], 'currency': 'IDR'}, 'price': {'amount': r[5][0][11], 'currency': 'IDR'}, 'price_list_id': str(r[5][0][13]), 'agreement_version_id': str(r[5][0][14]), 'ordered': r[5][0][16], 'open': r[5][0][16], 'cancelled': 0, 'shipped': 0, 'delivered': 0, 'lost': 0}, {'id': str(r[5][1][1]), 'variant_id': str(r[5][1][3]), 'product_id': str(r[5][1][4]), 'title': r[5][1][5], 'sku': r[5][1][6], 'hs_code': None, 'unit_weight_g': r[5][1][8], 'unit_price': {'amount': r[5][1][9], 'currency': 'IDR'}, 'price': {'amount': r[5][1][11], 'currency': 'IDR'}, 'price_list_id': str(r[5][0][13]), 'agreement_version_id': str(r[5][0][14]), 'ordered': r[5][1][16], 'open': r[5][1][16], 'cancelled': 0, 'shipped': 0, 'delivered': 0, 'lost': 0}, {'id': str(r[5][2][1]), 'variant_id': str(r[5][2][3]), 'product_id': str(r[5][2][4]), 'title': r[5][2][5], 'sku': r[5][2][6], 'hs_code': None, 'unit_weight_g': r[5][2][8], 'unit_price': {'amount': r[5][2][9], 'currency': 'IDR'}, 'price': {'amount': r[5][2][11], 'currency': 'IDR'}, 'price_list_id': str(r[5][0][13]), 'agreement_version_id': str(r[5][0][14]), 'ordered': r[5][2][16], 'open': r[5][2][16], 'cancelled': 0, 'shipped': 0, 'delivered': 0, 'lost': 0}], 'changes': [], 'cancellations': [], 'shipments': []},
)

LIST_ORDER_PAYMENTS = Operation(
    draw=lambda: {},
    statements=(
        Statement(
            (
            'SELECT people.id, people.is_operator, people.suspended_at, sessions.id AS id_1, NULL AS anon_1, NULL AS anon__1, sessions.authenticated_at, true AS anon_2 \n'
            'FROM sessions JOIN people ON people.id = sessions.person_id \n'
            'WHERE sessions.access_digest = %(digest)s AND (sessions.ended_at IS NULL OR people.suspended_at IS NOT NULL) AND sessions.access_expires_at > rantau_now()'
            ),
            lambda given, r: {'digest': given['token']}, has_rows=True,
        ),
        Statement(
            (
            'SELECT orders.obligation_id \n'
            'FROM orders \n'
            'WHERE orders.id = %(id_1)s::UUID AND (orders.buyer_id IN (SELECT %(param_1)s::UUID AS anon_1 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_1)s::UUID AND organization_staff.role IN (%(role_1_1)s::VARCHAR, %(role_1_2)s::VARCHAR)) OR orders.seller_id IN (SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR)) AND orders.status != %(status_1)s::VARCHAR)'
            ),
            lambda given, r: {'id_1': given['id_0'], 'param_1': r[0][0][0], 'person_id_1': r[0][0][0], 'role_1_1': 'owner', 'role_1_2': 'orders', 'person_id_2': r[0][0][0], 'role_2_1': 'owner', 'role_2_2': 'orders', 'status_1': 'draft'}, has_rows=True,
        ),
        Statement(
            (
            'SELECT CAST(coalesce((SELECT sum(payments.amount) AS sum_1 \n'
            'FROM payments \n'
            'WHERE payments.obligation_id = obligations.id AND payments.state = %(state_1)s::VARCHAR), %(coalesce_1)s::INTEGER) AS BIGINT) AS anon_1, CAST(coalesce((SELECT sum(refunds.amount) AS sum_2 \n'
            'FROM refunds \n'
            'WHERE refunds.obligation_id = obligations.id AND refunds.state IN (%(state_2_1)s::VARCHAR)), %(coalesce_2)s::INTEGER) AS BIGINT) AS anon_2, CAST(coalesce((SELECT sum(refunds.amount) AS sum_3 \n'
            'FROM refunds \n'
            'WHERE refunds.obligation_id = obligations.id AND refunds.state IN (%(state_3_1)s::VARCHAR, %(state_3_2)s::VARCHAR)), %(coalesce_3)s::INTEGER) AS BIGINT) AS anon_3, obligations.payer_id IN (SELECT %(param_1)s::UUID AS anon_5 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_1)s::UUID AND organization_staff.role IN (%(role_1_1)s::VARCHAR, %(role_1_2)s::VARCHAR, %(role_1_3)s::VARCHAR)) AS anon_4, obligations.payer_id, obligations.payee_id, obligations.currency, obligations.amount, obligations.due_at, obligations.reference, obligations.instructions, obligations.source_kind, obligations.source_id, obligations.id, obligations.version, obligations.created_at, obligations.updated_at \n'
            'FROM obligations \n'
            'WHERE (obligations.payer_id IN (SELECT %(param_2)s::UUID AS anon_6 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR, %(role_2_3)s::VARCHAR)) OR obligations.payee_id IN (SELECT %(param_2)s::UUID AS anon_6 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR, %(role_2_3)s::VARCHAR))) AND obligations.id = %(id_1)s::UUID'
            ),
            lambda given, r: {'state_1': 'confirmed', 'coalesce_1': 0, 'state_2_1': 'confirmed', 'coalesce_2': 0, 'state_3_1': 'owed', 'state_3_2': 'sent', 'coalesce_3': 0, 'param_1': r[0][0][0], 'person_id_1': r[0][0][0], 'role_1_1': 'owner', 'role_1_2': 'finance', 'role_1_3': 'orders', 'param_2': r[0][0][0], 'person_id_2': r[0][0][0], 'role_2_1': 'owner', 'role_2_2': 'finance', 'role_2_3': 'orders', 'id_1': r[1][0][0]}, has_rows=True,
        ),
        Statement(
            (
            'SELECT CASE WHEN (obligations.payee_id IN (SELECT %(param_1)s::UUID AS anon_2 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_1)s::UUID AND organization_staff.role IN (%(role_1_1)s::VARCHAR, %(role_1_2)s::VARCHAR))) THEN EXISTS (SELECT * \n'
            'FROM payments AS payments_1 \n'
            'WHERE payments_1.receipt_digest = payments.receipt_digest AND payments_1.state != %(state_1)s::VARCHAR AND (payments_1.proven_at < payments.proven_at OR payments_1.proven_at = payments.proven_at AND payments_1.id < payments.id)) ELSE NULL END AS anon_1, payments.obligation_id, payments.currency, payments.amount, payments.method, payments.state, payments.paid_by_id, payments.overpayment, payments.receipt_upload_id, payments.receipt_digest, payments.proven_at, payments.decided_at, payments.rejection_reason, payments.id, payments.version, payments.created_at, payments.updated_at \n'
            'FROM payments JOIN obligations ON obligations.id = payments.obligation_id \n'
            'WHERE (obligations.payer_id IN (SELECT %(param_2)s::UUID AS anon_3 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR, %(role_2_3)s::VARCHAR)) OR obligations.payee_id IN (SELECT %(param_2)s::UUID AS anon_3 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR, %(role_2_3)s::VARCHAR))) AND payments.obligation_id = %(obligation_id_1)s::UUID ORDER BY payments.id \n'
            ' LIMIT %(param_3)s::INTEGER'
            ),
            lambda given, r: {'param_1': r[0][0][0], 'person_id_1': r[0][0][0], 'role_1_1': 'owner', 'role_1_2': 'finance', 'state_1': 'void', 'param_2': r[0][0][0], 'person_id_2': r[0][0][0], 'role_2_1': 'owner', 'role_2_2': 'finance', 'role_2_3': 'orders', 'obligation_id_1': r[1][0][0], 'param_3': 100}, has_rows=True,
        ),
        Statement(
            (
            'SELECT obligations.payee_id IN (SELECT %(param_1)s::UUID AS anon_2 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_1)s::UUID AND organization_staff.role IN (%(role_1_1)s::VARCHAR, %(role_1_2)s::VARCHAR)) AS anon_1, refunds.obligation_id, refunds.currency, refunds.amount, refunds.reason, refunds.state, refunds.method, refunds.instructions, refunds.replaces_id, refunds.sent_at, refunds.decided_at, refunds.failure_reason, refunds.id, refunds.version, refunds.created_at, refunds.updated_at \n'
            'FROM refunds JOIN obligations ON obligations.id = refunds.obligation_id \n'
            'WHERE (obligations.payer_id IN (SELECT %(param_2)s::UUID AS anon_3 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR, %(role_2_3)s::VARCHAR)) OR obligations.payee_id IN (SELECT %(param_2)s::UUID AS anon_3 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR, %(role_2_3)s::VARCHAR))) AND refunds.obligation_id = %(obligation_id_1)s::UUID ORDER BY refunds.id \n'
            ' LIMIT %(param_3)s::INTEGER'
            ),
            lambda given, r: {'param_1': r[0][0][0], 'person_id_1': r[0][0][0], 'role_1_1': 'owner', 'role_1_2': 'finance', 'param_2': r[0][0][0], 'person_id_2': r[0][0][0], 'role_2_1': 'owner', 'role_2_2': 'finance', 'role_2_3': 'orders', 'obligation_id_1': r[1][0][0], 'param_3': 100}, has_rows=True,
        ),
    ),
    answer=lambda given, r: {'obligation': {'id': str(r[1][0][0]), 'version': 1, 'created_at': r[2][0][15], 'updated_at': r[2][0][15], 'payer_id': str(r[0][0][0]), 'payee_id': str(r[2][0][5]), 'amount': {'amount': r[2][0][7], 'currency': 'IDR'}, 'due_at': r[2][0][8], 'reference': r[2][0][9], 'instructions': {'country': 'ID', 'bank': 'Bank Contoh', 'number': '0011223344', 'holder': 'Usaha', 'is_new': True}, 'source_kind': 'order', 'source_id': str(given['id_0']), 'standing': {'due': r[2][0][7], 'confirmed': 0, 'refunded': 0, 'status': 'unpaid'}}, 'payments': [], 'refunds': []},
)

SUBMIT_PAYMENT = Operation(
    draw=lambda: {'drawn_0': new_id(), 'drawn_1': new_id(), 'drawn_2': new_id(), },
    statements=(
        Statement(
            (
            'SELECT people.id, people.is_operator, people.suspended_at, sessions.id AS id_1, NULL AS anon_1, NULL AS anon__1, sessions.authenticated_at, true AS anon_2 \n'
            'FROM sessions JOIN people ON people.id = sessions.person_id \n'
            'WHERE sessions.access_digest = %(digest)s AND (sessions.ended_at IS NULL OR people.suspended_at IS NOT NULL) AND sessions.access_expires_at > rantau_now()'
            ),
            lambda given, r: {'digest': given['token']}, has_rows=True,
        ),
        Statement(
            (
            '\n'
            '        INSERT INTO idempotency_keys (caller, key, fingerprint, expires_at)\n'
            '        VALUES (%(caller)s, %(key)s, %(fingerprint)s, rantau_now() + %(life)s)\n'
            '        ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint,\n'
            '            status = NULL, etag = NULL, body = NULL, expires_at = excluded.expires_at\n'
            '        WHERE idempotency_keys.expires_at < rantau_now() RETURNING key\n'
            '    '
            ),
            lambda given, r: {'caller': f"person:{r[0][0][0]}", 'key': given['key'], 'fingerprint': given['fingerprint'], 'life': timedelta(seconds=86400.0)}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT obligations.payer_id, obligations.payee_id, obligations.currency, obligations.amount, obligations.due_at, obligations.reference, obligations.instructions, obligations.source_kind, obligations.source_id, obligations.id, obligations.version, obligations.created_at, obligations.updated_at, obligations.payer_id IN (SELECT %(param_1)s::UUID AS anon_2 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_1)s::UUID AND organization_staff.role IN (%(role_1_1)s::VARCHAR, %(role_1_2)s::VARCHAR, %(role_1_3)s::VARCHAR)) AS anon_1, obligations.payee_id IN (SELECT %(param_2)s::UUID AS anon_4 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR)) AS anon_3 \n'
            'FROM obligations \n'
            'WHERE (obligations.payer_id IN (SELECT %(param_3)s::UUID AS anon_5 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_3)s::UUID AND organization_staff.role IN (%(role_3_1)s::VARCHAR, %(role_3_2)s::VARCHAR, %(role_3_3)s::VARCHAR)) OR obligations.payee_id IN (SELECT %(param_3)s::UUID AS anon_5 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_3)s::UUID AND organization_staff.role IN (%(role_3_1)s::VARCHAR, %(role_3_2)s::VARCHAR, %(role_3_3)s::VARCHAR))) AND obligations.id = %(id_1)s::UUID FOR UPDATE OF obligations'
            ),
            lambda given, r: {'param_1': r[0][0][0], 'person_id_1': r[0][0][0], 'role_1_1': 'owner', 'role_1_2': 'finance', 'role_1_3': 'orders', 'param_2': r[0][0][0], 'person_id_2': r[0][0][0], 'role_2_1': 'owner', 'role_2_2': 'finance', 'param_3': r[0][0][0], 'person_id_3': r[0][0][0], 'role_3_1': 'owner', 'role_3_2': 'finance', 'role_3_3': 'orders', 'id_1': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT obligations.id, obligations.amount, CAST(coalesce((SELECT sum(payments.amount) AS sum_1 \n'
            'FROM payments \n'
            'WHERE payments.obligation_id = obligations.id AND payments.state = %(state_1)s::VARCHAR), %(coalesce_2)s::INTEGER) AS BIGINT) AS coalesce_1, CAST(coalesce((SELECT sum(refunds.amount) AS sum_2 \n'
            'FROM refunds \n'
            'WHERE refunds.obligation_id = obligations.id AND refunds.state IN (%(state_2_1)s::VARCHAR)), %(coalesce_4)s::INTEGER) AS BIGINT) AS coalesce_3, CAST(coalesce((SELECT sum(refunds.amount) AS sum_3 \n'
            'FROM refunds \n'
            'WHERE refunds.obligation_id = obligations.id AND refunds.state IN (%(state_3_1)s::VARCHAR, %(state_3_2)s::VARCHAR)), %(coalesce_6)s::INTEGER) AS BIGINT) AS coalesce_5 \n'
            'FROM obligations \n'
            'WHERE obligations.id IN (%(id_1_1)s::UUID)'
            ),
            lambda given, r: {'state_1': 'confirmed', 'coalesce_2': 0, 'state_2_1': 'confirmed', 'coalesce_4': 0, 'state_3_1': 'owed', 'state_3_2': 'sent', 'coalesce_6': 0, 'id_1_1': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO audit_entries (action, subject_kind, subject_id, person_id, session_id, api_key_id, request_id, facts) VALUES (%(action)s::VARCHAR, %(subject_kind)s::VARCHAR, %(subject_id)s::UUID, %(person_id)s::UUID, %(session_id)s::UUID, %(api_key_id)s::UUID, %(request_id)s::UUID, %(facts)s::JSONB) RETURNING audit_entries.id, audit_entries.recorded_at'
            ),
            lambda given, r: {'action': 'PaymentSubmitted', 'subject_kind': 'payment', 'subject_id': given['drawn_0'], 'person_id': r[0][0][0], 'session_id': r[0][0][3], 'api_key_id': None, 'request_id': given['drawn_1'], 'facts': Jsonb({'obligation_id': str(given['id_0']), 'source_kind': 'order', 'source_id': str(r[2][0][8]), 'amount': given['body']['amount']['amount'], 'currency': 'IDR'})}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO domain_events (event_id, position, kind, payload_version, aggregate_kind, aggregate_id, aggregate_version, change, audience, lost_audience, actor_party, cause_event_id, request_id, facts, exported, reverses_event_id) VALUES (%(event_id)s::UUID, %(position)s::BIGINT, %(kind)s::VARCHAR, %(payload_version)s::SMALLINT, %(aggregate_kind)s::VARCHAR, %(aggregate_id)s::UUID, %(aggregate_version)s::BIGINT, %(change)s::VARCHAR, %(audience)s::TEXT[], %(lost_audience)s::TEXT[], %(actor_party)s::UUID, %(cause_event_id)s::UUID, %(request_id)s::UUID, %(facts)s::JSONB, %(exported)s, %(reverses_event_id)s::UUID) RETURNING domain_events.id, domain_events.occurred_at, domain_events.recorded_at'
            ),
            lambda given, r: {'event_id': given['drawn_2'], 'position': None, 'kind': 'PaymentSubmitted', 'payload_version': 1, 'aggregate_kind': 'payment', 'aggregate_id': given['drawn_0'], 'aggregate_version': 1, 'change': 'upsert', 'audience': sorted([f"party:{r[0][0][0]}", f"party:{r[2][0][1]}"]), 'lost_audience': [], 'actor_party': r[0][0][0], 'cause_event_id': None, 'request_id': given['drawn_1'], 'facts': Jsonb({'obligation_id': str(given['id_0']), 'source_kind': 'order', 'source_id': str(r[2][0][8]), 'amount': given['body']['amount']['amount'], 'currency': 'IDR'}), 'exported': True, 'reverses_event_id': None}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO payments (obligation_id, currency, amount, method, state, paid_by_id, overpayment, receipt_upload_id, receipt_digest, proven_at, decided_at, rejection_reason, id, version) VALUES (%(obligation_id)s::UUID, %(currency)s::VARCHAR, %(amount)s::BIGINT, %(method)s::VARCHAR, %(state)s::VARCHAR, %(paid_by_id)s::UUID, %(overpayment)s::VARCHAR, %(receipt_upload_id)s::UUID, %(receipt_digest)s, %(proven_at)s::TIMESTAMP WITH TIME ZONE, %(decided_at)s::TIMESTAMP WITH TIME ZONE, %(rejection_reason)s::VARCHAR, %(id)s::UUID, %(version)s::BIGINT) RETURNING payments.created_at, payments.updated_at'
            ),
            lambda given, r: {'obligation_id': given['id_0'], 'currency': 'IDR', 'amount': given['body']['amount']['amount'], 'method': 'transfer', 'state': 'pending', 'paid_by_id': r[0][0][0], 'overpayment': 'refund', 'receipt_upload_id': None, 'receipt_digest': None, 'proven_at': None, 'decided_at': None, 'rejection_reason': None, 'id': given['drawn_0'], 'version': 1}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT CASE WHEN (obligations.payee_id IN (SELECT %(param_1)s::UUID AS anon_2 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_1)s::UUID AND organization_staff.role IN (%(role_1_1)s::VARCHAR, %(role_1_2)s::VARCHAR))) THEN EXISTS (SELECT * \n'
            'FROM payments AS payments_1 \n'
            'WHERE payments_1.receipt_digest = payments.receipt_digest AND payments_1.state != %(state_1)s::VARCHAR AND (payments_1.proven_at < payments.proven_at OR payments_1.proven_at = payments.proven_at AND payments_1.id < payments.id)) ELSE NULL END AS anon_1, payments.obligation_id, payments.currency, payments.amount, payments.method, payments.state, payments.paid_by_id, payments.overpayment, payments.receipt_upload_id, payments.receipt_digest, payments.proven_at, payments.decided_at, payments.rejection_reason, payments.id, payments.version, payments.created_at, payments.updated_at \n'
            'FROM payments JOIN obligations ON obligations.id = payments.obligation_id \n'
            'WHERE (obligations.payer_id IN (SELECT %(param_2)s::UUID AS anon_3 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR, %(role_2_3)s::VARCHAR)) OR obligations.payee_id IN (SELECT %(param_2)s::UUID AS anon_3 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR, %(role_2_3)s::VARCHAR))) AND payments.id = %(id_1)s::UUID'
            ),
            lambda given, r: {'param_1': r[0][0][0], 'person_id_1': r[0][0][0], 'role_1_1': 'owner', 'role_1_2': 'finance', 'state_1': 'void', 'param_2': r[0][0][0], 'person_id_2': r[0][0][0], 'role_2_1': 'owner', 'role_2_2': 'finance', 'role_2_3': 'orders', 'id_1': given['drawn_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'UPDATE idempotency_keys SET status = %(status)s, etag = %(etag)s, body = %(body)s WHERE caller = %(caller)s AND key = %(key)s'
            ),
            lambda given, r: {'status': 201, 'etag': '"1"', 'body': given['answer'], 'caller': f"person:{r[0][0][0]}", 'key': given['key']}, in_transaction=True, keeps_answer=True,
        ),
    ),
    answer=lambda given, r: {'id': str(given['drawn_0']), 'version': 1, 'created_at': r[6][0][0], 'updated_at': r[6][0][0], 'obligation_id': str(given['id_0']), 'amount': {'amount': given['body']['amount']['amount'], 'currency': 'IDR'}, 'method': 'transfer', 'state': 'pending', 'paid_by_id': str(r[0][0][0]), 'overpayment': 'refund', 'receipt_upload_id': None, 'receipt_seen_before': None, 'decided_at': None, 'rejection_reason': None},
)

CONFIRM_PAYMENT = Operation(
    draw=lambda: {'drawn_0': new_id(), 'drawn_1': new_id(), 'drawn_2': new_id(), 'drawn_3': new_id(), 'drawn_4': new_id(), 'drawn_5': new_id(), 'drawn_6': new_id(), },
    statements=(
        Statement(
            (
            'SELECT people.id, people.is_operator, people.suspended_at, sessions.id AS id_1, NULL AS anon_1, NULL AS anon__1, sessions.authenticated_at, true AS anon_2 \n'
            'FROM sessions JOIN people ON people.id = sessions.person_id \n'
            'WHERE sessions.access_digest = %(digest)s AND (sessions.ended_at IS NULL OR people.suspended_at IS NOT NULL) AND sessions.access_expires_at > rantau_now()'
            ),
            lambda given, r: {'digest': given['token']}, has_rows=True,
        ),
        Statement(
            (
            '\n'
            '        INSERT INTO idempotency_keys (caller, key, fingerprint, expires_at)\n'
            '        VALUES (%(caller)s, %(key)s, %(fingerprint)s, rantau_now() + %(life)s)\n'
            '        ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint,\n'
            '            status = NULL, etag = NULL, body = NULL, expires_at = excluded.expires_at\n'
            '        WHERE idempotency_keys.expires_at < rantau_now() RETURNING key\n'
            '    '
            ),
            lambda given, r: {'caller': f"person:{r[0][0][0]}", 'key': given['key'], 'fingerprint': given['fingerprint'], 'life': timedelta(seconds=86400.0)}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT obligations.payer_id, obligations.payee_id, obligations.currency, obligations.amount, obligations.due_at, obligations.reference, obligations.instructions, obligations.source_kind, obligations.source_id, obligations.id, obligations.version, obligations.created_at, obligations.updated_at, obligations.payer_id IN (SELECT %(param_1)s::UUID AS anon_2 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_1)s::UUID AND organization_staff.role IN (%(role_1_1)s::VARCHAR, %(role_1_2)s::VARCHAR, %(role_1_3)s::VARCHAR)) AS anon_1, obligations.payee_id IN (SELECT %(param_2)s::UUID AS anon_4 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR)) AS anon_3 \n'
            'FROM obligations \n'
            'WHERE (obligations.payer_id IN (SELECT %(param_3)s::UUID AS anon_5 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_3)s::UUID AND organization_staff.role IN (%(role_3_1)s::VARCHAR, %(role_3_2)s::VARCHAR, %(role_3_3)s::VARCHAR)) OR obligations.payee_id IN (SELECT %(param_3)s::UUID AS anon_5 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_3)s::UUID AND organization_staff.role IN (%(role_3_1)s::VARCHAR, %(role_3_2)s::VARCHAR, %(role_3_3)s::VARCHAR))) AND obligations.id = (SELECT payments.obligation_id \n'
            'FROM payments \n'
            'WHERE payments.id = %(id_1)s::UUID) FOR UPDATE OF obligations'
            ),
            lambda given, r: {'param_1': r[0][0][0], 'person_id_1': r[0][0][0], 'role_1_1': 'owner', 'role_1_2': 'finance', 'role_1_3': 'orders', 'param_2': r[0][0][0], 'person_id_2': r[0][0][0], 'role_2_1': 'owner', 'role_2_2': 'finance', 'param_3': r[0][0][0], 'person_id_3': r[0][0][0], 'role_3_1': 'owner', 'role_3_2': 'finance', 'role_3_3': 'orders', 'id_1': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT CASE WHEN (obligations.payee_id IN (SELECT %(param_1)s::UUID AS anon_2 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_1)s::UUID AND organization_staff.role IN (%(role_1_1)s::VARCHAR, %(role_1_2)s::VARCHAR))) THEN EXISTS (SELECT * \n'
            'FROM payments AS payments_1 \n'
            'WHERE payments_1.receipt_digest = payments.receipt_digest AND payments_1.state != %(state_1)s::VARCHAR AND (payments_1.proven_at < payments.proven_at OR payments_1.proven_at = payments.proven_at AND payments_1.id < payments.id)) ELSE NULL END AS anon_1, payments.obligation_id, payments.currency, payments.amount, payments.method, payments.state, payments.paid_by_id, payments.overpayment, payments.receipt_upload_id, payments.receipt_digest, payments.proven_at, payments.decided_at, payments.rejection_reason, payments.id, payments.version, payments.created_at, payments.updated_at \n'
            'FROM payments JOIN obligations ON obligations.id = payments.obligation_id \n'
            'WHERE (obligations.payer_id IN (SELECT %(param_2)s::UUID AS anon_3 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR, %(role_2_3)s::VARCHAR)) OR obligations.payee_id IN (SELECT %(param_2)s::UUID AS anon_3 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR, %(role_2_3)s::VARCHAR))) AND payments.id = %(id_1)s::UUID'
            ),
            lambda given, r: {'param_1': r[0][0][0], 'person_id_1': r[0][0][0], 'role_1_1': 'owner', 'role_1_2': 'finance', 'state_1': 'void', 'param_2': r[0][0][0], 'person_id_2': r[0][0][0], 'role_2_1': 'owner', 'role_2_2': 'finance', 'role_2_3': 'orders', 'id_1': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT rantau_now()'
            ),
            lambda given, r: {}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO audit_entries (action, subject_kind, subject_id, person_id, session_id, api_key_id, request_id, facts) VALUES (%(action)s::VARCHAR, %(subject_kind)s::VARCHAR, %(subject_id)s::UUID, %(person_id)s::UUID, %(session_id)s::UUID, %(api_key_id)s::UUID, %(request_id)s::UUID, %(facts)s::JSONB) RETURNING audit_entries.id, audit_entries.recorded_at'
            ),
            lambda given, r: {'action': 'PaymentConfirmed', 'subject_kind': 'payment', 'subject_id': given['id_0'], 'person_id': r[0][0][0], 'session_id': r[0][0][3], 'api_key_id': None, 'request_id': given['drawn_0'], 'facts': Jsonb({'obligation_id': str(r[2][0][9]), 'source_kind': 'order', 'source_id': str(r[2][0][8]), 'amount': r[2][0][3], 'currency': 'IDR'})}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO domain_events (event_id, position, kind, payload_version, aggregate_kind, aggregate_id, aggregate_version, change, audience, lost_audience, actor_party, cause_event_id, request_id, facts, exported, reverses_event_id) VALUES (%(event_id)s::UUID, %(position)s::BIGINT, %(kind)s::VARCHAR, %(payload_version)s::SMALLINT, %(aggregate_kind)s::VARCHAR, %(aggregate_id)s::UUID, %(aggregate_version)s::BIGINT, %(change)s::VARCHAR, %(audience)s::TEXT[], %(lost_audience)s::TEXT[], %(actor_party)s::UUID, %(cause_event_id)s::UUID, %(request_id)s::UUID, %(facts)s::JSONB, %(exported)s, %(reverses_event_id)s::UUID) RETURNING domain_events.id, domain_events.occurred_at, domain_events.recorded_at'
            ),
            lambda given, r: {'event_id': given['drawn_1'], 'position': None, 'kind': 'PaymentConfirmed', 'payload_version': 1, 'aggregate_kind': 'payment', 'aggregate_id': given['id_0'], 'aggregate_version': 2, 'change': 'upsert', 'audience': sorted([f"party:{r[2][0][0]}", f"party:{r[2][0][1]}"]), 'lost_audience': [], 'actor_party': r[0][0][0], 'cause_event_id': None, 'request_id': given['drawn_0'], 'facts': Jsonb({'obligation_id': str(r[2][0][9]), 'source_kind': 'order', 'source_id': str(r[2][0][8]), 'amount': r[2][0][3], 'currency': 'IDR'}), 'exported': True, 'reverses_event_id': None}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'UPDATE payments SET state=%(state)s::VARCHAR, decided_at=%(decided_at)s::TIMESTAMP WITH TIME ZONE, version=%(version)s::BIGINT, updated_at=rantau_now() WHERE payments.id = %(payments_id)s::UUID RETURNING payments.updated_at'
            ),
            lambda given, r: {'state': 'confirmed', 'decided_at': r[4][0][0], 'version': 2, 'payments_id': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'SELECT obligations.id, obligations.amount, CAST(coalesce((SELECT sum(payments.amount) AS sum_1 \n'
            'FROM payments \n'
            'WHERE payments.obligation_id = obligations.id AND payments.state = %(state_1)s::VARCHAR), %(coalesce_2)s::INTEGER) AS BIGINT) AS coalesce_1, CAST(coalesce((SELECT sum(refunds.amount) AS sum_2 \n'
            'FROM refunds \n'
            'WHERE refunds.obligation_id = obligations.id AND refunds.state IN (%(state_2_1)s::VARCHAR)), %(coalesce_4)s::INTEGER) AS BIGINT) AS coalesce_3, CAST(coalesce((SELECT sum(refunds.amount) AS sum_3 \n'
            'FROM refunds \n'
            'WHERE refunds.obligation_id = obligations.id AND refunds.state IN (%(state_3_1)s::VARCHAR, %(state_3_2)s::VARCHAR)), %(coalesce_6)s::INTEGER) AS BIGINT) AS coalesce_5 \n'
            'FROM obligations \n'
            'WHERE obligations.id IN (%(id_1_1)s::UUID)'
            ),
            lambda given, r: {'state_1': 'confirmed', 'coalesce_2': 0, 'state_2_1': 'confirmed', 'coalesce_4': 0, 'state_3_1': 'owed', 'state_3_2': 'sent', 'coalesce_6': 0, 'id_1_1': r[2][0][9]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO ledger_transactions (id, source_type, source_id, event, memo, posted_by) VALUES (%(id_m0)s::UUID, %(source_type_m0)s::VARCHAR, %(source_id_m0)s::UUID, %(event_m0)s::VARCHAR, %(memo_m0)s::VARCHAR, %(posted_by_m0)s::UUID) ON CONFLICT DO NOTHING RETURNING ledger_transactions.id, ledger_transactions.source_type, ledger_transactions.source_id, ledger_transactions.event, ledger_transactions.memo, ledger_transactions.posted_by, ledger_transactions.posted_at'
            ),
            lambda given, r: {'id_m0': given['drawn_2'], 'source_type_m0': 'payment', 'source_id_m0': given['id_0'], 'event_m0': 'confirmed', 'memo_m0': 'payment-confirmed', 'posted_by_m0': r[0][0][0]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO ledger_accounts (id, party_id, currency, kind, balance) SELECT anon_1.id, anon_1.party_id, anon_1.currency, anon_1.kind, anon_1.balance \n'
            'FROM unnest(%(param_1)s::UUID[], %(param_2)s::UUID[], %(param_3)s::TEXT[], %(param_4)s::TEXT[], %(param_5)s::NUMERIC[]) WITH ORDINALITY AS anon_1(id, party_id, currency, kind, balance, place) ORDER BY anon_1.place ON CONFLICT (party_id, currency, kind) DO UPDATE SET balance = (ledger_accounts.balance + excluded.balance) RETURNING ledger_accounts.id, ledger_accounts.party_id, ledger_accounts.currency, ledger_accounts.kind'
            ),
            lambda given, r: {'param_1': [given['drawn_3'], given['drawn_4']], 'param_2': [r[2][0][1], r[2][0][0]], 'param_3': ['IDR', 'IDR'], 'param_4': ['receivable', 'payable'], 'param_5': [-r[2][0][3], r[2][0][3]]}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'INSERT INTO ledger_entries (id, transaction_id, account_id, currency, amount) VALUES (%(id)s::UUID, %(transaction_id)s::UUID, %(account_id)s::UUID, %(currency)s::VARCHAR, %(amount)s::BIGINT)'
            ),
            lambda given, r: [{'id': given['drawn_5'], 'transaction_id': given['drawn_2'], 'account_id': find_row(r[10], {1: r[2][0][0]})[0], 'currency': 'IDR', 'amount': r[2][0][3]}, {'id': given['drawn_6'], 'transaction_id': given['drawn_2'], 'account_id': find_row(r[10], {1: r[2][0][1]})[0], 'currency': 'IDR', 'amount': -r[2][0][3]}], is_many=True, in_transaction=True,
        ),
        Statement(
            (
            'SELECT CASE WHEN (obligations.payee_id IN (SELECT %(param_1)s::UUID AS anon_2 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_1)s::UUID AND organization_staff.role IN (%(role_1_1)s::VARCHAR, %(role_1_2)s::VARCHAR))) THEN EXISTS (SELECT * \n'
            'FROM payments AS payments_1 \n'
            'WHERE payments_1.receipt_digest = payments.receipt_digest AND payments_1.state != %(state_1)s::VARCHAR AND (payments_1.proven_at < payments.proven_at OR payments_1.proven_at = payments.proven_at AND payments_1.id < payments.id)) ELSE NULL END AS anon_1, payments.obligation_id, payments.currency, payments.amount, payments.method, payments.state, payments.paid_by_id, payments.overpayment, payments.receipt_upload_id, payments.receipt_digest, payments.proven_at, payments.decided_at, payments.rejection_reason, payments.id, payments.version, payments.created_at, payments.updated_at \n'
            'FROM payments JOIN obligations ON obligations.id = payments.obligation_id \n'
            'WHERE (obligations.payer_id IN (SELECT %(param_2)s::UUID AS anon_3 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR, %(role_2_3)s::VARCHAR)) OR obligations.payee_id IN (SELECT %(param_2)s::UUID AS anon_3 UNION ALL SELECT organization_staff.organization_id \n'
            'FROM organization_staff \n'
            'WHERE organization_staff.person_id = %(person_id_2)s::UUID AND organization_staff.role IN (%(role_2_1)s::VARCHAR, %(role_2_2)s::VARCHAR, %(role_2_3)s::VARCHAR))) AND payments.id = %(id_1)s::UUID'
            ),
            lambda given, r: {'param_1': r[0][0][0], 'person_id_1': r[0][0][0], 'role_1_1': 'owner', 'role_1_2': 'finance', 'state_1': 'void', 'param_2': r[0][0][0], 'person_id_2': r[0][0][0], 'role_2_1': 'owner', 'role_2_2': 'finance', 'role_2_3': 'orders', 'id_1': given['id_0']}, in_transaction=True, has_rows=True,
        ),
        Statement(
            (
            'UPDATE idempotency_keys SET status = %(status)s, etag = %(etag)s, body = %(body)s WHERE caller = %(caller)s AND key = %(key)s'
            ),
            lambda given, r: {'status': 201, 'etag': '"2"', 'body': given['answer'], 'caller': f"person:{r[0][0][0]}", 'key': given['key']}, in_transaction=True, keeps_answer=True,
        ),
    ),
    answer=lambda given, r: {'id': str(given['id_0']), 'version': 2, 'created_at': r[3][0][15], 'updated_at': r[7][0][0], 'obligation_id': str(r[2][0][9]), 'amount': {'amount': r[2][0][3], 'currency': 'IDR'}, 'method': 'transfer', 'state': 'confirmed', 'paid_by_id': str(r[2][0][0]), 'overpayment': 'refund', 'receipt_upload_id': None, 'receipt_seen_before': False, 'decided_at': r[4][0][0], 'rejection_reason': None},
)
