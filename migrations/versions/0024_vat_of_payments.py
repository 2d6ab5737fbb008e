"""A payment knows the VAT in it: that of its document's lines, each rounded once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("payment", sa.Column("vat_cents", sa.Integer(), nullable=True))
    # What the ledger has of them: the VAT was worked out of the whole.
    op.execute(
        "UPDATE payment SET vat_cents = round((amount_cents + credit_cents) * vat_percent / (100 + vat_percent))"
    )
    op.alter_column("payment", "vat_cents", nullable=False)


def downgrade() -> None:
    op.drop_column("payment", "vat_cents")
