"""Runs the program by `python -m separador`."""

from separador.programa import main

if __name__ == "__main__":
    main()
