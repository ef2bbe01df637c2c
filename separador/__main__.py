"""`python -m separador`."""

from separador.cli import main

if __name__ == "__main__":
    main()
