"""Refusals of reselling."""

from app.kernel.problems import Problem


class AgreementExists(Problem):
    """The two parties have an agreement, or one was asked for, already."""

    status = 409
    code = "agreement-exists"
    title = "There is an agreement already"
    detail = "Use the agreement {agreement_id}: propose new terms there, or end it before asking for another."


class TerritoryTaken(Problem):
    """Somebody's exclusive territory overlaps the proposed one."""

    status = 409
    code = "territory-taken"
    title = "This territory is taken"
    detail = (
        "It overlaps the territory of another agreement, and one of the two is exclusive. "
        "Choose other countries or cities, or change the other agreement first."
    )


class PriceListUnfit(Problem):
    """The price list named in the terms is not one of the supplier's for agreements in their currency."""

    status = 409
    code = "price-list-unfit"
    title = "This price list does not fit the terms"
    detail = "Name a price list of yours whose audience is agreements and whose currency is that of the terms."


class NotASupplier(Problem):
    """The organization asked does not produce."""

    status = 409
    code = "not-a-supplier"
    title = "This organization does not take resellers"
    detail = "Ask an organization that is a producer (MSME), and not your own."


class AgreementInactive(Problem):
    """The agreement is not running, or has no terms in force."""

    status = 409
    code = "agreement-inactive"
    title = "The agreement takes no orders now"
    detail = "Order again once the agreement is active and you have accepted its terms, or buy at the public price."
