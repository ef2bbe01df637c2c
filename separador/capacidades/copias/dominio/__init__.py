"""Decides about copies, without a disk: what a manifest says, which copies stay."""
