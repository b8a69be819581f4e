"""Cells that spreadsheets leave as they are.

A spreadsheet runs what starts like a formula, and makes a date of 7/11 and a number of 007. An
apostrophe before such a text keeps it; where one stands there already, it gets one more.
"""

import re

ALTERED = re.compile(r"'*+(?:[=+\-@＝＋－＠]|[\W\d_]+\Z)")


def guarded(text: str) -> str:
    """Return what to write into a cell for a text."""
    return f"'{text}" if ALTERED.match(text) else text


def unguarded(cell: str) -> str:
    """Return the text that a cell was written for."""
    return cell[1:] if cell.startswith("'") and ALTERED.match(cell[1:]) else cell
