"""Stock's refusals."""

from collections.abc import Iterable
from uuid import UUID

from app.kernel.problems import FieldError, Problem


class OutOfStock(Problem):
    """There is not enough of something; `errors` name the variants."""

    status = 409
    code = "out-of-stock"
    title = "There is not enough in stock"
    detail = "Take less of the variants listed under errors, or leave them out, and try again."

    @classmethod
    def of(cls, variant_ids: Iterable[UUID]) -> "OutOfStock":
        """Name the variants there is too little of, without saying how much there is."""
        return cls(
            errors=[
                FieldError(f"/variants/{variant_id}", "out_of_stock", "There is not enough of this in stock.")
                for variant_id in sorted(variant_ids)
            ]
        )


class StockChanged(Problem):
    """Somebody else changed the stock since the caller read it."""

    status = 409
    code = "stock-changed"
    title = "The stock has changed meanwhile"
    detail = "There are {on_hand} on hand now. Count again from that and send it as expected."


class StockPromised(Problem):
    """The change would leave less than is promised to orders or held for buyers."""

    status = 409
    code = "stock-promised"
    title = "Too much of this is promised"
    detail = "Orders and reservations need more than would be left: {short} are missing. Cancel some of them first."
