"""Opens watched folders and what is below them by descriptor, and finds that each is what it should be."""
