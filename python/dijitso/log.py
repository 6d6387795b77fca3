"""The messages of dijitso. They go to the logger "dijitso" of Python's logging."""
from __future__ import annotations

import logging

from dijitso import _dijitso
from dijitso.errors import InvalidArgument

__all__ = ["get_log_handler", "get_logger", "set_log_handler", "set_log_level"]

_logger = logging.getLogger("dijitso")
_handler: logging.Handler = logging.StreamHandler()
_logger.addHandler(_handler)
if _logger.level == logging.NOTSET:
    _logger.setLevel(logging.WARNING)


def set_log_level(level: int | str) -> None:
    """Set verbosity of logging: an int, or one of "INFO", "WARNING", "ERROR" and "DEBUG". The default is "WARNING"."""
    if isinstance(level, str):
        if level.upper() not in ("INFO", "WARNING", "ERROR", "DEBUG"):
            raise InvalidArgument(f"unknown log level '{level}': use DEBUG, INFO, WARNING or ERROR")
        level = level.upper()
    elif not isinstance(level, int):
        raise InvalidArgument(f"a log level is an int or a text, not {level!r}")
    _logger.setLevel(level)


def get_logger() -> logging.Logger:
    """The logger "dijitso"."""
    return _logger


def get_log_handler() -> logging.Handler:
    """The handler that shows the messages: at first one that writes to standard error."""
    return _handler


def set_log_handler(handler: logging.Handler) -> None:
    """Replace the handler that shows the messages."""
    global _handler
    _logger.removeHandler(_handler)
    _handler = handler
    _logger.addHandler(_handler)


def debug(message: str, *args: object) -> None:
    """Log a message of level DEBUG."""
    _logger.debug(message, *args)


def info(message: str, *args: object) -> None:
    """Log a message of level INFO."""
    _logger.info(message, *args)


def warning(message: str, *args: object) -> None:
    """Log a message of level WARNING."""
    _logger.warning(message, *args)


def _deliver(level: int, message: str) -> None:
    _logger.log(level, "%s", message)


# Python's logger filters by level, so that its setLevel works as well as set_log_level.
_dijitso.deliver_to(_deliver)
