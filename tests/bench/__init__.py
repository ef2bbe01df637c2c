"""`make bench`: the real service, as a process of its own, on real folders, measured from outside (issue 2, item 8)."""
