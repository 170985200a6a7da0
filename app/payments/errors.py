"""Payments' refusals."""

from app.kernel.problems import Problem


class ReauthenticationNeeded(Problem):
    """The caller signed in too long ago for what they ask."""

    status = 403
    code = "reauthentication-needed"
    title = "Sign in again first"
    detail = "Whoever changes where money goes must have signed in within the last {minutes} minutes. Do so and repeat."


class PayoutAccountMissing(Problem):
    """The payee has not said where to be paid in this currency."""

    status = 409
    code = "payout-account-missing"
    title = "There is no account to pay to"
    detail = "Add a payout account in {currency} for whoever is to be paid, then try again."


class PayoutAccountInUse(Problem):
    """Only an account that is still on hold can be taken back."""

    status = 409
    code = "payout-account-in-use"
    title = "This account is past its hold"
    detail = "Only an account that is still on hold can be withdrawn. Add another one to replace it."


class CurrencyMismatch(Problem):
    """The amount is in another currency than what it is for."""

    status = 422
    code = "currency-mismatch"
    title = "This is owed in another currency"
    detail = "Give the amount in {currency}."


class NothingDue(Problem):
    """What is owed has been paid or called off."""

    status = 409
    code = "nothing-due"
    title = "Nothing is due"
    detail = "This has been paid or called off. Read it again before paying more."


class ReductionTooLarge(Problem):
    """More would be taken off than is owed."""

    status = 409
    code = "reduction-too-large"
    title = "This is more than is owed"
    detail = "Take off at most {amount} minor units of {currency}."


class CreditInsufficient(Problem):
    """The payer has less credit with the payee than they want to use."""

    status = 409
    code = "credit-insufficient"
    title = "There is not enough credit"
    detail = "Read your account credits and pay the rest in another way."
