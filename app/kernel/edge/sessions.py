"""One session per request, committed before the answer is sent."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import Database


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    """A command's transaction: committed when the operation returned, rolled back when it raised."""
    database: Database = request.app.state.database
    async with database.transaction() as session:
        request.state.session = session
        yield session


async def open_reading(request: Request) -> AsyncIterator[AsyncSession]:
    """A read's session, which refuses to write."""
    database: Database = request.app.state.database
    async with database.reading() as session:
        yield session


# With FastAPI's default scope the commit would come after the answer: a commit that fails would still say 201.
WriteSession = Annotated[AsyncSession, Depends(open_session, scope="function")]
ReadSession = Annotated[AsyncSession, Depends(open_reading, scope="function")]


async def read_database(request: Request) -> Database:
    """The process's database, on which an operation opens transactions of its own."""
    database: Database = request.app.state.database
    return database


Reads = Annotated[Database, Depends(read_database)]
"""For plain reads, which need rows and no session."""
OwnTransactions = Annotated[Database, Depends(read_database)]
"""For the few operations that keep a part whatever becomes of the rest: before their session's first statement."""
