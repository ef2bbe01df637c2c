"""Holds the commands of the database (`separador banco`)."""
