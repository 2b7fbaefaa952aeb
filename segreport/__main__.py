"""`python -m segreport` is `segreport`."""

from segreport.cli import main

if __name__ == "__main__":  # not when the process that draws the pages imports this module again
    main()
