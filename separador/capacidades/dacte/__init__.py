"""The printed form of a CT-e."""
