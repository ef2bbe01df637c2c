"""Reads loads in a worker: judged in the first round, signed in those after it."""
