"""What the tests share: certificates, a whole installation, the other program, re-dating of samples."""
