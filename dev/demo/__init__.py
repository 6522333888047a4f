"""The demo: the whole system on real servers, judged by what the traffic knows."""
