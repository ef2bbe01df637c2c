"""Issues documents: from the load of a WMS to its CT-e, decided, numbered and signed."""
