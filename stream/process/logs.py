"""Logging: constant lowercase phrases with key-values, one line an outcome.

Colours on a terminal, JSON lines elsewhere. Faust, aiokafka and slack_sdk log
through the same pipe, at WARNING and above.
"""

import logging
import sys

import structlog

_LOUD = ("faust", "mode", "aiokafka", "aiohttp", "slack_sdk")


def set_up_logs(level: str = "info", log_format: str = "auto") -> None:
    """Call once, at the start of a process; logs go to standard error."""
    on_terminal = log_format == "console" or (
        log_format == "auto" and sys.stderr.isatty()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(
            # The default prints local variables: what customers wrote.
            exception_formatter=structlog.dev.plain_traceback
        )
        if on_terminal
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[structlog.typing.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        renderer,
    ]
    if not on_terminal:
        last.insert(1, structlog.processors.format_exc_info)
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
