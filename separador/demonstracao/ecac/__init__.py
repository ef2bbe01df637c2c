"""The e-CAC in the demonstration: its clients and guides, and what must be at the end."""
