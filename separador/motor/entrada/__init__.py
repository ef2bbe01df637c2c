"""From a watched folder to a group of files in hand."""
