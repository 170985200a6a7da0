"""The Harmonized System's codes; the other reference is computed from what we depend on."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


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
