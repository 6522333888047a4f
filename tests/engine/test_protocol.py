"""The protocol, every interleaving: what each mend is for, and what hides it."""

from dataclasses import fields, replace

import pytest

from tests.engine.protocol import Mends, search

ALL = Mends()
STOCK = Mends(**{field.name: False for field in fields(Mends)})


def test_nothing_is_lost_and_nothing_repeated():
    """With all mends: no record passed over, none stuck, none twice but by a kill."""
    assert search(ALL) == {}


def test_stock_faust_breaks_every_promise():
    """The model finds in stock Faust what was measured on it."""
    assert search(STOCK).keys() == {"loss", "stuck", "repeat"}


@pytest.mark.parametrize(
    ("off", "promise"),
    [
        pytest.param("recovery_order", "loss", id="H1"),
        pytest.param("always_seek", "loss", id="H18"),
        pytest.param("acks_kept", "repeat", id="H2"),
    ],
)
def test_each_mend_is_needed(off, promise):
    """One mend switched off, beside the order check, has a counterexample."""
    found = search(replace(ALL, **{off: False, "order_check": off == "acks_kept"}))
    assert promise in found, found


def test_the_order_check_is_no_substitute_for_the_seek():
    """It sees a hole when the next record comes: no loss, but perhaps a long wait."""
    assert search(replace(ALL, always_seek=False)).keys() == {"stuck"}


def test_the_order_check_does_not_hide_the_recovery_order():
    """What was delivered into a queue and cleared there has passed the check."""
    assert "loss" in search(replace(ALL, recovery_order=False))


def test_the_other_mends_need_no_order_check():
    """Without the check they lose nothing: it guards against what nobody thought of."""
    assert search(replace(ALL, order_check=False)) == {}
