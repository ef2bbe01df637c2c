"""Lists and changes the companies of the configuration (`separador empresas`)."""
