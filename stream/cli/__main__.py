"""`python -m stream.cli`: the same as `replyclock`."""

from stream.cli import main

main()
