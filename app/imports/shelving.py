"""Products of a shop's file in the terms of the catalog they go to."""

import re
from collections.abc import Mapping

from app.catalog.sourced import SourcedImage, SourcedProduct, SourcedVariant
from app.imports.parsed import ParsedProduct, ParsedVariant

CATEGORIES: Mapping[str, str] = {
    **dict.fromkeys(("coffee", "kopi", "kahve"), "coffee"),
    **dict.fromkeys(("tea", "teh", "çay"), "tea"),
    **dict.fromkeys(("beverages", "drinks", "syrups", "juice", "minuman"), "drinks"),
    **dict.fromkeys(("snacks", "snack foods", "chips", "crackers", "camilan", "keripik", "kerupuk"), "snacks"),
    **dict.fromkeys(("candy & chocolate", "cookies", "biscuits", "sweets", "bakery", "kue"), "sweets"),
    **dict.fromkeys(("seasonings & spices", "herbs & spices", "spices", "rempah"), "spices"),
    **dict.fromkeys(("condiments & sauces", "sauces", "sambal", "bumbu"), "sauces"),
    **dict.fromkeys(("prepared foods", "ready meals", "lauk"), "ready_meals"),
    **dict.fromkeys(("herbal", "herbal remedies", "jamu"), "herbal"),
    **dict.fromkeys(("cosmetics", "personal care", "health & beauty", "skin care", "kosmetik"), "cosmetics"),
    "batik": "batik",
    **dict.fromkeys(("textiles", "fabric", "linens & bedding", "tenun", "kain"), "textiles"),
    **dict.fromkeys(("clothing", "apparel & accessories", "shoes", "fashion", "busana"), "fashion"),
    **dict.fromkeys(("rattan", "rotan"), "rattan"),
    **dict.fromkeys(("furniture", "furnitur", "mebel"), "furniture"),
    **dict.fromkeys(("arts & crafts", "crafts", "decor", "handicrafts", "kerajinan"), "crafts"),
    **dict.fromkeys(("ceramics", "pottery", "keramik", "gerabah"), "ceramics"),
    **dict.fromkeys(("jewelry", "jewellery", "perhiasan"), "jewelry"),
}
"""Words of Shopify's taxonomy and of common product types, and the category of ours that each belongs to."""


def sourced(product: ParsedProduct) -> SourcedProduct:
    """The product for the catalog: its handle is what the shop knows it by, its type is found among the tags.

    A price of 0 is no price: nobody shall buy for nothing what its maker has yet to price.
    """
    words = (*product.tags, product.product_type) if product.product_type else product.tags
    return SourcedProduct(
        external_id=product.handle,
        handle=product.handle,
        title=product.title,
        description=product.description or None,
        category=category(product.product_type, product.category),
        tags=tuple(dict.fromkeys(words)),
        status=product.status,
        options=product.option_names,
        variants=tuple(_variant(variant) for variant in product.variants),
        images=tuple(SourcedImage(url=image.url, alternative_text=image.alt or None) for image in product.images),
    )


def category(product_type: str, path: str) -> str | None:
    """Where a product of this type and this path of Shopify's taxonomy is filed; None where that is not known.

    The type decides before the path, and the end of the path before its beginning.
    """
    parts = [product_type, *reversed(re.split(r"\s*>\s*", path))]
    known = [CATEGORIES[part.casefold()] for part in parts if part.casefold() in CATEGORIES]
    return known[0] if known else None


def _variant(variant: ParsedVariant) -> SourcedVariant:
    return SourcedVariant(
        key=variant.row,
        option_values=variant.option_values,
        sku=variant.sku,
        gtin=variant.barcode,
        net_weight_g=variant.grams,
        unit_amount=variant.price or None,
        image_url=variant.image_url,
    )
