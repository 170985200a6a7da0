"""Uploads: what somebody sent, kept as files beside the database."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.identity.models import Party
from app.kernel.database import Aggregate, Base
from app.media.errors import NotToPublish


class Purpose(StrEnum):
    """What an upload is for."""

    RECEIPT = "receipt"
    PRODUCT_IMAGE = "product_image"
    EVIDENCE = "evidence"
    CERTIFICATE = "certificate"


class ContentType(StrEnum):
    """What is taken."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


class Visibility(StrEnum):
    """Who may see an upload, beyond those to whom another domain shows it."""

    PRIVATE = "private"
    PUBLIC = "public"


class Variant(StrEnum):
    """The files of an upload; a PDF is only there in full."""

    FULL = "full"
    DISPLAY = "display"
    THUMBNAIL = "thumbnail"


class Upload(Aggregate, Base):
    """One file of a party: a picture, of which only clean JPEG variants are kept, or a PDF, kept as it came.

    Size and digest (SHA-256) are those of what was sent; width and height those of the largest variant.
    """

    __tablename__ = "uploads"

    owner_id: Mapped[UUID] = mapped_column(ForeignKey(Party.id), index=True)
    purpose: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int | None]
    height: Mapped[int | None]
    visibility: Mapped[str] = mapped_column(default=Visibility.PRIVATE)

    __table_args__ = (
        CheckConstraint("purpose IN ('receipt', 'product_image', 'evidence', 'certificate')", name="purpose"),
        CheckConstraint(
            "content_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')", name="content_type"
        ),
        CheckConstraint("visibility IN ('private', 'public')", name="visibility"),
        CheckConstraint(
            "num_nulls(width, height) = CASE content_type WHEN 'application/pdf' THEN 2 ELSE 0 END", name="pixels"
        ),
    )

    @property
    def is_picture(self) -> bool:
        """Whether its files are JPEG."""
        return self.content_type != ContentType.PDF

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it."""
        return self.visibility == Visibility.PUBLIC

    @property
    def variants(self) -> list[Variant]:
        """The files it has."""
        return list(Variant) if self.is_picture else [Variant.FULL]

    def publish(self) -> None:
        """Let everybody see it. Raises NotToPublish for what is nobody else's business."""
        if self.purpose not in {Purpose.PRODUCT_IMAGE, Purpose.CERTIFICATE}:
            raise NotToPublish
        self.visibility = Visibility.PUBLIC
