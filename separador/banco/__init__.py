"""Keeps the state in SQLite (WAL, synchronous=FULL) through sqlite-utils: connection, migrations, one module per
aggregate."""
