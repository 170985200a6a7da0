"""Products, variants, their texts and pictures; price lists with whom they are for; certificates."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.vocabulary import Category, CertificateKind, CertificateLevel, Storage
from app.kernel import clock
from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id
from app.kernel.money import LINE_MAXIMUM
from app.kernel.problems import StateConflict


def _one_of(column: str, choices: type[StrEnum]) -> str:
    """A check that a column holds one of an enum's values."""
    return f"{column} IN ({', '.join(repr(choice.value) for choice in choices)})"


class ProductStatus(StrEnum):
    """A product's life; only a published one is for sale and seen by everybody."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    PAUSED = "paused"
    ARCHIVED = "archived"


_FROM = {
    ProductStatus.DRAFT: {ProductStatus.IN_REVIEW},
    ProductStatus.IN_REVIEW: {ProductStatus.DRAFT},
    ProductStatus.PUBLISHED: {ProductStatus.DRAFT, ProductStatus.IN_REVIEW, ProductStatus.PAUSED},
    ProductStatus.PAUSED: {ProductStatus.PUBLISHED},
    ProductStatus.ARCHIVED: {ProductStatus.DRAFT, ProductStatus.PUBLISHED, ProductStatus.PAUSED},
}


_PUBLISHED = text("status = 'published'")


class Product(Aggregate, Base):
    """Something an organization makes; what is sold are its variants.

    `listed_at`, when it was made or first published, orders every list of products.
    """

    __tablename__ = "products"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    handle: Mapped[str]
    status: Mapped[str] = mapped_column(default=ProductStatus.DRAFT)
    published_at: Mapped[datetime | None]
    listed_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    source_language: Mapped[str]
    category: Mapped[str | None]
    hs_code: Mapped[str | None]
    origin_country: Mapped[str] = mapped_column(default="ID")
    countries_of_sale: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    tags: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    options: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    shelf_life_days: Mapped[int | None]
    storage: Mapped[str | None]
    source: Mapped[str] = mapped_column(default="manual")
    external_id: Mapped[str | None]
    review_note: Mapped[str | None]

    variants: Mapped[list["Variant"]] = relationship(
        back_populates="product", lazy="raise", cascade="all", order_by="(Variant.position, Variant.id)"
    )
    texts: Mapped[list["ProductText"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="ProductText.language"
    )
    images: Mapped[list["ProductImage"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="(ProductImage.position, ProductImage.id)"
    )

    __table_args__ = (
        CheckConstraint(_one_of("status", ProductStatus), name="status"),
        CheckConstraint(_one_of("category", Category), name="category"),
        CheckConstraint(_one_of("storage", Storage), name="storage"),
        CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name="published_at"),
        CheckConstraint("hs_code ~ '^[0-9]{6,13}$'", name="hs_code"),
        CheckConstraint("cardinality(options) <= 3", name="options"),
        CheckConstraint("shelf_life_days > 0", name="shelf_life_days"),
        UniqueConstraint("organization_id", "handle"),
        UniqueConstraint("id", "organization_id"),
        Index(
            "uq_products_external_id",
            "organization_id",
            "source",
            "external_id",
            unique=True,
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index("ix_products_listed_at", "listed_at", "id", postgresql_where=_PUBLISHED),
        Index("ix_products_category", "category", "listed_at", "id", postgresql_where=_PUBLISHED),
        Index("ix_products_hs_code", "hs_code", postgresql_ops={"hs_code": "text_pattern_ops"}),
        Index("ix_products_countries_of_sale", "countries_of_sale", postgresql_using="gin"),
        Index("ix_products_organization_id", "organization_id", "listed_at", "id"),
        Index("ix_products_in_review", "listed_at", "id", postgresql_where=text("status = 'in_review'")),
    )

    @property
    def is_published(self) -> bool:
        """Whether it is for sale now."""
        return self.status == ProductStatus.PUBLISHED

    def move(self, target: ProductStatus, at: datetime) -> None:
        """Take the product to its next state. Raises StateConflict."""
        allowed = _FROM[target]
        if self.status not in allowed:
            raise StateConflict(state=self.status, allowed=", ".join(sorted(allowed)))
        self.status = target
        if target is ProductStatus.PUBLISHED and self.published_at is None:
            self.published_at = self.listed_at = at


class Variant(Base):
    """What is actually counted, priced and sold: a product in one size, flavor or color."""

    __tablename__ = "variants"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID]
    organization_id: Mapped[UUID]
    sku: Mapped[str | None]
    option_values: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    gtin: Mapped[str | None]
    net_weight_g: Mapped[int | None]
    gross_weight_g: Mapped[int | None]
    length_mm: Mapped[int | None]
    width_mm: Mapped[int | None]
    height_mm: Mapped[int | None]
    pack_multiple: Mapped[int] = mapped_column(default=1)
    case_size: Mapped[int | None]
    min_order_quantity: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    discontinued_at: Mapped[datetime | None]

    product: Mapped[Product] = relationship(back_populates="variants", lazy="raise")

    __table_args__ = (
        ForeignKeyConstraint(["product_id", "organization_id"], ["products.id", "products.organization_id"]),
        CheckConstraint("gtin ~ '^([0-9]{8}|[0-9]{12,14})$'", name="gtin"),
        CheckConstraint("net_weight_g > 0 AND gross_weight_g >= net_weight_g", name="weights"),
        CheckConstraint("least(length_mm, width_mm, height_mm) > 0", name="dimensions"),
        CheckConstraint("pack_multiple > 0 AND min_order_quantity > 0", name="quantities"),
        CheckConstraint("case_size > 0", name="case_size"),
        Index("ix_variants_product_id_organization_id", "product_id", "organization_id"),
        Index(
            "uq_variants_sku",
            "organization_id",
            "sku",
            unique=True,
            postgresql_where=text("sku IS NOT NULL AND discontinued_at IS NULL"),
        ),
        Index(
            "uq_variants_option_values",
            "product_id",
            "option_values",
            unique=True,
            postgresql_where=text("discontinued_at IS NULL"),
        ),
    )


class TextStatus(StrEnum):
    """How a text came to be; a missing one has no row, and one whose source has changed since is outdated."""

    MISSING = "missing"
    MACHINE = "machine"
    HUMAN = "human"
    OUTDATED = "outdated"


class ProductText(Base):
    """A product's title and description in one language."""

    __tablename__ = "product_texts"

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str | None]
    status: Mapped[str]

    __table_args__ = (CheckConstraint("status IN ('machine', 'human', 'outdated')", name="status"),)


