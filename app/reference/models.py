"""The Harmonized System's codes and the universities; other reference is computed from what we depend on."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base
from app.kernel.ids import new_id


class HsCode(Base):
    """A chapter (2 digits), heading (4) or subheading (6) of the Harmonized System.

    The product ships some hundred; an imported description stays when the shipped one changes.
    """

    __tablename__ = "hs_codes"

    code: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str | None] = mapped_column(ForeignKey("hs_codes.code"), index=True)
    description: Mapped[str]
    translations: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    is_imported: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint("code ~ '^([0-9]{2}){1,3}$'", name="code"),
        CheckConstraint("parent IS NOT DISTINCT FROM nullif(left(code, -2), '')", name="parent"),
    )


class University(Base):
    """A university, known by its country and its name without case and accents, which is also what it is found by."""

    __tablename__ = "universities"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    country: Mapped[str]
    name: Mapped[str]
    folded: Mapped[str]

    __table_args__ = (
        UniqueConstraint("country", "folded"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        Index("ix_universities_name", "name", "id"),
        Index("ix_universities_folded", "folded", postgresql_using="gin", postgresql_ops={"folded": "gin_trgm_ops"}),
    )


class UniversityDomain(Base):
    """A domain in which a university gives addresses; what lies below it is the same university's, if not listed."""

    __tablename__ = "university_domains"

    domain: Mapped[str] = mapped_column(primary_key=True)
    university_id: Mapped[UUID] = mapped_column(ForeignKey("universities.id"), index=True)

    __table_args__ = (CheckConstraint("domain ~ '^[a-z0-9.-]+[.][a-z0-9-]+$'", name="domain"),)


class Distrust(StrEnum):
    """Why addresses of a domain prove nothing: they are no students', or are given to anybody."""

    STOPLISTED = "stoplisted"
    ABUSED = "abused"


class UntrustedDomain(Base):
    """A domain, or a whole top level, whose addresses prove nothing, as a list says that an operator has imported."""

    __tablename__ = "untrusted_domains"

    domain: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]

    __table_args__ = (CheckConstraint("reason IN ('stoplisted', 'abused')", name="reason"),)
