"""Holds the powers of attorney: the accesses of the offices to tax portals."""
