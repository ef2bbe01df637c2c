"""Holds the events: one table, their fields, what each demands, their XML."""
