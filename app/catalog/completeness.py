"""What a product still lacks before it can be sold in a country: rows of rules, and one pass over them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

_FOOD = frozenset(
    ("coffee", "tea", "drinks", "snacks", "sweets", "spices", "sauces", "ready_meals", "herbal"),
)
_HALAL_MARKETS = frozenset(("AE", "BH", "BN", "ID", "KW", "MY", "OM", "QA", "SA"))


@dataclass(frozen=True, slots=True)
class CertificateRule:
    """Goods of these categories need one of `any_of` in these countries (none named: everywhere)."""

    categories: frozenset[str]
    any_of: tuple[str, ...]
    countries: frozenset[str] = frozenset()


CERTIFICATE_RULES = (
    CertificateRule(_FOOD, ("bpom", "pirt")),
    CertificateRule(_FOOD, ("halal",), _HALAL_MARKETS),
    CertificateRule(frozenset(("cosmetics",)), ("bpom",)),
    CertificateRule(frozenset(("rattan", "furniture")), ("timber_legality",)),
)
"""What Indonesian exporters are asked for first; the law of each destination is the destination rules' to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductState:
    """What a product has: `weights` and `priced` by variant, the rest of the product as a whole."""

    weights: Collection[int | None]
    has_image: bool
    is_priced: bool
    category: str | None
    hs_code: str | None
    countries_of_sale: Collection[str]
    languages: Collection[str]
    certificates: Collection[str]
    has_ship_from: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A country goods may go to: the languages many there read, its currencies, and those it is priced in."""

    country: str
    languages: tuple[str, ...]
    currencies: tuple[str, ...]
    priced_in: frozenset[str]


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is lacking; any one of `accepts` fills it. What is required stands in the way of publishing."""

    code: str
    is_required: bool = False
    accepts: tuple[str, ...] = ()


def missing_to_publish(product: ProductState) -> Iterator[Missing]:
    """What stands in the way of publishing at all: a price and every variant's weight."""
    if not product.is_priced:
        yield Missing("price", is_required=True)
    if None in product.weights or not product.weights:
        yield Missing("weight", is_required=True)


def missing_for(product: ProductState, to: Destination) -> Iterator[Missing]:
    """What a product lacks for a country, the required first."""
    yield from missing_to_publish(product)
    lacking = {
        Missing("country_of_sale", accepts=(to.country,)): not _sold_in(product, to),
        Missing("image"): not product.has_image,
        Missing("hs_code"): product.hs_code is None,
        Missing("category"): product.category is None,
        Missing("description", accepts=to.languages): not _reads(to.languages, product.languages),
        Missing("price_currency", accepts=to.currencies): product.is_priced and not to.priced_in & set(to.currencies),
        Missing("ship_from"): not product.has_ship_from,
    }
    yield from (missing for missing, is_lacking in lacking.items() if is_lacking)
    for rule in CERTIFICATE_RULES:
        if _applies(rule, product, to) and not set(rule.any_of) & set(product.certificates):
            yield Missing("certificate", accepts=rule.any_of)


def _sold_in(product: ProductState, to: Destination) -> bool:
    return not product.countries_of_sale or to.country in product.countries_of_sale


def _reads(read: Collection[str], written: Collection[str]) -> bool:
    """Whether one of the languages is read there; a variety counts for its language: `pt-BR` for `pt`."""
    return bool(set(read) & {language.partition("-")[0] for language in written})


def _applies(rule: CertificateRule, product: ProductState, to: Destination) -> bool:
    return product.category in rule.categories and (not rule.countries or to.country in rule.countries)
