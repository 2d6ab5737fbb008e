from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db.tables import Base


class ParkingPhoto(Base):
    """A photo that was asked for where a ride ended, and what came of it: a picture, a reason for none, or nothing yet.

    The picture itself lies in the photo store under `name`.
    """

    __tablename__ = "parking_photo"

    rental_id: Mapped[UUID] = mapped_column(primary_key=True)
    rider_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    asked_at: Mapped[datetime]
    # Why the rider took none, as they say; a picture that comes all the same stands beside it.
    excuse: Mapped[str | None]
    # Random and told to nobody, as a damage photo's.
    name: Mapped[str | None] = mapped_column(unique=True)
    taken_in_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("excuse IN ('camera', 'unsafe', 'other')", name="excuse"),
        CheckConstraint("(name IS NULL) = (taken_in_at IS NULL)", name="taken_in"),
        Index("ix_parking_photo_rider_id", "rider_id"),
        Index("ix_parking_photo_asked_at", "asked_at"),
    )
