"""Which sessions customers bought after."""

from stream.figures.figure import Column, Figure, N, Unit

# Where nobody ever told of a purchase, no session is known not to have led to one.
_ROWS = """(
  SELECT
    *,
    if(
      EXISTS (FROM purchases),
      coalesce(
        bought_at <= ended_at + to_seconds(getvariable('converted_within')), false
      ),
      NULL
    ) AS is_converted
  FROM sessions
)"""

_CONVERTED = "if(count(*) = 0, 0, sum(is_converted::INT))"

CONVERTED = Figure(
    number=17,
    name="converted",
    title="Converted",
    says="Sessions in which, or within `converted_within` of whose end, the same "
    "customer bought, in whichever conversation. A session counts when it ended; of "
    "the last days the figure still grows. Not known where no source tells of "
    "purchases.",
    source="the attribution window of Google Analytics and Meta Ads: a purchase so "
    "soon after a contact is its conversion",
    rows=_ROWS,
    moment="ended_at",
    columns=(
        N,
        Column("converted", "converted", Unit.COUNT, _CONVERTED),
        Column("share", "converted", Unit.SHARE, "avg(is_converted::INT)"),
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
                ("amount", "amount", "sum(amount)"),
                ("mean", "mean", "avg(amount)"),
                ("p50", "median", "quantile_disc(amount, 0.5)"),
            )
        ),
    ),
    by=("currency", "queue", "channel", "account", "category", "day", "hour"),
)
