"""Reading reference: what the libraries know, by the reader's language, and the tables of HS codes and universities."""

import re
import zoneinfo
from collections.abc import Collection
from functools import cache
from uuid import UUID

import phonenumbers
import pycountry
from babel import Locale, localedata
from babel.core import get_global
from babel.numbers import get_territory_currencies
from sqlalchemy import exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import money
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.reference.models import HsCode, University, UniversityDomain, UntrustedDomain
from app.reference.schemas import (
    CountryRead,
    CurrencyRead,
    HsCodeRead,
    LanguageRead,
    TimeZoneRead,
    UniversityRead,
)
from app.reference.university_domains import Finding, classify, suffixes
from app.reference.university_file import folded

# Large languages of Indonesia for which the locale database has a name and nothing else.
_OF_INDONESIA = {"ace", "ban", "bbc", "bew", "bjn", "bug", "gor", "mad", "mak", "min", "sas"}


@cache
def countries(language: str) -> tuple[CountryRead, ...]:
    """Every country and territory, by code."""
    names = Locale(language).territories
    return tuple(
        CountryRead(
            code=country.alpha_2,
            name=names.get(country.alpha_2, country.name),
            currencies=tuple(get_territory_currencies(country.alpha_2)),
            calling_code=_calling_code(country.alpha_2),
        )
        for country in sorted(pycountry.countries, key=lambda country: country.alpha_2)
    )


@cache
def currencies(language: str) -> tuple[CurrencyRead, ...]:
    """Every currency in use, by code."""
    names = Locale(language).currencies
    return tuple(
        CurrencyRead(
            code=code,
            name=names.get(code, code),
            exponent=money.exponent(code),
            payment_step=money.payment_step(code),
        )
        for code in sorted(money.currencies())
    )


@cache
def languages(language: str) -> tuple[LanguageRead, ...]:
    """Every language whose tag is accepted, without its scripts and regions, by tag."""
    names, english = Locale(language).languages, Locale("en").languages
    tags = {tag for tag in localedata.locale_identifiers() if tag in english and "_" not in tag}
    return tuple(LanguageRead(code=tag, name=names.get(tag, english[tag])) for tag in sorted(tags | _OF_INDONESIA))


@cache
def time_zones() -> tuple[TimeZoneRead, ...]:
    """Every time zone that is named after a place in a country, by name."""
    places = get_global("zone_territories")
    known = sorted(zoneinfo.available_timezones() & set(places))
    return tuple(TimeZoneRead(name=name, country=places[name]) for name in known if places[name].isalpha())


async def hs_exists(session: AsyncSession, first_six: str) -> bool:
    """Whether the six digits are a subheading in the reference."""
    return bool(await known_hs_codes(session, [first_six]))


async def known_hs_codes(session: AsyncSession, codes: Collection[str]) -> set[str]:
    """Those of `codes` (2, 4 or 6 digits) that are in the reference, in one statement."""
    return set(await session.scalars(select(HsCode.code).where(HsCode.code.in_(codes))))


async def list_hs_codes(
    session: AsyncSession, language: str, asked: PageRequest, *, words: str, parent: str | None
) -> Page[HsCodeRead]:
    """Codes in order, in which each word begins the code or a word of its description, right below `parent`.

    The parent of chapters is the empty text.
    """
    translated = HsCode.translations[language].astext
    statement = select(HsCode.code, HsCode.parent, func.coalesce(translated, HsCode.description))
    if parent is not None:
        statement = statement.where(HsCode.parent.is_not_distinct_from(parent or None))
    for word in words.split():
        begins = rf"\m{re.escape(word)}"
        described = [text.regexp_match(begins, flags="i") for text in (HsCode.description, translated)]
        statement = statement.where(or_(HsCode.code.startswith(word, autoescape=True), *described))
    page = await fetch(session, statement, [Sort(HsCode.code)], asked)
    items = [HsCodeRead(code=code, parent=above, description=text) for code, above, text in page.items]
    return Page(items, page.next_cursor)


async def list_universities(
    session: AsyncSession, asked: PageRequest, *, words: str, country: str | None
) -> Page[UniversityRead]:
    """Universities by name, of which each word begins a word of the name, in any case or accent, or a domain."""
    domains = (
        select(func.array_agg(aggregate_order_by(UniversityDomain.domain, UniversityDomain.domain)))
        .where(UniversityDomain.university_id == University.id)
        .scalar_subquery()
    )
    statement = select(University.id, University.name, University.country, domains.label("domains"))
    if country is not None:
        statement = statement.where(University.country == country)
    for word in folded(words).split():
        has_domain = exists().where(
            UniversityDomain.university_id == University.id, UniversityDomain.domain.startswith(word, autoescape=True)
        )
        statement = statement.where(or_(University.folded.regexp_match(rf"\m{re.escape(word)}"), has_domain))
    page = await fetch(session, statement, [Sort(University.name), Sort(University.id)], asked)
    return Page([UniversityRead.model_validate(row) for row in page.items], page.next_cursor)


async def university_name(session: AsyncSession, university_id: UUID) -> str | None:
    """The name of a university; None where there is none of this id."""
    return await session.scalar(select(University.name).where(University.id == university_id))


async def university_behind(session: AsyncSession, domain: str) -> Finding[UUID]:
    """The university in whose domain an address lies, or why none is found."""
    within = suffixes(domain)
    known = select(UniversityDomain.domain, UniversityDomain.university_id).where(UniversityDomain.domain.in_(within))
    untrusted = select(UntrustedDomain.domain).where(UntrustedDomain.domain.in_(within))
    universities = dict((await session.execute(known)).all())
    return classify(domain, universities, set(await session.scalars(untrusted)))


def _calling_code(country: str) -> str | None:
    code = phonenumbers.country_code_for_region(country)
    return f"+{code}" if code else None
