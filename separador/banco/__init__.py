"""Keeps the state in SQLite (WAL, synchronous=FULL) through sqlite-utils.

It holds the connection, the migrations and the tables of the engine, one module per aggregate.
"""
