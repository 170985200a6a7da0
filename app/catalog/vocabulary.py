"""The fixed words of the catalog: what products are filed under, how they are kept, what certifies them."""

from enum import StrEnum


class Category(StrEnum):
    """What a product is filed under: a fixed, short list, since buyers browse by it."""

    COFFEE = "coffee"
    TEA = "tea"
    DRINKS = "drinks"
    SNACKS = "snacks"
    SWEETS = "sweets"
    SPICES = "spices"
    SAUCES = "sauces"
    READY_MEALS = "ready_meals"
    HERBAL = "herbal"
    COSMETICS = "cosmetics"
    BATIK = "batik"
    TEXTILES = "textiles"
    FASHION = "fashion"
    RATTAN = "rattan"
    FURNITURE = "furniture"
    CRAFTS = "crafts"
    CERAMICS = "ceramics"
    JEWELRY = "jewelry"
    OTHER = "other"


class Storage(StrEnum):
    """How a product wants to be kept."""

    AMBIENT = "ambient"
    COOL_DRY = "cool_dry"
    CHILLED = "chilled"
    FROZEN = "frozen"


class CertificateKind(StrEnum):
    """What is certified; `other` says what in its number and issuer."""

    HALAL = "halal"
    BPOM = "bpom"
    PIRT = "pirt"
    HACCP = "haccp"
    ISO_22000 = "iso_22000"
    GMP = "gmp"
    ORGANIC = "organic"
    FAIR_TRADE = "fair_trade"
    SNI = "sni"
    TIMBER_LEGALITY = "timber_legality"
    SILVER_STANDARD = "silver_standard"
    NATURAL_DYE = "natural_dye"
    GEOGRAPHICAL_INDICATION = "geographical_indication"
    BATIKMARK = "batikmark"
    OTHER = "other"


class CertificateLevel(StrEnum):
    """Whether a body certified it or the maker says so."""

    CERTIFIED = "certified"
    SELF_DECLARED = "self_declared"
