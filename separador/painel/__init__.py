"""The web panel: a process of its own, its pages, and what every page shares."""
