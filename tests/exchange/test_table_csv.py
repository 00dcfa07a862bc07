"""A table to take along as CSV."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

from exchange import table_csv


def test_excel_reads_its_characters_and_no_cell_becomes_a_formula() -> None:
    content = table_csv.write(("所管課", "=1+1"), [("@総務課", 3), ("一行目\n二行目", Decimal("-66.7"))])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [["所管課", "'=1+1"], ["'@総務課", "3"], ["一行目\n二行目", "-66.7"]]
