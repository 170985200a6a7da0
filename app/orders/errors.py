"""Refusals of orders."""

from app.kernel.problems import Problem


class NotOffered(Problem):
    """Some of the goods are not for sale, or not by this seller."""

    status = 409
    code = "not-offered"
    title = "Some of the goods are not offered"
    detail = "Take out the lines listed under errors: this seller does not offer them now."


class NotSoldThere(Problem):
    """Some of the goods are not sold into the country they are to be sent to."""

    status = 409
    code = "not-sold-there"
    title = "Some of the goods are not sold in this country"
    detail = "Take out the lines listed under errors, or have the order sent to a country they are sold in."


class PriceMissing(Problem):
    """There is no price for this buyer in this currency."""

    status = 409
    code = "price-missing"
    title = "Some of the goods have no price for you"
    detail = "Order in another currency, in a larger quantity, or take out the lines listed under errors."


class QuantityTooSmall(Problem):
    """Less than the least that is sold at once."""

    status = 409
    code = "quantity-too-small"
    title = "Some quantities are too small"
    detail = "Order at least what the lines listed under errors ask for."


class PackBroken(Problem):
    """Not a whole number of packs."""

    status = 409
    code = "pack-broken"
    title = "Some quantities are not whole packs"
    detail = "Order multiples of the packs named under errors."


class AmountTooLarge(Problem):
    """A line or an order beyond what is kept as money."""

    status = 409
    code = "amount-too-large"
    title = "The order is too large"
    detail = "Order less at once: a line comes to at most {maximum} minor units."


class ValueTooSmall(Problem):
    """Less than the agreement's least order."""

    status = 409
    code = "value-too-small"
    title = "The order is too small"
    detail = "Your terms ask for goods of at least {amount} {currency} minor units; this order has {present}."


class CreditExceeded(Problem):
    """More than the agreement's terms leave open at once."""

    status = 409
    code = "credit-exceeded"
    title = "This would pass your credit limit"
    detail = "Pay what is open first: {open} {currency} minor units of {limit} are used, and this order has {present}."


class ModeNotAgreed(Problem):
    """The agreement does not allow this way of selling."""

    status = 409
    code = "mode-not-agreed"
    title = "Your terms do not include this"
    detail = "The terms in force allow {modes}. Ask the seller for other terms."


class DeliveryNotAgreed(Problem):
    """The agreement does not reach into the country the order is to be sent to."""

    status = 409
    code = "delivery-not-agreed"
    title = "Your terms do not include this country"
    detail = "The terms in force allow deliveries to {countries}. Ask the seller for other terms."


class CurrencyNotAgreed(Problem):
    """The agreement is in another currency."""

    status = 409
    code = "currency-not-agreed"
    title = "Your terms are in another currency"
    detail = "Order in {currency}, the currency of the terms in force."


class ShipFromMissing(Problem):
    """The seller has no place to send goods from, or not the one named."""

    status = 409
    code = "ship-from-missing"
    title = "There is no such place to ship from"
    detail = "Leave the place out to have the seller's own, or ask the seller to name a location it ships from."


class UnitsUnavailable(Problem):
    """More units were named than can still be shipped, cancelled or delivered."""

    status = 409
    code = "units-unavailable"
    title = "There are not that many units left"
    detail = "Lower the quantities listed under errors to what is left, and mind units a cancellation is asked for."


class CancellationPending(Problem):
    """The buyer asked for a cancellation that was not answered yet."""

    status = 409
    code = "cancellation-pending"
    title = "A cancellation is waiting for an answer"
    detail = "Answer the cancellation {cancellation_id} first, or wait until its time is over."


class NothingChanged(Problem):
    """The change proposed is no change."""

    status = 409
    code = "nothing-changed"
    title = "This changes nothing"
    detail = "Offer fewer units of some line, or freight; to take the order as it is, accept it."


class NotAllArrived(Problem):
    """Some units are still to come."""

    status = 409
    code = "not-all-arrived"
    title = "Not everything has arrived"
    detail = "Confirm the deliveries first: {units} units are still to come."
