"""`python -m segreport` is `segreport`."""

from segreport.cli import main

main()
