"""The engine: the loop, orders, steps; it knows no capability."""
