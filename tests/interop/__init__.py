"""Tests the local SEFAZ with clients that this project did not write."""
