"""The worker processes: read, check, prepare, stage."""
