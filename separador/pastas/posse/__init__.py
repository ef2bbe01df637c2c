"""Says whose a folder is: the installation, the marker of each folder, our corner in it."""
