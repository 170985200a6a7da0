"""Reference over HTTP: the same for everybody, so no credential is read; names are in the reader's language."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from app.kernel.edge.conditions import Paging, cacheable
from app.kernel.edge.routing import OperationRouter
from app.kernel.edge.sessions import ReadSession
from app.kernel.messages import negotiate
from app.kernel.pages import Page
from app.kernel.schema import Country, PageRead, SearchText
from app.reference import queries
from app.reference.schemas import (
    CountryRead,
    CurrencyRead,
    HsCodeRead,
    LanguageRead,
    TimeZoneRead,
    UniversityRead,
    WholeRead,
)

_DAY, _HOUR = 86_400, 3_600

router = OperationRouter(prefix="/reference", tags=["reference"])


async def _reader(request: Request, response: Response) -> str:
    language = negotiate(request.headers.get("accept-language"))
    response.headers["Content-Language"] = language
    cacheable(response, request, seconds=_DAY)
    return language


Reader = Annotated[str, Depends(_reader)]
"""The reader's language; the answer may be kept for a day."""


@router.get("/countries")
async def list_countries(language: Reader) -> WholeRead[CountryRead]:
    """List the countries and territories of ISO 3166-1, by code, with their currencies and calling codes."""
    return WholeRead(items=queries.countries(language))


@router.get("/currencies")
async def list_currencies(language: Reader) -> WholeRead[CurrencyRead]:
    """List the currencies of ISO 4217 in use, by code.

    Amounts are integers of 10^-`exponent` units: with exponent 2, 1250000 IDR is Rp 12,500.00. What people pay are
    multiples of `payment_step`.
    """
    return WholeRead(items=queries.currencies(language))


@router.get("/languages")
async def list_languages(language: Reader) -> WholeRead[LanguageRead]:
    """List the languages whose BCP 47 tags are accepted, by tag; a script or region may follow them, as in zh-Hant."""
    return WholeRead(items=queries.languages(language))


@router.get("/time-zones")
async def list_time_zones(_: Reader) -> WholeRead[TimeZoneRead]:
    """List the time zones of the IANA database that are named after a place, by name."""
    return WholeRead(items=queries.time_zones())


@router.get("/hs-codes", response_model=PageRead[HsCodeRead])
async def list_hs_codes(
    language: Reader,
    request: Request,
    response: Response,
    session: ReadSession,
    paging: Paging,
    q: Annotated[SearchText, Query(description="Beginnings of words of the description, or of the code.")] = "",
    parent: Annotated[
        str | None,
        Query(pattern=r"^([0-9]{2}){0,2}$", description="Only codes right below this one; empty: the chapters."),
    ] = None,
) -> Page[HsCodeRead]:
    """List codes of the Harmonized System: chapters (2 digits), headings (4) and subheadings (6), by code."""
    cacheable(response, request, seconds=_HOUR)
    return await queries.list_hs_codes(session, language, paging, words=q, parent=parent)


@router.get("/universities", response_model=PageRead[UniversityRead])
async def list_universities(
    request: Request,
    response: Response,
    session: ReadSession,
    paging: Paging,
    q: Annotated[
        SearchText, Query(description="Beginnings of words of the name, in any case or accent, or of a domain.")
    ] = "",
    country: Country | None = None,
) -> Page[UniversityRead]:
    """Find universities, by name, with the domains in which they give addresses."""
    cacheable(response, request, seconds=_HOUR)
    return await queries.list_universities(session, paging, words=q, country=country)
