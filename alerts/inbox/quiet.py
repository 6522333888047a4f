"""Bolt's log, kept quiet: it writes down whole payloads, with names and words."""

import logging


def quiet_logger() -> logging.Logger:
    """A logger that says nothing; what matters the inbox says itself."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.CRITICAL + 1)
    return logger
