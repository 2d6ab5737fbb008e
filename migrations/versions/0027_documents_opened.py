"""That somebody of the staff opened a rider's document is written down."""

from collections.abc import Sequence

from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

NAME = "ck_support_act_kind"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "support_act", type_="check")
    op.create_check_constraint(
        op.f(NAME), "support_act", "kind IN ('timeline', 'document', 'ride_end', 'price', 'refund', 'credit')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM support_act WHERE kind = 'document'")
    op.drop_constraint(op.f(NAME), "support_act", type_="check")
    op.create_check_constraint(
        op.f(NAME), "support_act", "kind IN ('timeline', 'ride_end', 'price', 'refund', 'credit')"
    )