class ProductImage(Base):
    """A picture of a product: an upload, or the address it was recorded under and not yet fetched from."""

    __tablename__ = "product_images"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), index=True)
    variant_id: Mapped[UUID | None] = mapped_column(ForeignKey("variants.id"), index=True)
    upload_id: Mapped[UUID | None] = mapped_column(ForeignKey("uploads.id"), index=True)
    url: Mapped[str | None]
    alternative_text: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)

    variant: Mapped[Variant | None] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("num_nonnulls(upload_id, url) = 1", name="one_place"),)


class ProductSearch(Base):
    """What a product is found by, apart from the rows that change with every sale: docs/decisions/0011."""

    __tablename__ = "product_search"

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), primary_key=True)
    listed_at: Mapped[datetime]
    document: Mapped[str] = mapped_column(TSVECTOR)

    __table_args__ = (
        Index("ix_product_search_document", "document", postgresql_using="gin"),
        Index("ix_product_search_listed_at", "listed_at", "product_id"),
    )


class SearchNews(Base):
    """That a product's words are still to be learned; a sweep does it, so that no writer waits for another's words."""

    __tablename__ = "search_news"

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), primary_key=True)


class SearchWord(Base):
    """A word that occurs in some product's title or maker: what a misspelt word is corrected to."""

    __tablename__ = "search_words"

    word: Mapped[str] = mapped_column(primary_key=True)

    __table_args__ = (
        Index("ix_search_words_word", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
    )


class Audience(StrEnum):
    """For whom a price list is; from the general to the particular."""

    PUBLIC = "public"
    COMMUNITY = "community"
    TIER = "tier"
    AGREEMENT = "agreement"


class PriceList(Aggregate, Base):
    """Prices in one currency for one audience: everybody, or the parties it was granted to."""

    __tablename__ = "price_lists"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    name: Mapped[str]
    currency: Mapped[str]
    audience: Mapped[str]
    tier: Mapped[str | None]
    countries: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(_one_of("audience", Audience), name="audience"),
        CheckConstraint("(audience = 'tier') = (tier IS NOT NULL)", name="tier"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("valid_until > valid_from", name="validity"),
    )


class Price(Base):
    """What one unit of a variant costs from a quantity on, in the list's currency."""

    __tablename__ = "prices"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    price_list_id: Mapped[UUID] = mapped_column(ForeignKey("price_lists.id"))
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"), index=True)
    min_quantity: Mapped[int] = mapped_column(default=1)
    unit_amount: Mapped[int]

    price_list: Mapped[PriceList] = relationship(lazy="raise")
    variant: Mapped[Variant] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("price_list_id", "variant_id", "min_quantity"),
        CheckConstraint("min_quantity > 0", name="min_quantity"),
        CheckConstraint(f"unit_amount BETWEEN 0 AND {LINE_MAXIMUM}", name="unit_amount"),
    )


class PriceListGrant(Base):
    """That a price list is for this party too."""

    __tablename__ = "price_list_grants"

    price_list_id: Mapped[UUID] = mapped_column(ForeignKey("price_lists.id"), primary_key=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), primary_key=True, index=True)
    granted_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())


class Certificate(Aggregate, Base):
    """A certificate an organization holds, for the products it covers (none named: all of them)."""

    __tablename__ = "certificates"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    kind: Mapped[str]
    level: Mapped[str]
    number: Mapped[str | None]
    issuer: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    upload_id: Mapped[UUID | None] = mapped_column(ForeignKey("uploads.id"), index=True)
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    verified_at: Mapped[datetime | None]

    covered: Mapped[list["CertifiedProduct"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    __table_args__ = (
        CheckConstraint(_one_of("kind", CertificateKind), name="kind"),
        CheckConstraint(_one_of("level", CertificateLevel), name="level"),
        CheckConstraint("level <> 'certified' OR num_nulls(number, issuer) = 0", name="certified_by"),
        CheckConstraint("valid_until >= valid_from", name="validity"),
        CheckConstraint("(verified_by IS NULL) = (verified_at IS NULL)", name="verified"),
    )


class CertifiedProduct(Base):
    """That a certificate covers this product."""

    __tablename__ = "certified_products"

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), primary_key=True, index=True)
