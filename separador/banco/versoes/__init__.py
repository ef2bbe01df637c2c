"""Lets program and database know each other's version, keeps a copy before a migration, and goes back to it."""
