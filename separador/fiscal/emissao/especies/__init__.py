"""Decides what one kind of document has alone: the CT-e OS, the Simplificado, the GTV-e, the mode of transport."""
