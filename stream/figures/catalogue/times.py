"""Columns of a length of time: percentiles beside the mean, wall and open time."""

from stream.figures.figure import Column, Unit

_SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


def lengths(wall: str, business: str = "") -> tuple[Column, ...]:
    """Of the seconds in the SQL `wall`, and in `business` where there is open time."""
    told = [("", "", wall), ("business_", " of open time", business)]
    return tuple(
        column
        for before, words, seconds in told
        if seconds
        for column in (
            *(
                Column(
                    f"{before}{name}_s",
                    f"{name}{words}",
                    Unit.SECONDS,
                    # The nearest rank, as the worker's and the replay's percentiles.
                    f"quantile_disc({seconds}, {share})",
                    of=seconds,
                )
                for name, share in _SHARES.items()
            ),
            # `favg`: the same to the last digit, in whichever order threads add up.
            Column(f"{before}mean_s", f"mean{words}", Unit.SECONDS, f"favg({seconds})"),
        )
    )
