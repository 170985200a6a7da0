"""Writing one product of another shop into our rows, and publishing what that changed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import policy
from app.catalog.models import Price, PriceList, Product, ProductImage, ProductText, TextStatus, Variant
from app.catalog.models import ProductStatus as Status
from app.catalog.sourced import Remark, Shelf, Sourced, SourcedProduct, SourcedStatus, SourcedText, SourcedVariant
from app.domain_events import (
    PricesChanged,
    ProductArchived,
    ProductChanged,
    ProductCreated,
    ProductEvent,
    ProductPaused,
    ProductPublished,
    ProductSubmitted,
    ProductWithdrawn,
)
from app.kernel.actor import Actor
from app.kernel.database import Base
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id

_COURSES: Mapping[SourcedStatus, Mapping[str, Sequence[Status]]] = {
    "active": dict.fromkeys((Status.DRAFT, Status.IN_REVIEW, Status.PAUSED), (Status.PUBLISHED,)),
    "draft": {Status.IN_REVIEW: (Status.DRAFT,), Status.PUBLISHED: (Status.PAUSED,)},
    "archived": {
        **dict.fromkeys((Status.DRAFT, Status.PUBLISHED, Status.PAUSED), (Status.ARCHIVED,)),
        Status.IN_REVIEW: (Status.DRAFT, Status.ARCHIVED),
    },
}
_MOVES: Mapping[Status, type[ProductEvent]] = {
    Status.DRAFT: ProductWithdrawn,
    Status.IN_REVIEW: ProductSubmitted,
    Status.PUBLISHED: ProductPublished,
    Status.PAUSED: ProductPaused,
    Status.ARCHIVED: ProductArchived,
}


@dataclass(frozen=True, slots=True)
class Held:
    """A product as it is wanted, our row of it, and each wanted variant beside ours; None is still to be made."""

    wanted: SourcedProduct
    row: Product | None
    pairs: Sequence[tuple[SourcedVariant, Variant | None]]

    @property
    def gone(self) -> list[Variant]:
        """Our variants that the shop has no longer."""
        kept = {variant for _, variant in self.pairs}
        return [variant for variant in (self.row.variants if self.row else ()) if variant not in kept]


@dataclass(slots=True)
class Prices:
    """A price list, and its prices from one unit on by variant."""

    price_list: PriceList
    by_variant: dict[UUID, Price]
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes products for one maker, `verified` or not, at one moment."""

    session: AsyncSession
    actor: Actor
    shelf: Shelf
    verified: bool
    at: datetime
    prices: Prices

    def write(self, held: Held) -> Sourced:
        """Have the rows say what is wanted, and publish what that changed."""
        wanted, row = held.wanted, held.row or self._new(held.wanted)
        was_public = row.is_published
        variants = [variant or self._new_variant(row) for _, variant in held.pairs]
        changed = any(
            (
                _set_columns(row, wanted),
                self._set_texts(row, wanted),
                *map(_set_variant, variants, wanted.variants, range(len(variants))),
                *(_assign(variant, discontinued_at=variant.discontinued_at or self.at) for variant in held.gone),
                _set_pictures(row, wanted, variants),
            )
        )
        repriced = any([*map(self._set_price, variants, wanted.variants)])
        complete = all(each.net_weight_g and each.id in self.prices.by_variant for each in variants)
        course = self._course(row, wanted.status, complete=complete, changed=changed or repriced)
        for target in course:
            row.move(target, self.at)
            row.review_note = None
        events: list[type[ProductEvent]] = [ProductCreated] if held.row is None else [ProductChanged] * changed
        self._tell(row, [*events, *(_MOVES[target] for target in course)], was_public=was_public)
        return Sourced(
            change="created" if held.row is None else "updated" if changed or course or repriced else "unchanged",
            product_id=row.id,
            new_variants={
                each.key: ours.id for ours, (each, known) in zip(variants, held.pairs, strict=True) if known is None
            },
            remarks=_remarks(row, wanted.status),
        )

    def tell_prices(self) -> None:
        """Publish once, behind all products, that prices changed, if any did."""
        if self.prices.changed:
            row = self.prices.price_list
            audience = ["public", *party_audience(row.organization_id)]
            publish(
                self.session,
                row,
                PricesChanged(),
                actor=self.actor,
                acting_party=row.organization_id,
                audience=audience,
            )

    def _new(self, wanted: SourcedProduct) -> Product:
        row = Product(
            id=new_id(),
            organization_id=self.shelf.organization_id,
            handle=wanted.handle,
            status=Status.DRAFT,
            source_language=self.shelf.language,
            source=self.shelf.source,
            external_id=wanted.external_id,
        )
        self.session.add(row)
        return row

    def _new_variant(self, row: Product) -> Variant:
        variant = Variant(id=new_id(), organization_id=self.shelf.organization_id)
        row.variants.append(variant)
        return variant

    def _set_texts(self, row: Product, wanted: SourcedProduct) -> bool:
        """Have the texts say this; where the source's words change, languages without new ones no longer follow it."""
        mine = SourcedText(language=self.shelf.language, title=wanted.title, description=wanted.description)
        others = {text.language: text for text in row.texts}
        known = others.get(mine.language)
        is_reworded = known is None or (known.title, known.description) != (mine.title, mine.description)
        changes = [_set_text(row, others.pop(each.language, None), each) for each in (mine, *wanted.translations)]
        if is_reworded and mine.language == row.source_language:
            for other in others.values():
                other.status = TextStatus.OUTDATED
        return any(changes)

    def _set_price(self, variant: Variant, wanted: SourcedVariant) -> bool:
        if wanted.unit_amount is None:
            return False
        price = self.prices.by_variant.get(variant.id)
        if price is None:
            price = Price(price_list=self.prices.price_list, variant=variant, min_quantity=1)
            self.prices.by_variant[variant.id] = price
            self.session.add(price)
        changed = _assign(price, unit_amount=wanted.unit_amount)
        self.prices.changed |= changed
        return changed

    def _course(self, row: Product, wanted: SourcedStatus, *, complete: bool, changed: bool) -> Sequence[Status]:
        """The states to go through.

        What is not complete is not offered, nor offered again as it was when an operator found something to mend.
        A maker who is not verified has products reviewed before they are first published.
        """
        if wanted == "active":
            if not complete or (row.review_note and not changed):
                return ()
            if not self.verified and row.published_at is None:
                return (Status.IN_REVIEW,) if row.status == Status.DRAFT else ()
        return _COURSES[wanted].get(row.status, ())

    def _tell(self, row: Product, events: Iterable[type[ProductEvent]], *, was_public: bool) -> None:
        """Publish to the maker, and to everybody where the product is or was for everybody."""
        audience = [*policy.audience(row), *(["public"] if was_public else [])]
        lost = ["public"] if was_public and not row.is_published else []
        for kind in events:
            publish(
                self.session,
                row,
                kind(organization_id=row.organization_id),
                actor=self.actor,
                acting_party=row.organization_id,
                audience=audience,
                lost_audience=lost,
            )


