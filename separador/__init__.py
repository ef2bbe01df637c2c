"""Watches folders, signs and checks fiscal files, and applies their returns, for Brazilian transport companies."""

__version__ = "0.1.0"
