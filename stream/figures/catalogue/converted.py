"""Which sessions customers bought after."""

from stream.figures.figure import Column, Figure, N, Unit

# Where nobody ever told of a purchase, no session is known not to have led to one.
_ROWS = """(
  SELECT
    *,
    ended_at + to_seconds(getvariable('converted_within')) AS over_at,
    over_at < getvariable('known_until') AS is_over,
    if(
      EXISTS (FROM purchases), coalesce(bought_at <= over_at, false), NULL
    ) AS is_converted
  FROM sessions WHERE ended_at IS NOT NULL
)"""
_CONVERTED = (
    "if(count(*) FILTER (is_over) = 0, 0, sum(is_converted::INT) FILTER (is_over))"
)

CONVERTED = Figure(
    number=17,
    name="converted",
    title="Converted",
    says="Sessions in which, or within `converted_within` (5 days) of whose end, the "
    "same customer bought, in whichever conversation. A session counts when it ended; "
    "while its window is not over, in `undecided` instead of `n`, as for first-contact "
    "resolution. Not known where no source tells of purchases.",
    source="the attribution windows of Google Analytics and Meta Ads",
    rows=_ROWS,
    moment="ended_at",
    columns=(
        Column("n", "n", Unit.COUNT, "count(*) FILTER (is_over)"),
        Column("converted", "converted", Unit.COUNT, _CONVERTED),
        Column(
            "converted_share",
            "converted, share",
            Unit.SHARE,
            "avg(is_converted::INT) FILTER (is_over)",
        ),
        Column(
            "undecided", "too early to say", Unit.COUNT, "count(*) FILTER (NOT is_over)"
        ),
    ),
    by=("queue", "channel", "account", "category", "day", "hour"),
)

# A purchase after two sessions is one purchase: of the last one.
_PURCHASES = """(
  SELECT
    purchases.* EXCLUDE (queue, channel, account, categories),
    sessions.queue, sessions.channel, sessions.account, sessions.categories
  FROM purchases ASOF JOIN sessions
    ON purchases.customer = sessions.customer
    AND purchases."at" >= sessions.started_at
  WHERE sessions.ended_at IS NULL
    OR purchases."at" <= sessions.ended_at
      + to_seconds(getvariable('converted_within'))
)"""
_ONE_CURRENCY = "count(DISTINCT coalesce(currency, '')) = 1"

CONVERTED_AMOUNT = Figure(
    number=17,
    name="converted_amount",
    title="Converted: amounts",
    says="Purchases in a session, or within `converted_within` of its end, each at the "
    "last session of the customer that began before it. A purchase counts when it was "
    "made. Amounts of several currencies are not added up: split by currency.",
    source="the last-touch attribution of Google Analytics",
    rows=_PURCHASES,
    moment='"at"',
    columns=(
        N,
        *(
            Column(name, title, Unit.AMOUNT, f"if({_ONE_CURRENCY}, {aggregate}, NULL)")
            for name, title, aggregate in (
                ("amount", "amount", "fsum(amount)"),
                ("mean", "mean", "favg(amount)"),
                ("p50", "median", "quantile_disc(amount, 0.5)"),
            )
        ),
    ),
    by=("currency", "queue", "channel", "account", "category", "day", "hour"),
)
