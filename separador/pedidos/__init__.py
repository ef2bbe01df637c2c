"""Holds what commands and pages both ask: record an order, wait for it, start and stop the service, who may do what."""
