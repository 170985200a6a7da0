"""Identity over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from app.identity import passwords, policy, queries
from app.identity.actions import api_keys, codes, credentials, moderation, people, proving, sessions
from app.identity.actions.sessions import Opened
from app.identity.guard import InPerson, Operator, Router, Visitor, allowed
from app.identity.models import ApiKey, Purpose
from app.identity.schemas import (
    Address,
    ApiKeyCreate,
    ApiKeyCreated,
    ApiKeyRead,
    CodeRequest,
    CodeRequestRead,
    ContactChange,
    MeRead,
    NextSteps,
    PasswordReset,
    PasswordSet,
    PersonAccountRead,
    PersonRead,
    ProfileUpdate,
    Reauthentication,
    Refresh,
    ResidencesSet,
    SessionCreate,
    SessionOpened,
    SessionRead,
    SessionTokens,
    Suspend,
)
from app.kernel.actor import Actor
from app.kernel.edge.clients import ClientNetwork
from app.kernel.edge.conditions import Paging
from app.kernel.edge.document import refuses
from app.kernel.edge.sessions import OwnTransactions, ReadSession, WriteSession
from app.kernel.event_log import record
from app.kernel.pages import Page
from app.kernel.problems import Forbidden, NotAuthenticated
from app.kernel.schema import PageRead

router = Router(tags=["identity"])

Reader = Annotated[Actor, allowed("profile:read")]
Writer = Annotated[Actor, allowed("profile:write")]


@router.command("/auth/codes", keeps_answer=False, status_code=202)
async def request_code(
    body: CodeRequest, actor: Visitor, session: WriteSession, network: ClientNetwork
) -> CodeRequestRead:
    """Send a one-time code to a phone number or e-mail address, known or not: to sign in, and to sign up.

    422 `channel-not-offered` where this installation does not send that way; 429 where the address, its range of
    numbers or your network was sent enough for now.
    """
    await codes.request(session, actor, body.address, body.way, body.purpose, network=network)
    return CodeRequestRead(channel=body.way, valid_minutes=codes.LIFE_MINUTES)


@router.command("/auth/sessions", keeps_answer=False, status_code=201, responses=refuses(NotAuthenticated, Forbidden))
async def create_session(
    body: SessionCreate, actor: Visitor, session: WriteSession, database: OwnTransactions, network: ClientNetwork
) -> SessionOpened:
    """Sign in with a code, a password, or both; a new address signs up.

    401 `credentials-refused` where that does not fit, whoever has the address; 422 `display-name-missing` where nobody
    has it yet; 403 `second-proof-needed` where the number may have a new owner; 429 after too many tries.
    """
    proof = await proving.examine(database, actor, body, Purpose.SIGN_IN, network)
    opened = await sessions.sign_in(session, actor, proof, device=body.device, name=body.display_name)
    device_token = proving.device_token(database.settings, opened.row.person_id)
    return SessionOpened(**_tokens(opened), device_token=device_token, is_new_person=proof.person_id is None)


@router.command("/auth/refresh", keeps_answer=False, responses=refuses(NotAuthenticated))
async def refresh_session(body: Refresh, actor: Visitor, session: WriteSession) -> SessionTokens:
    """Exchange a refresh token for new tokens.

    Within 20 seconds the same token gives the same tokens again; later it counts as stolen, and its session ends:
    401 `refresh-refused`.
    """
    return SessionTokens(**_tokens(await sessions.refresh(session, actor, body.refresh_token)))


@router.delete("/auth/sessions/current", status_code=204)
async def end_current_session(actor: InPerson, session: WriteSession) -> None:
    """Sign out: the session's tokens are worth nothing from now on."""
    assert actor.session_id is not None  # noqa: S101 - that is what InPerson means
    await sessions.end_own(session, actor, actor.session_id)


@router.command("/auth/reauthentication", keeps_answer=False)
async def reauthenticate(
    body: Reauthentication, actor: InPerson, session: WriteSession, database: OwnTransactions, network: ClientNetwork
) -> SessionRead:
    """Confirm that it is you, which some deeds want to be recent: by a code for `reauthenticate`, or your password.

    401 `credentials-refused` where that does not fit.
    """
    proof = await proving.examine(database, actor, body, Purpose.REAUTHENTICATE, network)
    return SessionRead.of(await sessions.reauthenticate(session, actor, proof), actor.session_id)


@router.command("/auth/password-resets", keeps_answer=False, status_code=204, responses=refuses(NotAuthenticated))
async def reset_password(
    body: PasswordReset, actor: Visitor, session: WriteSession, database: OwnTransactions, network: ClientNetwork
) -> None:
    """Set a new password with a code for `reset`; every session ends.

    401 `credentials-refused` where the code does not fit, or nobody has the address.
    """
    proof = await proving.examine(database, actor, body.shown, Purpose.RESET, network)
    password_hash = await passwords.derive_hash(body.password.get_secret_value())
    await credentials.reset_password(session, actor, proof, password_hash)


