"""Certificates A1 and A3: installation, and what is in use."""
