"""Holds the tables of users, offices and the audit trail."""
