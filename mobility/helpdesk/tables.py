from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.db.tables import Base


class SupportAct(Base):
    """Something one of the staff did for a rider or looked at, with the reason; never deleted.

    Above the city's limit it is `waiting` until a second person does it or refuses.
    """

    __tablename__ = "support_act"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]
    # The rental, the payment, the document or the account it is about.
    reference_id: Mapped[UUID]
    # What is given back or granted; for a price, what the ride is to cost; else 0.
    cents: Mapped[int]
    # How much money that moves, whichever way.
    moved_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    reason: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    state: Mapped[str]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('timeline', 'document', 'ride_end', 'price', 'refund', 'credit')", name="kind"),
        CheckConstraint("state IN ('done', 'waiting', 'refused')", name="state"),
        CheckConstraint("moved_cents >= 0", name="moved"),
        CheckConstraint("decided_by <> asked_by", name="two_people"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("state <> 'waiting' OR decided_by IS NULL", name="waiting"),
        Index("ix_support_act_city_id_id", "city_id", "id"),
        Index("ix_support_act_account_id_id", "account_id", "id"),
        Index("ix_support_act_reference_id", "reference_id"),
        Index("ix_support_act_waiting", "city_id", "id", postgresql_where=text("state = 'waiting'")),
    )
