"""A file of entries (FEC) read as the tax office reads it: by its published rules, and by none of our code.

References
----------
.. [1] Livre des procédures fiscales, article A47 A-1, VI to XII.
.. [2] Test Compta Demat of the DGFiP, whose source is public: the name (`init.pl`), the header (`trt_entete.pl`), the
   lines (`trt_txt.pl`), what may not be empty (`fmt_arrete`, `SQL/FECBIC.sql`).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

COLUMNS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib"),
    *("PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate"),
    *("Montantdevise", "Idevise"),
)
"""In this order; the last but ValidDate, and the auxiliary account, may be empty, two and two."""
PAIRS = (("CompAuxNum", "CompAuxLib"), ("EcritureLet", "DateLet"), ("Montantdevise", "Idevise"))
NEVER_EMPTY = [name for name in COLUMNS if not any(name in pair for pair in PAIRS)]
DATES = ("EcritureDate", "PieceDate", "DateLet", "ValidDate")
AMOUNTS = ("Debit", "Credit", "Montantdevise")
AMOUNT = re.compile(r"[+-]?[0-9]+(,[0-9]+)?")  # no thousands, a comma, the sign in front
ACCOUNT = re.compile(r"[1-8][0-9]{2}[0-9A-Za-z]*")  # classes 1 to 8 of the plan comptable, three digits at least
NAME = re.compile(r"([0-9]{9})FEC([0-9]{8})\.txt")

Line = dict[str, str]


def anomalies(name: str, content: bytes) -> list[str]:
    """What the office would object to, each kind once, in the order in which it looks."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return ["encoding"]
    head, *rows = text.removesuffix("\r\n").split("\r\n")
    found = list(_of_the_file(name, text, head, rows))
    if found:
        return found
    lines = [dict(zip(COLUMNS, row.split("\t"), strict=True)) for row in rows]
    found = list(dict.fromkeys(each for line in lines for each in _of_a_line(line)))
    return found or [*_of_the_entries(lines), *_of_the_order(lines, closing=name[12:20])]


def _of_the_file(name: str, text: str, head: str, rows: Sequence[str]) -> Iterator[str]:
    named = NAME.fullmatch(name)
    if not (named and _is_siren(named[1]) and _is_date(named[2])):
        yield "name"
    if text.startswith("\ufeff") or "\0" in text:
        yield "encoding"
    if not text.endswith("\r\n") or re.search(r"[\r\n]", text.replace("\r\n", "")):
        yield "line ends"
    if head != "\t".join(COLUMNS):
        yield "header"
    if not rows or not all(rows):
        yield "empty line"
    elif any(row.count("\t") != len(COLUMNS) - 1 for row in rows):
        yield "number of fields"


def _of_a_line(line: Line) -> Iterator[str]:
    if not all(line[name].strip() for name in NEVER_EMPTY):
        yield "empty field"
    if any(cell != cell.strip(" ") or '"' in cell for cell in line.values()):
        yield "text"
    if not ACCOUNT.fullmatch(line["CompteNum"]):
        yield "account"
    if not all(_is_date(line[name]) for name in DATES if line[name]):
        yield "date"
    if not all(AMOUNT.fullmatch(line[name]) for name in AMOUNTS if line[name]):
        yield "amount"
    elif (_units(line["Debit"]) != 0) == (_units(line["Credit"]) != 0):
        yield "debit or credit"
    if any(bool(line[one]) != bool(line[other]) for one, other in PAIRS):
        yield "half a pair"


def _of_the_entries(lines: Sequence[Line]) -> Iterator[str]:
    entries = defaultdict[str, list[Line]](list)
    for line in lines:
        entries[line["EcritureNum"]].append(line)
    if any(sum(_units(each["Debit"]) - _units(each["Credit"]) for each in entry) for entry in entries.values()):
        yield "balance"
    alike = ("JournalCode", "EcritureDate", "ValidDate")
    if any(len({tuple(each[name] for name in alike) for each in entry}) > 1 for entry in entries.values()):
        yield "one entry, several days or journals"


def _of_the_order(lines: Sequence[Line], *, closing: str) -> Iterator[str]:
    numbers = [line["EcritureNum"] for line in lines]
    in_a_row = [str(number) for number in range(1, len(set(numbers)) + 1)]
    if list(dict.fromkeys(numbers)) != in_a_row or numbers != sorted(numbers, key=int):
        yield "numbering"
    validated = [line["ValidDate"] for line in lines]
    if validated != sorted(validated) or any(line["ValidDate"] < line["EcritureDate"] for line in lines):
        yield "order of days"
    if any(line["EcritureDate"] > closing for line in lines):
        yield "after the closing"


def _units(amount: str) -> Decimal:
    return Decimal(amount.replace(",", ".") or 0)


def _is_date(text: str) -> bool:
    try:
        return datetime.strptime(text, "%Y%m%d").strftime("%Y%m%d") == text  # noqa: DTZ007  # a day
    except ValueError:
        return False


def _is_siren(digits: str) -> bool:
    """Luhn's key: every second digit from the right counts twice, as the sum of its digits."""
    return sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(reversed(digits))) % 10 == 0
