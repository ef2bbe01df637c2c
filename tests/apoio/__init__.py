"""Holds what the tests share: certificates, a whole installation, the other program, the re-dating of samples."""
