"""Proving that one is the person behind an address: by a code, a password, or both."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import passwords, queries
from app.identity.actions import budgets, codes
from app.identity.actions.budgets import Budget
from app.identity.errors import CredentialsRefused
from app.identity.models import Purpose
from app.identity.schemas import Shown
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.event_log import record
from app.kernel.ids import new_id
from app.kernel.rate_limits import Policy
from app.kernel.settings import Settings
from app.kernel.signing import Signer

_QUARTER = 15 * 60
# An account has no more than two addresses, so strangers try it ten times at the most.
_PER_ADDRESS = Policy("tries-per-address", 5, _QUARTER)
_PER_DEVICE = Policy("tries-per-device", 10, _QUARTER)
_PER_NETWORK = Policy("tries-per-network", 100, _QUARTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Whose address it is, whether all that was shown is right, and which challenge it answered."""

    purpose: Purpose
    person_id: UUID | None
    address: str = field(repr=False)
    is_right: bool
    challenge_id: UUID | None
    has_password: bool
    paid: list[int]


async def examine(database: Database, actor: Actor, shown: Shown, purpose: Purpose, network: str) -> Proof:
    """Take one try from the budgets, then compare what is shown with what is kept.

    The try is paid for in a transaction of its own before anything is compared, so that no failure later on and no
    request in parallel gives it back; and while a password is hashed no connection is held. For an address that
    nobody has the same is done. Raises TooManyRequests.
    """
    challenge_id = None
    async with database.transaction() as session:
        account = await queries.find_account(session, shown.address)
        device = _known_device(database.settings, actor, shown, account.person_id)
        paid = await budgets.spend(
            session,
            Budget(_PER_DEVICE, str(device)) if device else Budget(_PER_ADDRESS, shown.address),
            Budget(_PER_NETWORK, network),
        )
        if shown.code is not None:
            challenge_id = await codes.attempt(session, shown.address, purpose, shown.code, is_counted=device is None)
    is_right = shown.code is None or challenge_id is not None
    if shown.password is not None:
        is_right &= await passwords.matches(shown.password.get_secret_value(), account.password_hash)
    return Proof(
        purpose=purpose,
        person_id=account.person_id,
        address=shown.address,
        is_right=is_right,
        challenge_id=challenge_id,
        has_password=shown.password is not None,
        paid=paid,
    )


async def accept(session: AsyncSession, actor: Actor, proof: Proof) -> None:
    """Take the proof for what it was shown for: its code is used up, its try given back.

    Raises CredentialsRefused, and leaves that in the audit log.
    """
    if not proof.is_right or (proof.challenge_id and not await codes.use_up(session, proof.challenge_id)):
        record(session, actor, "CredentialsRefused", "person", proof.person_id, {"purpose": proof.purpose})
        raise CredentialsRefused
    await budgets.refund(session, proof.paid)


def device_token(settings: Settings, person_id: UUID) -> str:
    """Make what a device shows the next time, so that strangers who try at the address do not lock it out."""
    return _devices(settings).sign(person_id.bytes + new_id().bytes)


def _known_device(settings: Settings, actor: Actor, shown: Shown, person_id: UUID | None) -> UUID | None:
    """The session or device by which the person at this address is known already."""
    if person_id is None:
        return None
    if actor.person_id == person_id:
        return actor.session_id
    content = _devices(settings).read(shown.device_token or "")
    return UUID(bytes=content[16:]) if content is not None and content[:16] == person_id.bytes else None


def _devices(settings: Settings) -> Signer:
    return Signer(settings.secret_key, "known device")
