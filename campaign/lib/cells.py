"""Cells of a CSV: text that no spreadsheet runs, and what it was before a spreadsheet could see it."""

# A spreadsheet takes a cell that begins like this for a formula; the last four are full-width twins.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: object) -> str:
    """The value as text that no spreadsheet runs: what looks like a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if _looks_like_a_formula(text) else text


def unguarded(cell: str) -> str:
    """What `safe_cell` was given. A cell that has no guard stays as it is."""
    return cell[1:] if cell.startswith("'") and _looks_like_a_formula(cell) else cell


def _looks_like_a_formula(text: str) -> bool:
    """Also behind apostrophes: a guard of somebody else's is guarded again, so that it can be told from ours."""
    return text.lstrip("'").startswith(_FORMULA)
