"""separador: a folder-watching file-integration daemon for Brazilian transport companies."""

__version__ = "0.1.0"
