"""Counts what passes through: how many, how much, how quickly, by hour, in the commit of each outcome."""
