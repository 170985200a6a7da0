"""Refusals of the catalog."""

from app.kernel.problems import Problem


class HandleTaken(Problem):
    """The organization has a product under this handle."""

    status = 409
    code = "handle-taken"
    title = "Another product has this handle"
    detail = "You have a product under {handle} already. Choose another handle."


class SkuTaken(Problem):
    """The organization has a variant with this SKU."""

    status = 409
    code = "sku-taken"
    title = "Another variant has this SKU"
    detail = "You use the SKU {sku} for another variant. Give each its own, or leave it out."


class VariantsAlike(Problem):
    """Two variants of the product would have the same options."""

    status = 409
    code = "variants-alike"
    title = "There is a variant with these options"
    detail = "Change the variant that has these options, or give this one others."


class TooManyVariants(Problem):
    """The product has as many variants as a product may have."""

    status = 409
    code = "too-many-variants"
    title = "There are too many variants"
    detail = "Make a second product for further variants; a product has at most {limit}."


class LastVariant(Problem):
    """The product would have nothing left to sell."""

    status = 409
    code = "last-variant"
    title = "This is the last variant"
    detail = "Pause or archive the product instead, or add another variant first."


class ProductIncomplete(Problem):
    """Something that every published product has is missing."""

    status = 409
    code = "product-incomplete"
    title = "Something is still missing"
    detail = "Add what is listed under missing, then publish it."


class SourceTextNeeded(Problem):
    """The text in the maker's own language stays."""

    status = 409
    code = "source-text-needed"
    title = "The original text stays"
    detail = "Translations can be taken away, the text in the product's own language only changed."
