"""The folders: what waits, what is ready, the claim, the durable delivery, the health of each place."""
