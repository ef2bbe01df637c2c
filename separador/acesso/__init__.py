"""Users, sessions, rights, the audit trail."""
