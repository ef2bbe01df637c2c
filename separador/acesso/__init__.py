"""Holds users, sessions, rights and the audit trail."""
