"""Makes sample files at run time for `make demo`, the bench and the tests. Every company in here is fictitious."""
