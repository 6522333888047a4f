"""The comparison lets replay do what a worker did, and no more."""

from stream.config import parse_config
from stream.records import encode_event
from tests.agreement.comparison import Reload, Rerun
from tests.shelf import Stamped
from tests.timelines import CONFIG, at, customer


def test_what_was_due_before_the_look_after_a_reload_keeps_its_verdict():
    """A worker looks at each conversation a little later than it has the new rules."""
    rules = parse_config(CONFIG, "now.yaml").rules()
    longer = CONFIG.replace("10m", "30m") + "reload: reevaluate_open\n"
    later = parse_config(longer, "later.yaml").rules()
    reload = Reload(later, at(10.01), at(10.01), looked_at={"c": at(10.05)})
    said = Stamped(0, b"c", encode_event(customer(0)), timestamp=at(0))

    replayed = Rerun(rules, reload).over([said], at(11))

    assert replayed.facts[-1].kind == "breached"
