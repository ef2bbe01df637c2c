"""Makes copies, proves them, puts them back."""
