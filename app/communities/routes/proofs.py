"""One's own proofs of belonging to a university, over HTTP."""

from typing import Annotated, Any

from app.communities.actions import proofs
from app.communities.queries import students as queries
from app.communities.schemas.students import ProofCodeRequest, ProofCreate, ProofRead
from app.identity.actions import codes, proving
from app.identity.guard import Router, allowed
from app.identity.models import Purpose
from app.identity.schemas import CodeRequestRead
from app.kernel.actor import Actor
from app.kernel.edge.clients import ClientNetwork
from app.kernel.edge.conditions import Paging
from app.kernel.edge.sessions import OwnTransactions, ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead
from app.messaging.outgoing import Channel

router = Router(prefix="/me/university-proofs", tags=["communities"])

Reader = Annotated[Actor, allowed("profile:read")]
Writer = Annotated[Actor, allowed("profile:write")]


@router.command("/codes", keeps_answer=False, status_code=202)
async def request_proof_code(
    body: ProofCodeRequest, actor: Writer, session: WriteSession, network: ClientNetwork
) -> CodeRequestRead:
    """Send a one-time code to your address of a university.

    422 `address-proves-nothing` with a `reason`: `unknown`, `untrusted` where anybody may have such an address,
    `alumni`, `lookalike`. 429 where the address, its domain or your network was sent enough for now.
    """
    await proofs.request_code(session, actor, body.address, network)
    return CodeRequestRead(channel=Channel.EMAIL, valid_minutes=codes.LIFE_MINUTES)


@router.command("", keeps_answer=False, status_code=201, response_model=ProofRead)
async def prove_university(
    body: ProofCreate, actor: Writer, session: WriteSession, database: OwnTransactions, network: ClientNetwork
) -> Any:
    """Prove with the code that you belong to a university, for a year; it makes you a member of nothing.

    An address proves something of one person: of whoever proved it last. 401 `credentials-refused`.
    """
    shown = await proving.examine(database, actor, body.shown, Purpose.UNIVERSITY, network)
    return await proofs.prove(session, actor, shown)


@router.get("", response_model=PageRead[ProofRead])
async def list_proofs(actor: Reader, session: ReadSession, asked: Paging) -> Page[Any]:
    """Read what you have proved, and what officers proved of you by hand, the newest first."""
    return await queries.own_proofs(session, actor, asked)
