"""The capabilities of this program."""
