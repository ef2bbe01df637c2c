"""Gives commands and secrets to the running service by its socket, and runs such commands at the other end."""
