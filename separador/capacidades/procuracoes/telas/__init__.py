"""The pages of the offices' accesses."""
