"""Runs in the loop: reserves numbers, decides on loads, keeps the registries in force."""
