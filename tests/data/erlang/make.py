"""Makes pyworkforce.csv: what pyworkforce says of Erlang C.

It is no package of ours: it brings OR-Tools, pandas and NumPy (250 MB). So, elsewhere:

    python3.11 -m venv elsewhere && elsewhere/bin/pip install pyworkforce==0.5.1
    elsewhere/bin/python tests/data/erlang/make.py > tests/data/erlang/pyworkforce.csv
"""

import csv
import sys
from itertools import product

from pyworkforce.queuing import ErlangC

FIELDS = ("per_hour", "handling_s", "within_s", "level", "positions", "achieved")


def main() -> None:
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(FIELDS)
    numbers = product((1, 7, 60, 311, 4900), (60, 240, 360), (20, 300), (0.8, 0.95))
    for per_hour, handling_s, within_s, level in numbers:
        erlang = ErlangC(
            transactions=per_hour, aht=handling_s / 60, asa=within_s / 60, interval=60
        )
        found = erlang.required_positions(service_level=level)
        positions, achieved = found["raw_positions"], found["service_level"]
        table.writerow((per_hour, handling_s, within_s, level, positions, achieved))


main()
