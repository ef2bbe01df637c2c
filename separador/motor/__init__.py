"""Holds the engine: the loop, the orders and the steps. It knows no capability."""
