"""The ledger as an accountant reads it: the French chart of accounts, CSV lines, and the file of entries (FEC).

FEC: article A47 A-1 of the Livre des procédures fiscales, 18 columns, one line a posting, entries numbered in order.
Accounts: plan comptable général, https://www.anc.gouv.fr
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from mobility.payments.rules.ledger import AccountKind


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of the ledger with its transaction; `at` on the clocks of its city, positive cents are a debit."""

    id: int
    transaction_id: UUID
    at: datetime
    key: str
    kind: str
    city_id: str | None
    reference_id: UUID | None
    account: AccountKind
    owner: str
    currency: str
    cents: int


CHART: Final = {
    AccountKind.RIDER: ("411000", "Clients"),
    AccountKind.REVENUE: ("706000", "Prestations de services"),
    AccountKind.VAT: ("445710", "TVA collectée"),
    AccountKind.GATEWAY: ("517000", "Prestataires de paiement"),
    AccountKind.DISPUTED: ("416000", "Clients douteux ou litigieux"),
    AccountKind.LOSSES: ("654000", "Pertes sur créances irrécouvrables"),
    AccountKind.CREDIT: ("419100", "Clients, avances et acomptes reçus"),
    AccountKind.PROMOTIONS: ("709600", "Rabais, remises et ristournes accordés"),
    AccountKind.VOUCHERS: ("487000", "Produits constatés d'avance"),
    AccountKind.FEES: ("627800", "Commissions sur encaissements"),
    AccountKind.PAYOUTS: ("580000", "Virements internes"),
}
"""Number and name of each kind of account."""
PERSONAL: Final = frozenset({AccountKind.RIDER, AccountKind.CREDIT})
"""Accounts of one person each: they have an auxiliary account, named by the person's id and nothing else."""

SALES, BANK, OTHER = ("VE", "Ventes"), ("BQ", "Banque"), ("OD", "Opérations diverses")
AT_THE_BANK: Final = frozenset({"capture", "repayment", "dispute", "fee", "payout"})
NOT_SALES: Final = frozenset({"write_off"})

LABELS: Final = {
    "rental": "Trajet",
    "capture": "Encaissement",
    "refund": "Remboursement accordé",
    "repayment": "Remboursement versé",
    "dispute": "Litige bancaire",
    "fee": "Commission",
    "payout": "Virement du prestataire",
    "write_off": "Créance trop faible abandonnée",
}
"""What an entry is called; another kind is called by its own name."""

CSV_COLUMNS: Final = (
    "at",
    "transaction",
    "key",
    "kind",
    "city",
    "reference",
    "account",
    "chart",
    "owner",
    "currency",
    "debit",
    "credit",
)
FEC_COLUMNS: Final = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
# What a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """The text as a spreadsheet shows it and does not run it; a separator or a new line in it becomes a space."""
    flat = " ".join(text.split())
    return f"'{flat}" if text.startswith(FORMULA) else flat


def csv_row(posting: Posting) -> tuple[str, ...]:
    """The cells of `CSV_COLUMNS`; amounts in units of the currency, with a point."""
    told = (posting.key, posting.kind, posting.city_id or "", str(posting.reference_id or ""))
    return (
        posting.at.isoformat(),
        str(posting.transaction_id),
        *(safe_cell(cell) for cell in told),
        posting.account,
        CHART[posting.account][0],
        safe_cell(posting.owner),
        posting.currency,
        _units(max(posting.cents, 0), "."),
        _units(max(-posting.cents, 0), "."),
    )


def fec_name(siren: str, last: date) -> str:
    """What the file of entries up to the day `last` is called (article A47 A-1, X)."""
    return f"{siren}FEC{last:%Y%m%d}.txt"


def fec_row(posting: Posting, number: int) -> tuple[str, ...]:
    """The cells of `FEC_COLUMNS`; `number` is the entry's own in the file, the same for all of its lines."""
    code, journal = journal_of(posting.kind)
    account, name = CHART[posting.account]
    auxiliary = safe_cell(posting.owner) if posting.account in PERSONAL else ""
    day = posting.at.strftime("%Y%m%d")
    piece = safe_cell(str(posting.reference_id or posting.key))
    label = LABELS.get(posting.kind, safe_cell(posting.kind))
    amounts = _units(max(posting.cents, 0), ","), _units(max(-posting.cents, 0), ",")
    return (
        *(code, journal, str(number), day, account, name, auxiliary, f"Client {auxiliary}" if auxiliary else ""),
        *(piece, day, label, *amounts, "", "", day, "", ""),
    )


def journal_of(kind: str) -> tuple[str, str]:
    """Code and name of the journal that a kind of fact stands in."""
    if kind in AT_THE_BANK:
        return BANK
    return OTHER if kind in NOT_SALES or kind.startswith("credit_") else SALES


def numbered(postings: Sequence[Posting], *, last: tuple[int, UUID | None]) -> Iterator[tuple[int, Posting]]:
    """Each posting with the number of its entry, without gaps; `last` is the number and transaction before them."""
    number, transaction = last
    for posting in postings:
        if posting.transaction_id != transaction:
            number, transaction = number + 1, posting.transaction_id
        yield number, posting


def _units(cents: int, point: str) -> str:
    return f"{cents // 100}{point}{cents % 100:02d}"
