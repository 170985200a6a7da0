"""Codes shown and scanned at a meeting, over HTTP."""

from app.identity.guard import InPerson, Router
from app.kernel.edge.document import refuses
from app.kernel.edge.sessions import WriteSession
from app.kernel.problems import NotFound
from app.trust.actions import meeting
from app.trust.schemas import TieCodeCreate, TieCodeCreated, TieCodeRedeem, TieRead

router = Router(tags=["trust"])


@router.command("/me/tie-codes", keeps_answer=False, status_code=201)
async def make_tie_code(body: TieCodeCreate, actor: InPerson, session: WriteSession) -> TieCodeCreated:
    """Get a link to show as a QR code: whoever scans it within minutes is tied to you, and needs no further yes.

    It is known in this moment alone. 429 after two hundred a day.
    """
    return await meeting.show(session, actor, body)


@router.command("/tie-codes/redemption", status_code=201, responses=refuses(NotFound))
async def redeem_tie_code(body: TieCodeRedeem, actor: InPerson, session: WriteSession) -> TieRead:
    """Be tied to whoever shows you the code; scanned again, it gives the same tie.

    404 `tie-code-invalid` where it is wrong, too old or used up; 409 `own-tie-code`.
    """
    return await meeting.scan(session, actor, body)