def _remarks(row: Product, wanted: SourcedStatus) -> tuple[Remark, ...]:
    """Why a product that is active there is not for sale here."""
    if wanted != "active" or row.status in {Status.PUBLISHED, Status.IN_REVIEW} or row.review_note:
        return ()
    return (Remark(code="product-archived" if row.status == Status.ARCHIVED else "product-incomplete"),)


def _set_columns(row: Product, wanted: SourcedProduct) -> bool:
    said = {
        "category": wanted.category,
        "hs_code": wanted.hs_code,
        "countries_of_sale": list(wanted.countries_of_sale),
        "shelf_life_days": wanted.shelf_life_days,
        "storage": wanted.storage,
    }
    known = {name: value for name, value in said.items() if value}
    return _assign(row, tags=list(wanted.tags), options=list(wanted.options), **known)


def _set_text(row: Product, text: ProductText | None, wanted: SourcedText) -> bool:
    if text is None:
        text = ProductText(language=wanted.language)
        row.texts.append(text)
    return _assign(text, title=wanted.title, description=wanted.description, status=TextStatus.HUMAN)


def _set_variant(row: Variant, wanted: SourcedVariant, position: int) -> bool:
    sides = wanted.dimensions_mm or (row.length_mm, row.width_mm, row.height_mm)
    return _assign(
        row,
        **dict(zip(("length_mm", "width_mm", "height_mm"), sides, strict=True)),
        gross_weight_g=wanted.gross_weight_g or row.gross_weight_g,
        option_values=list(wanted.option_values),
        sku=wanted.sku,
        gtin=wanted.gtin or row.gtin,
        net_weight_g=wanted.net_weight_g or row.net_weight_g,
        position=position,
        discontinued_at=None,
    )


def _set_pictures(row: Product, wanted: SourcedProduct, variants: Sequence[Variant]) -> bool:
    """Have the product show these pictures; one that a single variant names is that variant's."""
    ours = {image.url: image for image in row.images if image.url}
    gone = [image for url, image in ours.items() if url not in {picture.url for picture in wanted.images}]
    for image in gone:
        row.images.remove(image)
    shown = defaultdict(list)
    for variant, each in zip(variants, wanted.variants, strict=True):
        shown[each.image_url].append(variant)
    changed = bool(gone)
    for position, picture in enumerate(wanted.images):
        if picture.url not in ours:
            row.images.append(ours.setdefault(picture.url, ProductImage(id=new_id(), url=picture.url)))
        image = ours[picture.url]
        owner = shown[picture.url][0] if len(shown[picture.url]) == 1 else None
        if image.variant_id != (owner.id if owner else None):
            image.variant = owner
            changed = True
        changed |= _assign(image, alternative_text=picture.alternative_text, position=position)
    return changed


def _assign(row: Base, **values: Any) -> bool:
    """Set what differs; tells whether anything did."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
