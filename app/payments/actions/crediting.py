"""Leaving over-payments with the payee as credit, and setting them off."""

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.ids import new_id
from app.payments.errors import CreditInsufficient
from app.payments.models import AccountCredit, Obligation


async def grant(session: AsyncSession, obligation: Obligation, amount: int) -> None:
    """Leave an amount with the payee of an obligation as credit of its payer."""
    statement = insert(AccountCredit).values(
        id=new_id(),
        holder_id=obligation.payer_id,
        debtor_id=obligation.payee_id,
        currency=obligation.currency,
        amount=amount,
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["holder_id", "debtor_id", "currency"],
            set_={"amount": AccountCredit.amount + statement.excluded.amount},
        )
    )


async def draw(session: AsyncSession, obligation: Obligation, amount: int) -> None:
    """Set an amount off against the payer's credit with the payee, once. Raises CreditInsufficient."""
    drawn = await session.execute(
        update(AccountCredit)
        .where(
            AccountCredit.holder_id == obligation.payer_id,
            AccountCredit.debtor_id == obligation.payee_id,
            AccountCredit.currency == obligation.currency,
            AccountCredit.amount >= amount,
        )
        .values(amount=AccountCredit.amount - amount)
        .returning(AccountCredit.id)
    )
    if drawn.scalar_one_or_none() is None:
        raise CreditInsufficient
