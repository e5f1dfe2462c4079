"""`python -m chorale`, the same as `chorale`."""

from chorale.cli import main

main()
