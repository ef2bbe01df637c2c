"""Tables of users, offices and the audit trail."""
