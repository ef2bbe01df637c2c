"""The watched folder of certificates."""