@router.get("/me")
async def read_me(actor: Reader, session: ReadSession) -> MeRead:
    """Read your own profile, with what nobody else sees of it."""
    return await queries.get_me(session, actor)


@router.patch("/me")
async def update_me(body: ProfileUpdate, actor: Writer, session: WriteSession) -> MeRead:
    """Change what you send of your profile; what you leave out stays."""
    return MeRead.of(await people.update(session, actor, body))


@router.put("/me/residences")
async def set_residences(body: ResidencesSet, actor: Writer, session: WriteSession) -> MeRead:
    """Say anew where you live and lived; an old city counts too."""
    return MeRead.of(await people.set_residences(session, actor, body))


@router.put("/me/contact")
async def change_contact(
    body: ContactChange, actor: InPerson, session: WriteSession, database: OwnTransactions, network: ClientNetwork
) -> MeRead:
    """Put a new number in place of your number, or a new e-mail address in place of yours, with a code for `contact`.

    403 `reauthentication-needed`; 401 `credentials-refused`; 409 `address-taken` where another account has it.
    """
    proof = await proving.examine(database, actor, body.shown, Purpose.CONTACT, network)
    return MeRead.of(await credentials.change_contact(session, actor, proof))


@router.put("/me/password", status_code=204)
async def set_password(body: PasswordSet, actor: InPerson, session: WriteSession) -> None:
    """Set or change your password; your other sessions end. 403 `reauthentication-needed`."""
    password_hash = await passwords.derive_hash(body.password.get_secret_value())
    await credentials.set_password(session, actor, password_hash)


@router.get("/me/next-steps")
async def list_next_steps(actor: Reader, session: ReadSession) -> NextSteps:
    """Read what your profile still lacks and what that is good for, the most useful first."""
    return NextSteps(items=await queries.next_steps(session, actor))


@router.get("/me/sessions", response_model=PageRead[SessionRead])
async def list_sessions(actor: Reader, session: ReadSession, asked: Paging) -> Page[SessionRead]:
    """Read on which devices you are signed in, the newest first."""
    return await queries.session_page(session, actor, asked)


@router.delete("/me/sessions/{session_id}", status_code=204)
async def end_session(session_id: UUID, actor: Writer, session: WriteSession) -> None:
    """Sign a device of yours out, from its next request on."""
    await sessions.end_own(session, actor, session_id)


@router.get("/people/{person_id}")
async def read_person(person_id: UUID, actor: Reader, session: ReadSession) -> PersonRead:
    """Read what to call somebody."""
    return await queries.get_person(session, actor, person_id)


@router.get("/people", response_model=PageRead[PersonAccountRead])
async def find_people(
    address: Annotated[Address, Query()], actor: Operator, session: WriteSession, asked: Paging
) -> Page[PersonAccountRead]:
    """Find the account of a number or e-mail address (operators); that you looked is recorded."""
    page = await queries.account_page(session, address, asked)
    for found in page.items:
        record(session, actor, "AccountLookedUp", "person", found.id)
    return page


@router.command("/people/{person_id}/suspension", status_code=201)
async def suspend_person(person_id: UUID, body: Suspend, actor: Operator, session: WriteSession) -> PersonAccountRead:
    """Suspend a person (operators): their sessions end and their keys are refused at once. 409 `own-suspension`."""
    return PersonAccountRead.of(await moderation.suspend(session, actor, person_id, body.reason))


@router.delete("/people/{person_id}/suspension")
async def reinstate_person(person_id: UUID, actor: Operator, session: WriteSession) -> PersonAccountRead:
    """Lift a suspension (operators); the person signs in anew."""
    return PersonAccountRead.of(await moderation.reinstate(session, actor, person_id))


@router.command("/api-keys", keeps_answer=False, status_code=201)
async def create_api_key(body: ApiKeyCreate, actor: InPerson, session: WriteSession) -> ApiKeyCreated:
    """Make a key with which another program acts for you; its secret is shown this once.

    403 `reauthentication-needed`.
    """
    key, secret = await api_keys.create(session, actor, policy.require_self(actor), body)
    return ApiKeyCreated.of(key, secret)


@router.get("/api-keys", response_model=PageRead[ApiKeyRead])
async def list_api_keys(actor: Reader, session: ReadSession, asked: Paging) -> Page[ApiKey]:
    """Read the keys that act for you, the newest first."""
    return await queries.api_key_page(session, policy.require_self(actor), asked)


@router.delete("/api-keys/{key_id}", status_code=204)
async def revoke_api_key(key_id: UUID, actor: Writer, session: WriteSession) -> None:
    """End a key that acts for you: it is refused from the next request on."""
    await api_keys.revoke(session, actor, policy.require_self(actor), key_id)


def _tokens(opened: Opened) -> dict[str, Any]:
    row = opened.row
    return {
        "session_id": row.id,
        "person_id": row.person_id,
        "access_token": opened.access_token,
        "access_expires_at": row.access_expires_at,
        "refresh_token": opened.refresh_token,
        "refresh_expires_at": row.refresh_expires_at,
    }
