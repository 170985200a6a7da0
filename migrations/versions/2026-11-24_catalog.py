"""Products, variants, texts, pictures and what they are found by; price lists and grants; certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_catalog"
down_revision = "0006_activity_rules"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "search_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
    )
    op.create_index(
        "ix_search_words_word",
        "search_words",
        ["word"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.create_table(
        "certificates",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('halal', 'bpom', 'pirt', 'haccp', 'iso_22000', 'gmp', 'organic', 'fair_trade', 'sni',"
            " 'timber_legality', 'silver_standard', 'natural_dye', 'geographical_indication', 'batikmark',"
            " 'other')",
            name=op.f("ck_certificates_kind"),
        ),
        sa.CheckConstraint(
            "level <> 'certified' OR num_nulls(number, issuer) = 0", name=op.f("ck_certificates_certified_by")
        ),
        sa.CheckConstraint("level IN ('certified', 'self_declared')", name=op.f("ck_certificates_level")),
        sa.CheckConstraint("(verified_by IS NULL) = (verified_at IS NULL)", name=op.f("ck_certificates_verified")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_certificates_validity")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_certificates_organization_id")
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_certificates_upload_id")),
        sa.ForeignKeyConstraint(["verified_by"], ["people.id"], name=op.f("fk_certificates_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
    )
    op.create_index(op.f("ix_certificates_organization_id"), "certificates", ["organization_id"], unique=False)
    op.create_index(op.f("ix_certificates_upload_id"), "certificates", ["upload_id"], unique=False)
    op.create_index(op.f("ix_certificates_verified_by"), "certificates", ["verified_by"], unique=False)
    op.create_table(
        "price_lists",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("countries", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("(audience = 'tier') = (tier IS NOT NULL)", name=op.f("ck_price_lists_tier")),
        sa.CheckConstraint(
            "audience IN ('public', 'community', 'tier', 'agreement')", name=op.f("ck_price_lists_audience")
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_price_lists_currency")),
        sa.CheckConstraint("valid_until > valid_from", name=op.f("ck_price_lists_validity")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_price_lists_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_lists")),
    )
    op.create_index(op.f("ix_price_lists_organization_id"), "price_lists", ["organization_id"], unique=False)
    op.create_table(
        "products",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("source_language", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("hs_code", sa.Text(), nullable=True),
        sa.Column("origin_country", sa.Text(), nullable=False),
        sa.Column("countries_of_sale", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("options", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("shelf_life_days", sa.BigInteger(), nullable=True),
        sa.Column("storage", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "category IN ('coffee', 'tea', 'drinks', 'snacks', 'sweets', 'spices', 'sauces', 'ready_meals',"
            " 'herbal', 'cosmetics', 'batik', 'textiles', 'fashion', 'rattan', 'furniture', 'crafts',"
            " 'ceramics', 'jewelry', 'other')",
            name=op.f("ck_products_category"),
        ),
        sa.CheckConstraint("hs_code ~ '^[0-9]{6,13}$'", name=op.f("ck_products_hs_code")),
        sa.CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name=op.f("ck_products_published_at")),
        sa.CheckConstraint(
            "status IN ('draft', 'in_review', 'published', 'paused', 'archived')", name=op.f("ck_products_status")
        ),
        sa.CheckConstraint("storage IN ('ambient', 'cool_dry', 'chilled', 'frozen')", name=op.f("ck_products_storage")),
        sa.CheckConstraint("cardinality(options) <= 3", name=op.f("ck_products_options")),
        sa.CheckConstraint("shelf_life_days > 0", name=op.f("ck_products_shelf_life_days")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_products_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("id", "organization_id", name=op.f("uq_products_id_organization_id")),
        sa.UniqueConstraint("organization_id", "handle", name=op.f("uq_products_organization_id_handle")),
    )
    op.create_index(
        "ix_products_category",
        "products",
        ["category", "listed_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_index(
        "ix_products_countries_of_sale", "products", ["countries_of_sale"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "ix_products_hs_code", "products", ["hs_code"], unique=False, postgresql_ops={"hs_code": "text_pattern_ops"}
    )
    op.create_index(
        "ix_products_in_review",
        "products",
        ["listed_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'in_review'"),
    )
    op.create_index(
        "ix_products_listed_at",
        "products",
        ["listed_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_index("ix_products_organization_id", "products", ["organization_id", "listed_at", "id"], unique=False)
    op.create_index(
        "uq_products_external_id",
        "products",
        ["organization_id", "source", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "certified_products",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certified_products_certificate_id")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_certified_products_product_id")),
        sa.PrimaryKeyConstraint("certificate_id", "product_id", name=op.f("pk_certified_products")),
    )
    op.create_index(op.f("ix_certified_products_product_id"), "certified_products", ["product_id"], unique=False)
    op.create_table(
        "price_list_grants",
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_price_list_grants_party_id")),
        sa.ForeignKeyConstraint(["price_list_id"], ["price_lists.id"], name=op.f("fk_price_list_grants_price_list_id")),
        sa.PrimaryKeyConstraint("price_list_id", "party_id", name=op.f("pk_price_list_grants")),
    )
    op.create_index(op.f("ix_price_list_grants_party_id"), "price_list_grants", ["party_id"], unique=False)
    op.create_table(
        "product_search",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_search_product_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_product_search")),
    )
    op.create_table(
        "search_news",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_search_news_product_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_search_news")),
    )
    op.create_index("ix_product_search_document", "product_search", ["document"], unique=False, postgresql_using="gin")
    op.create_index("ix_product_search_listed_at", "product_search", ["listed_at", "product_id"], unique=False)
    op.create_table(
        "product_texts",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('machine', 'human', 'outdated')", name=op.f("ck_product_texts_status")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_texts_product_id")),
        sa.PrimaryKeyConstraint("product_id", "language", name=op.f("pk_product_texts")),
    )
    op.create_table(
        "variants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("option_values", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("gtin", sa.Text(), nullable=True),
        sa.Column("net_weight_g", sa.BigInteger(), nullable=True),
        sa.Column("gross_weight_g", sa.BigInteger(), nullable=True),
        sa.Column("length_mm", sa.BigInteger(), nullable=True),
        sa.Column("width_mm", sa.BigInteger(), nullable=True),
        sa.Column("height_mm", sa.BigInteger(), nullable=True),
        sa.Column("pack_multiple", sa.BigInteger(), nullable=False),
        sa.Column("case_size", sa.BigInteger(), nullable=True),
        sa.Column("min_order_quantity", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("discontinued_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("gtin ~ '^([0-9]{8}|[0-9]{12,14})$'", name=op.f("ck_variants_gtin")),
        sa.CheckConstraint("case_size > 0", name=op.f("ck_variants_case_size")),
        sa.CheckConstraint("least(length_mm, width_mm, height_mm) > 0", name=op.f("ck_variants_dimensions")),
        sa.CheckConstraint("net_weight_g > 0 AND gross_weight_g >= net_weight_g", name=op.f("ck_variants_weights")),
        sa.CheckConstraint("pack_multiple > 0 AND min_order_quantity > 0", name=op.f("ck_variants_quantities")),
        sa.ForeignKeyConstraint(
            ["product_id", "organization_id"],
            ["products.id", "products.organization_id"],
            name=op.f("fk_variants_product_id_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
    )
    op.create_index(
        "ix_variants_product_id_organization_id", "variants", ["product_id", "organization_id"], unique=False
    )
    op.create_index(
        "uq_variants_option_values",
        "variants",
        ["product_id", "option_values"],
        unique=True,
        postgresql_where=sa.text("discontinued_at IS NULL"),
    )
    op.create_index(
        "uq_variants_sku",
        "variants",
        ["organization_id", "sku"],
        unique=True,
        postgresql_where=sa.text("sku IS NOT NULL AND discontinued_at IS NULL"),
    )
    op.create_table(
        "prices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("min_quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("min_quantity > 0", name=op.f("ck_prices_min_quantity")),
        sa.CheckConstraint("unit_amount BETWEEN 0 AND 1000000000000", name=op.f("ck_prices_unit_amount")),
        sa.ForeignKeyConstraint(["price_list_id"], ["price_lists.id"], name=op.f("fk_prices_price_list_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_prices_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prices")),
        sa.UniqueConstraint(
            "price_list_id", "variant_id", "min_quantity", name=op.f("uq_prices_price_list_id_variant_id_min_quantity")
        ),
    )
    op.create_index(op.f("ix_prices_variant_id"), "prices", ["variant_id"], unique=False)
    op.create_table(
        "product_images",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=True),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("alternative_text", sa.Text(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("num_nonnulls(upload_id, url) = 1", name=op.f("ck_product_images_one_place")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_images_product_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_product_images_upload_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_product_images_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_images")),
    )
    op.create_index(op.f("ix_product_images_product_id"), "product_images", ["product_id"], unique=False)
    op.create_index(op.f("ix_product_images_upload_id"), "product_images", ["upload_id"], unique=False)
    op.create_index(op.f("ix_product_images_variant_id"), "product_images", ["variant_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("search_news")
    op.drop_index(op.f("ix_product_images_variant_id"), table_name="product_images")
    op.drop_index(op.f("ix_product_images_product_id"), table_name="product_images")
    op.drop_table("product_images")
    op.drop_index(op.f("ix_prices_variant_id"), table_name="prices")
    op.drop_table("prices")
    op.drop_index(
        "uq_variants_sku",
        table_name="variants",
        postgresql_where=sa.text("sku IS NOT NULL AND discontinued_at IS NULL"),
    )
    op.drop_index(
        "uq_variants_option_values", table_name="variants", postgresql_where=sa.text("discontinued_at IS NULL")
    )
    op.drop_index("ix_variants_product_id_organization_id", table_name="variants")
    op.drop_table("variants")
    op.drop_table("product_texts")
    op.drop_index("ix_product_search_listed_at", table_name="product_search")
    op.drop_index("ix_product_search_document", table_name="product_search", postgresql_using="gin")
    op.drop_table("product_search")
    op.drop_index(op.f("ix_price_list_grants_party_id"), table_name="price_list_grants")
    op.drop_table("price_list_grants")
    op.drop_index(op.f("ix_certified_products_product_id"), table_name="certified_products")
    op.drop_table("certified_products")
    op.drop_index("uq_products_external_id", table_name="products", postgresql_where=sa.text("external_id IS NOT NULL"))
    op.drop_index("ix_products_organization_id", table_name="products")
    op.drop_index("ix_products_listed_at", table_name="products", postgresql_where=sa.text("status = 'published'"))
    op.drop_index("ix_products_in_review", table_name="products", postgresql_where=sa.text("status = 'in_review'"))
    op.drop_index("ix_products_hs_code", table_name="products", postgresql_ops={"hs_code": "text_pattern_ops"})
    op.drop_index("ix_products_countries_of_sale", table_name="products", postgresql_using="gin")
    op.drop_index("ix_products_category", table_name="products", postgresql_where=sa.text("status = 'published'"))
    op.drop_table("products")
    op.drop_index(op.f("ix_price_lists_organization_id"), table_name="price_lists")
    op.drop_table("price_lists")
    op.drop_index(op.f("ix_certificates_verified_by"), table_name="certificates")
    op.drop_index(op.f("ix_certificates_organization_id"), table_name="certificates")
    op.drop_table("certificates")
    op.drop_index(
        "ix_search_words_word",
        table_name="search_words",
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.drop_table("search_words")
