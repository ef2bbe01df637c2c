"""The pages of the e-CAC: occurrences, guides, imports."""
