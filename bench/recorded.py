"""What the service says to PostgreSQL, operation by operation. Written by `python -m bench record`: do not edit."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from psycopg.types.json import Json, Jsonb

from app.kernel.ids import new_code, new_id
from bench.replaying import Operation, Statement

FIELDS = {
    'ProductItem': ('id', 'version', 'status', 'category', 'origin_country', 'title', 'language', 'price_from', 'image', 'organization'),
    'ProductRead': ('id', 'version', 'created_at', 'updated_at', 'status', 'published_at', 'handle', 'title', 'description', 'language', 'source_language', 'languages', 'category', 'hs_code', 'origin_country', 'countries_of_sale', 'tags', 'options', 'shelf_life_days', 'storage', 'organization', 'variants', 'images', 'certificates'),
    'VariantRead': ('id', 'sku', 'option_values', 'gtin', 'net_weight_g', 'gross_weight_g', 'length_mm', 'width_mm', 'height_mm', 'pack_multiple', 'case_size', 'min_order_quantity', 'position', 'prices'),
    'ImageRead': ('id', 'upload_id', 'url', 'alternative_text', 'variant_id'),
    'MakerRead': ('id', 'name', 'country', 'verification'),
}

LIST_PRODUCTS = Operation(
    draw=lambda: {},
    statements=(
        Statement(
            (
            'SELECT products.id, products.version, products.status, products.category, products.origin_country, (SELECT jsonb_build_object(%(jsonb_build_object_2)s::VARCHAR, product_texts.title, %(jsonb_build_object_3)s::VARCHAR, product_texts.description, %(jsonb_build_object_4)s::VARCHAR, product_texts.language) AS jsonb_build_object_1 \n'
            'FROM product_texts \n'
            'WHERE product_texts.product_id = products.id ORDER BY product_texts.language = %(language_1)s::VARCHAR DESC, product_texts.language = %(language_2)s::VARCHAR DESC, product_texts.language = products.source_language DESC \n'
            ' LIMIT %(param_1)s::INTEGER) AS text, (SELECT jsonb_build_object(%(jsonb_build_object_6)s::VARCHAR, product_images.id, %(jsonb_build_object_7)s::VARCHAR, product_images.upload_id, %(jsonb_build_object_8)s::VARCHAR, product_images.url, %(jsonb_build_object_9)s::VARCHAR, product_images.alternative_text, %(jsonb_build_object_10)s::VARCHAR, product_images.variant_id) AS jsonb_build_object_5 \n'
            'FROM product_images \n'
            'WHERE product_images.product_id = products.id ORDER BY product_images.position, product_images.id \n'
            ' LIMIT %(param_2)s::INTEGER) AS image, (SELECT jsonb_agg(jsonb_build_object(%(jsonb_build_object_11)s::VARCHAR, prices.variant_id, %(jsonb_build_object_12)s::VARCHAR, prices.id, %(jsonb_build_object_13)s::VARCHAR, prices.price_list_id, %(jsonb_build_object_14)s::VARCHAR, price_lists.audience, %(jsonb_build_object_15)s::VARCHAR, prices.min_quantity, %(jsonb_build_object_16)s::VARCHAR, prices.unit_amount, %(jsonb_build_object_17)s::VARCHAR, EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)), %(jsonb_build_object_18)s::VARCHAR, price_lists.currency)) AS jsonb_agg_1 \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id JOIN variants ON variants.id = prices.variant_id \n'
            'WHERE price_lists.audience = %(audience_1)s::VARCHAR AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (price_lists.countries = %(countries_1)s::TEXT[] OR NULL = ANY (price_lists.countries)) AND variants.discontinued_at IS NULL AND variants.product_id = products.id) AS prices, jsonb_build_object(%(jsonb_build_object_19)s::VARCHAR, organizations.id, %(jsonb_build_object_20)s::VARCHAR, organizations.name, %(jsonb_build_object_21)s::VARCHAR, organizations.country, %(jsonb_build_object_22)s::VARCHAR, organizations.verification) AS organization, products.listed_at, products.id AS id__1, rantau_now() AS asked_at \n'
            'FROM products JOIN organizations ON organizations.id = products.organization_id \n'
            'WHERE products.status = %(status_1)s::VARCHAR AND products.status = %(status_2)s::VARCHAR ORDER BY products.listed_at DESC, products.id DESC \n'
            ' LIMIT %(param_3)s::INTEGER'
            ),
            lambda given, r: {'jsonb_build_object_2': 'title', 'jsonb_build_object_3': 'description', 'jsonb_build_object_4': 'language', 'language_1': 'en', 'language_2': 'en', 'param_1': 1, 'jsonb_build_object_6': 'id', 'jsonb_build_object_7': 'upload_id', 'jsonb_build_object_8': 'url', 'jsonb_build_object_9': 'alternative_text', 'jsonb_build_object_10': 'variant_id', 'param_2': 1, 'jsonb_build_object_11': 'variant_id', 'jsonb_build_object_12': 'price_id', 'jsonb_build_object_13': 'price_list_id', 'jsonb_build_object_14': 'audience', 'jsonb_build_object_15': 'min_quantity', 'jsonb_build_object_16': 'unit_amount', 'jsonb_build_object_17': 'began_at', 'jsonb_build_object_18': 'currency', 'audience_1': 'public', 'countries_1': [], 'jsonb_build_object_19': 'id', 'jsonb_build_object_20': 'name', 'jsonb_build_object_21': 'country', 'jsonb_build_object_22': 'verification', 'status_1': 'published', 'status_2': 'published', 'param_3': 21}, has_rows=True, columns=('id', 'version', 'status', 'category', 'origin_country', 'text', 'image', 'prices', 'organization', 'listed_at', 'id__1', 'asked_at'),
        ),
    ),
)

LIST_PRODUCTS_BEHIND = Operation(
    draw=lambda: {},
    statements=(
        Statement(
            (
            'SELECT products.id, products.version, products.status, products.category, products.origin_country, (SELECT jsonb_build_object(%(jsonb_build_object_2)s::VARCHAR, product_texts.title, %(jsonb_build_object_3)s::VARCHAR, product_texts.description, %(jsonb_build_object_4)s::VARCHAR, product_texts.language) AS jsonb_build_object_1 \n'
            'FROM product_texts \n'
            'WHERE product_texts.product_id = products.id ORDER BY product_texts.language = %(language_1)s::VARCHAR DESC, product_texts.language = %(language_2)s::VARCHAR DESC, product_texts.language = products.source_language DESC \n'
            ' LIMIT %(param_1)s::INTEGER) AS text, (SELECT jsonb_build_object(%(jsonb_build_object_6)s::VARCHAR, product_images.id, %(jsonb_build_object_7)s::VARCHAR, product_images.upload_id, %(jsonb_build_object_8)s::VARCHAR, product_images.url, %(jsonb_build_object_9)s::VARCHAR, product_images.alternative_text, %(jsonb_build_object_10)s::VARCHAR, product_images.variant_id) AS jsonb_build_object_5 \n'
            'FROM product_images \n'
            'WHERE product_images.product_id = products.id ORDER BY product_images.position, product_images.id \n'
            ' LIMIT %(param_2)s::INTEGER) AS image, (SELECT jsonb_agg(jsonb_build_object(%(jsonb_build_object_11)s::VARCHAR, prices.variant_id, %(jsonb_build_object_12)s::VARCHAR, prices.id, %(jsonb_build_object_13)s::VARCHAR, prices.price_list_id, %(jsonb_build_object_14)s::VARCHAR, price_lists.audience, %(jsonb_build_object_15)s::VARCHAR, prices.min_quantity, %(jsonb_build_object_16)s::VARCHAR, prices.unit_amount, %(jsonb_build_object_17)s::VARCHAR, EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)), %(jsonb_build_object_18)s::VARCHAR, price_lists.currency)) AS jsonb_agg_1 \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id JOIN variants ON variants.id = prices.variant_id \n'
            'WHERE price_lists.audience = %(audience_1)s::VARCHAR AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (price_lists.countries = %(countries_1)s::TEXT[] OR NULL = ANY (price_lists.countries)) AND variants.discontinued_at IS NULL AND variants.product_id = products.id) AS prices, jsonb_build_object(%(jsonb_build_object_19)s::VARCHAR, organizations.id, %(jsonb_build_object_20)s::VARCHAR, organizations.name, %(jsonb_build_object_21)s::VARCHAR, organizations.country, %(jsonb_build_object_22)s::VARCHAR, organizations.verification) AS organization, products.listed_at, products.id AS id__1, rantau_now() AS asked_at \n'
            'FROM products JOIN organizations ON organizations.id = products.organization_id \n'
            'WHERE products.status = %(status_1)s::VARCHAR AND products.status = %(status_2)s::VARCHAR AND products.listed_at <= %(listed_at_1)s::TIMESTAMP WITH TIME ZONE AND (products.listed_at < %(listed_at_2)s::TIMESTAMP WITH TIME ZONE OR products.listed_at = %(listed_at_3)s::TIMESTAMP WITH TIME ZONE AND products.id < %(id_1)s::UUID) ORDER BY products.listed_at DESC, products.id DESC \n'
            ' LIMIT %(param_3)s::INTEGER'
            ),
            lambda given, r: {'jsonb_build_object_2': 'title', 'jsonb_build_object_3': 'description', 'jsonb_build_object_4': 'language', 'language_1': 'en', 'language_2': 'en', 'param_1': 1, 'jsonb_build_object_6': 'id', 'jsonb_build_object_7': 'upload_id', 'jsonb_build_object_8': 'url', 'jsonb_build_object_9': 'alternative_text', 'jsonb_build_object_10': 'variant_id', 'param_2': 1, 'jsonb_build_object_11': 'variant_id', 'jsonb_build_object_12': 'price_id', 'jsonb_build_object_13': 'price_list_id', 'jsonb_build_object_14': 'audience', 'jsonb_build_object_15': 'min_quantity', 'jsonb_build_object_16': 'unit_amount', 'jsonb_build_object_17': 'began_at', 'jsonb_build_object_18': 'currency', 'audience_1': 'public', 'countries_1': [], 'jsonb_build_object_19': 'id', 'jsonb_build_object_20': 'name', 'jsonb_build_object_21': 'country', 'jsonb_build_object_22': 'verification', 'status_1': 'published', 'status_2': 'published', 'listed_at_1': given['listed_at'], 'listed_at_2': given['listed_at'], 'listed_at_3': given['listed_at'], 'id_1': given['id'], 'param_3': 21}, has_rows=True, columns=('id', 'version', 'status', 'category', 'origin_country', 'text', 'image', 'prices', 'organization', 'listed_at', 'id__1', 'asked_at'),
        ),
    ),
)

READ_PRODUCT = Operation(
    draw=lambda: {},
    statements=(
        Statement(
            (
            'SELECT products.organization_id, products.handle, products.status, products.published_at, products.listed_at, products.source_language, products.category, products.hs_code, products.origin_country, products.countries_of_sale, products.tags, products.options, products.shelf_life_days, products.storage, products.source, products.external_id, products.review_note, products.id, products.version, products.created_at, products.updated_at, false AS inside, (SELECT jsonb_build_object(%(jsonb_build_object_2)s::VARCHAR, product_texts.title, %(jsonb_build_object_3)s::VARCHAR, product_texts.description, %(jsonb_build_object_4)s::VARCHAR, product_texts.language) AS jsonb_build_object_1 \n'
            'FROM product_texts \n'
            'WHERE product_texts.product_id = products.id ORDER BY product_texts.language = %(language_1)s::VARCHAR DESC, product_texts.language = %(language_2)s::VARCHAR DESC, product_texts.language = products.source_language DESC \n'
            ' LIMIT %(param_1)s::INTEGER) AS text, jsonb_build_object(%(jsonb_build_object_5)s::VARCHAR, organizations.id, %(jsonb_build_object_6)s::VARCHAR, organizations.name, %(jsonb_build_object_7)s::VARCHAR, organizations.country, %(jsonb_build_object_8)s::VARCHAR, organizations.verification) AS organization, (SELECT jsonb_agg(jsonb_build_object(%(jsonb_build_object_9)s::VARCHAR, variants.id, %(jsonb_build_object_10)s::VARCHAR, variants.sku, %(jsonb_build_object_11)s::VARCHAR, variants.option_values, %(jsonb_build_object_12)s::VARCHAR, variants.gtin, %(jsonb_build_object_13)s::VARCHAR, variants.net_weight_g, %(jsonb_build_object_14)s::VARCHAR, variants.gross_weight_g, %(jsonb_build_object_15)s::VARCHAR, variants.length_mm, %(jsonb_build_object_16)s::VARCHAR, variants.width_mm, %(jsonb_build_object_17)s::VARCHAR, variants.height_mm, %(jsonb_build_object_18)s::VARCHAR, variants.pack_multiple, %(jsonb_build_object_19)s::VARCHAR, variants.case_size, %(jsonb_build_object_20)s::VARCHAR, variants.min_order_quantity, %(jsonb_build_object_21)s::VARCHAR, variants.position) ORDER BY variants.position, variants.id) AS jsonb_agg_1 \n'
            'FROM variants \n'
            'WHERE variants.product_id = products.id AND variants.discontinued_at IS NULL) AS variants, (SELECT jsonb_agg(jsonb_build_object(%(jsonb_build_object_22)s::VARCHAR, product_images.id, %(jsonb_build_object_23)s::VARCHAR, product_images.upload_id, %(jsonb_build_object_24)s::VARCHAR, product_images.url, %(jsonb_build_object_25)s::VARCHAR, product_images.alternative_text, %(jsonb_build_object_26)s::VARCHAR, product_images.variant_id) ORDER BY product_images.position, product_images.id) AS jsonb_agg_2 \n'
            'FROM product_images \n'
            'WHERE product_images.product_id = products.id) AS images, (SELECT jsonb_agg(jsonb_build_object(%(jsonb_build_object_27)s::VARCHAR, certificates.id, %(jsonb_build_object_28)s::VARCHAR, certificates.kind, %(jsonb_build_object_29)s::VARCHAR, certificates.level, %(jsonb_build_object_30)s::VARCHAR, certificates.number, %(jsonb_build_object_31)s::VARCHAR, certificates.issuer, %(jsonb_build_object_32)s::VARCHAR, certificates.valid_until, %(jsonb_build_object_33)s::VARCHAR, certificates.upload_id, %(jsonb_build_object_34)s::VARCHAR, certificates.verified_at IS NOT NULL, %(jsonb_build_object_35)s::VARCHAR, coalesce(certificates.valid_until < date(timezone(%(timezone_1)s::VARCHAR, rantau_now())), false)) ORDER BY certificates.kind, certificates.id) AS jsonb_agg_3 \n'
            'FROM certificates \n'
            'WHERE certificates.organization_id = products.organization_id AND (products.id IN (SELECT certified_products.product_id \n'
            'FROM certified_products \n'
            'WHERE certified_products.certificate_id = certificates.id) OR NOT (EXISTS (SELECT certified_products.product_id \n'
            'FROM certified_products \n'
            'WHERE certified_products.certificate_id = certificates.id))) AND (certificates.valid_from IS NULL OR certificates.valid_from <= date(timezone(%(timezone_2)s::VARCHAR, rantau_now())))) AS certificates, (SELECT array_agg(product_texts.language) AS array_agg_1 \n'
            'FROM product_texts \n'
            'WHERE product_texts.product_id = products.id) AS languages, (SELECT jsonb_agg(jsonb_build_object(%(jsonb_build_object_36)s::VARCHAR, prices.variant_id, %(jsonb_build_object_37)s::VARCHAR, prices.id, %(jsonb_build_object_38)s::VARCHAR, prices.price_list_id, %(jsonb_build_object_39)s::VARCHAR, price_lists.audience, %(jsonb_build_object_40)s::VARCHAR, prices.min_quantity, %(jsonb_build_object_41)s::VARCHAR, prices.unit_amount, %(jsonb_build_object_42)s::VARCHAR, EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)), %(jsonb_build_object_43)s::VARCHAR, price_lists.currency)) AS jsonb_agg_4 \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id JOIN variants ON variants.id = prices.variant_id \n'
            'WHERE price_lists.audience = %(audience_1)s::VARCHAR AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (price_lists.countries = %(countries_1)s::TEXT[] OR NULL = ANY (price_lists.countries)) AND variants.discontinued_at IS NULL AND variants.product_id = products.id) AS prices \n'
            'FROM products JOIN organizations ON organizations.id = products.organization_id \n'
            'WHERE products.id = %(id_1)s::UUID AND products.status = %(status_1)s::VARCHAR'
            ),
            lambda given, r: {'jsonb_build_object_2': 'title', 'jsonb_build_object_3': 'description', 'jsonb_build_object_4': 'language', 'language_1': 'en', 'language_2': 'en', 'param_1': 1, 'jsonb_build_object_5': 'id', 'jsonb_build_object_6': 'name', 'jsonb_build_object_7': 'country', 'jsonb_build_object_8': 'verification', 'jsonb_build_object_9': 'id', 'jsonb_build_object_10': 'sku', 'jsonb_build_object_11': 'option_values', 'jsonb_build_object_12': 'gtin', 'jsonb_build_object_13': 'net_weight_g', 'jsonb_build_object_14': 'gross_weight_g', 'jsonb_build_object_15': 'length_mm', 'jsonb_build_object_16': 'width_mm', 'jsonb_build_object_17': 'height_mm', 'jsonb_build_object_18': 'pack_multiple', 'jsonb_build_object_19': 'case_size', 'jsonb_build_object_20': 'min_order_quantity', 'jsonb_build_object_21': 'position', 'jsonb_build_object_22': 'id', 'jsonb_build_object_23': 'upload_id', 'jsonb_build_object_24': 'url', 'jsonb_build_object_25': 'alternative_text', 'jsonb_build_object_26': 'variant_id', 'jsonb_build_object_27': 'id', 'jsonb_build_object_28': 'kind', 'jsonb_build_object_29': 'level', 'jsonb_build_object_30': 'number', 'jsonb_build_object_31': 'issuer', 'jsonb_build_object_32': 'valid_until', 'jsonb_build_object_33': 'upload_id', 'jsonb_build_object_34': 'is_verified', 'jsonb_build_object_35': 'has_run_out', 'timezone_1': 'UTC', 'timezone_2': 'UTC', 'jsonb_build_object_36': 'variant_id', 'jsonb_build_object_37': 'price_id', 'jsonb_build_object_38': 'price_list_id', 'jsonb_build_object_39': 'audience', 'jsonb_build_object_40': 'min_quantity', 'jsonb_build_object_41': 'unit_amount', 'jsonb_build_object_42': 'began_at', 'jsonb_build_object_43': 'currency', 'audience_1': 'public', 'countries_1': [], 'id_1': given['id'], 'status_1': 'published'}, has_rows=True, columns=('organization_id', 'handle', 'status', 'published_at', 'listed_at', 'source_language', 'category', 'hs_code', 'origin_country', 'countries_of_sale', 'tags', 'options', 'shelf_life_days', 'storage', 'source', 'external_id', 'review_note', 'id', 'version', 'created_at', 'updated_at', 'inside', 'text', 'organization', 'variants', 'images', 'certificates', 'languages', 'prices'),
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
            '            WHERE word %% typed.lexeme AND similarity(word, typed.lexeme) >= 0.35\n'
            '            ORDER BY similarity(word, typed.lexeme) DESC, word LIMIT %(similar)s\n'
            '        ) AS similar\n'
            "    FROM unnest(to_tsvector('simple', %(typed)s)) AS typed\n"
            '    ORDER BY typed.positions[1], typed.lexeme LIMIT %(words)s\n'
            ),
            lambda given, r: {'similar': 8, 'typed': given['typed'], 'words': 8}, has_rows=True, columns=('lexeme', 'stems', 'similar'),
        ),
        Statement(
            (
            'SELECT products.id, products.version, products.status, products.category, products.origin_country, (SELECT jsonb_build_object(%(jsonb_build_object_2)s::VARCHAR, product_texts.title, %(jsonb_build_object_3)s::VARCHAR, product_texts.description, %(jsonb_build_object_4)s::VARCHAR, product_texts.language) AS jsonb_build_object_1 \n'
            'FROM product_texts \n'
            'WHERE product_texts.product_id = products.id ORDER BY product_texts.language = %(language_1)s::VARCHAR DESC, product_texts.language = %(language_2)s::VARCHAR DESC, product_texts.language = products.source_language DESC \n'
            ' LIMIT %(param_1)s::INTEGER) AS text, (SELECT jsonb_build_object(%(jsonb_build_object_6)s::VARCHAR, product_images.id, %(jsonb_build_object_7)s::VARCHAR, product_images.upload_id, %(jsonb_build_object_8)s::VARCHAR, product_images.url, %(jsonb_build_object_9)s::VARCHAR, product_images.alternative_text, %(jsonb_build_object_10)s::VARCHAR, product_images.variant_id) AS jsonb_build_object_5 \n'
            'FROM product_images \n'
            'WHERE product_images.product_id = products.id ORDER BY product_images.position, product_images.id \n'
            ' LIMIT %(param_2)s::INTEGER) AS image, (SELECT jsonb_agg(jsonb_build_object(%(jsonb_build_object_11)s::VARCHAR, prices.variant_id, %(jsonb_build_object_12)s::VARCHAR, prices.id, %(jsonb_build_object_13)s::VARCHAR, prices.price_list_id, %(jsonb_build_object_14)s::VARCHAR, price_lists.audience, %(jsonb_build_object_15)s::VARCHAR, prices.min_quantity, %(jsonb_build_object_16)s::VARCHAR, prices.unit_amount, %(jsonb_build_object_17)s::VARCHAR, EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)), %(jsonb_build_object_18)s::VARCHAR, price_lists.currency)) AS jsonb_agg_1 \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id JOIN variants ON variants.id = prices.variant_id \n'
            'WHERE price_lists.audience = %(audience_1)s::VARCHAR AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (price_lists.countries = %(countries_1)s::TEXT[] OR NULL = ANY (price_lists.countries)) AND variants.discontinued_at IS NULL AND variants.product_id = products.id) AS prices, jsonb_build_object(%(jsonb_build_object_19)s::VARCHAR, organizations.id, %(jsonb_build_object_20)s::VARCHAR, organizations.name, %(jsonb_build_object_21)s::VARCHAR, organizations.country, %(jsonb_build_object_22)s::VARCHAR, organizations.verification) AS organization, product_search.listed_at, product_search.product_id, rantau_now() AS asked_at \n'
            'FROM products JOIN organizations ON organizations.id = products.organization_id JOIN product_search ON product_search.product_id = products.id \n'
            'WHERE products.status = %(status_1)s::VARCHAR AND products.status = %(status_2)s::VARCHAR AND (product_search.document @@ CAST(«written_title» AS TSQUERY)) ORDER BY product_search.listed_at DESC, product_search.product_id DESC \n'
            ' LIMIT %(param_4)s::INTEGER'
            ),
            lambda given, r: {'jsonb_build_object_2': 'title', 'jsonb_build_object_3': 'description', 'jsonb_build_object_4': 'language', 'language_1': 'en', 'language_2': 'en', 'param_1': 1, 'jsonb_build_object_6': 'id', 'jsonb_build_object_7': 'upload_id', 'jsonb_build_object_8': 'url', 'jsonb_build_object_9': 'alternative_text', 'jsonb_build_object_10': 'variant_id', 'param_2': 1, 'jsonb_build_object_11': 'variant_id', 'jsonb_build_object_12': 'price_id', 'jsonb_build_object_13': 'price_list_id', 'jsonb_build_object_14': 'audience', 'jsonb_build_object_15': 'min_quantity', 'jsonb_build_object_16': 'unit_amount', 'jsonb_build_object_17': 'began_at', 'jsonb_build_object_18': 'currency', 'audience_1': 'public', 'countries_1': [], 'jsonb_build_object_19': 'id', 'jsonb_build_object_20': 'name', 'jsonb_build_object_21': 'country', 'jsonb_build_object_22': 'verification', 'status_1': 'published', 'status_2': 'published', 'param_4': 21}, written=('written_title',), has_rows=True, columns=('id', 'version', 'status', 'category', 'origin_country', 'text', 'image', 'prices', 'organization', 'listed_at', 'product_id', 'asked_at'),
        ),
        Statement(
            (
            'SELECT products.id, products.version, products.status, products.category, products.origin_country, (SELECT jsonb_build_object(%(jsonb_build_object_2)s::VARCHAR, product_texts.title, %(jsonb_build_object_3)s::VARCHAR, product_texts.description, %(jsonb_build_object_4)s::VARCHAR, product_texts.language) AS jsonb_build_object_1 \n'
            'FROM product_texts \n'
            'WHERE product_texts.product_id = products.id ORDER BY product_texts.language = %(language_1)s::VARCHAR DESC, product_texts.language = %(language_2)s::VARCHAR DESC, product_texts.language = products.source_language DESC \n'
            ' LIMIT %(param_1)s::INTEGER) AS text, (SELECT jsonb_build_object(%(jsonb_build_object_6)s::VARCHAR, product_images.id, %(jsonb_build_object_7)s::VARCHAR, product_images.upload_id, %(jsonb_build_object_8)s::VARCHAR, product_images.url, %(jsonb_build_object_9)s::VARCHAR, product_images.alternative_text, %(jsonb_build_object_10)s::VARCHAR, product_images.variant_id) AS jsonb_build_object_5 \n'
            'FROM product_images \n'
            'WHERE product_images.product_id = products.id ORDER BY product_images.position, product_images.id \n'
            ' LIMIT %(param_2)s::INTEGER) AS image, (SELECT jsonb_agg(jsonb_build_object(%(jsonb_build_object_11)s::VARCHAR, prices.variant_id, %(jsonb_build_object_12)s::VARCHAR, prices.id, %(jsonb_build_object_13)s::VARCHAR, prices.price_list_id, %(jsonb_build_object_14)s::VARCHAR, price_lists.audience, %(jsonb_build_object_15)s::VARCHAR, prices.min_quantity, %(jsonb_build_object_16)s::VARCHAR, prices.unit_amount, %(jsonb_build_object_17)s::VARCHAR, EXTRACT(epoch FROM coalesce(price_lists.valid_from, price_lists.created_at)), %(jsonb_build_object_18)s::VARCHAR, price_lists.currency)) AS jsonb_agg_1 \n'
            'FROM prices JOIN price_lists ON price_lists.id = prices.price_list_id JOIN variants ON variants.id = prices.variant_id \n'
            'WHERE price_lists.audience = %(audience_1)s::VARCHAR AND coalesce(price_lists.valid_from, price_lists.created_at) <= rantau_now() AND (price_lists.valid_until IS NULL OR price_lists.valid_until > rantau_now()) AND (price_lists.countries = %(countries_1)s::TEXT[] OR NULL = ANY (price_lists.countries)) AND variants.discontinued_at IS NULL AND variants.product_id = products.id) AS prices, jsonb_build_object(%(jsonb_build_object_19)s::VARCHAR, organizations.id, %(jsonb_build_object_20)s::VARCHAR, organizations.name, %(jsonb_build_object_21)s::VARCHAR, organizations.country, %(jsonb_build_object_22)s::VARCHAR, organizations.verification) AS organization, product_search.listed_at, product_search.product_id, rantau_now() AS asked_at \n'
            'FROM products JOIN organizations ON organizations.id = products.organization_id JOIN product_search ON product_search.product_id = products.id \n'
            'WHERE products.status = %(status_1)s::VARCHAR AND products.status = %(status_2)s::VARCHAR AND (product_search.document @@ CAST(«written_any» AS TSQUERY)) AND NOT (product_search.document @@ CAST(«written_title» AS TSQUERY)) ORDER BY product_search.listed_at DESC, product_search.product_id DESC \n'
            ' LIMIT %(param_5)s::INTEGER'
            ),
            lambda given, r: {'jsonb_build_object_2': 'title', 'jsonb_build_object_3': 'description', 'jsonb_build_object_4': 'language', 'language_1': 'en', 'language_2': 'en', 'param_1': 1, 'jsonb_build_object_6': 'id', 'jsonb_build_object_7': 'upload_id', 'jsonb_build_object_8': 'url', 'jsonb_build_object_9': 'alternative_text', 'jsonb_build_object_10': 'variant_id', 'param_2': 1, 'jsonb_build_object_11': 'variant_id', 'jsonb_build_object_12': 'price_id', 'jsonb_build_object_13': 'price_list_id', 'jsonb_build_object_14': 'audience', 'jsonb_build_object_15': 'min_quantity', 'jsonb_build_object_16': 'unit_amount', 'jsonb_build_object_17': 'began_at', 'jsonb_build_object_18': 'currency', 'audience_1': 'public', 'countries_1': [], 'jsonb_build_object_19': 'id', 'jsonb_build_object_20': 'name', 'jsonb_build_object_21': 'country', 'jsonb_build_object_22': 'verification', 'status_1': 'published', 'status_2': 'published', 'param_5': given['wanted']}, written=('written_title', 'written_any'), has_rows=True, columns=('id', 'version', 'status', 'category', 'origin_country', 'text', 'image', 'prices', 'organization', 'listed_at', 'product_id', 'asked_at'),
        ),
    ),
)
