"""Configures logs: one line an interaction on standard error, no names, no message text, no secrets.

Our own lines are written through structlog and hold constants, ids and counts only. What other libraries log, warn of
or die from may quote whatever they were handed, so it is reduced to where it happened and of which type it was.
"""

import logging
import sys
import threading
import traceback
import warnings
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

ROOT = Path(__file__).parents[1]

log = structlog.get_logger()


class ReducedHandler(logging.Handler):
    """Tells that a library logged, and where, without a word of what it said."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line for a record; its message is never even built."""
        error = record.exc_info[1] if record.exc_info else None
        log.log(
            record.levelno,
            "library_logged",
            logger=record.name,
            where=f"{_short(record.pathname)}:{record.lineno}",
            **({"error": error_types(error)} if error is not None else {}),
        )


def configure_logs(level: int = logging.WARNING) -> None:
    """Send structured lines to standard error, JSON unless a person watches.

    `level` is for our own lines; other libraries speak from WARNING on, and their words stay out.
    """
    handler = ReducedHandler(logging.WARNING)
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if not isinstance(other, ReducedHandler)] + [handler]
    root.setLevel(logging.WARNING)
    warnings.showwarning = _report_warning  # type: ignore[assignment]  # called by position
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _report_thread
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )


def log_bug(event: str, error: BaseException, reference: str) -> None:
    """Log an error nobody expected: its type and its frames as file:line:function, never its message.

    `event` is a constant name, `reference` what the person was told to report.
    """
    log.error(event, reference=reference, error=error_types(error), frames=frames_of(error))


def error_types(error: BaseException) -> str:
    """Return the type of an error and of those that led to it, the newest first."""
    names: list[str] = []
    link: BaseException | None = error
    while link is not None and len(names) < 10:
        names.append(type(link).__qualname__)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return " from ".join(names)


def frames_of(error: BaseException) -> list[str]:
    """Return where an error passed, as file:line:function, outermost first; files as short as they stay clear."""
    frames = traceback.extract_tb(error.__traceback__, limit=-30)
    return [f"{_short(frame.filename)}:{frame.lineno}:{frame.name}" for frame in frames]


def _short(file: str) -> str:
    path = Path(file)
    if "site-packages" in path.parts:
        return "/".join(path.parts[path.parts.index("site-packages") + 1 :])
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def _report_warning(*warned: Any) -> None:
    _, category, file, line = warned[:4]
    log.warning("library_warned", warning=category.__qualname__, where=f"{_short(file)}:{line}")


def _report_thread(ended: threading.ExceptHookArgs) -> None:
    error: BaseException = ended.exc_value or ended.exc_type()
    trace: TracebackType | None = ended.exc_traceback
    log_bug("thread_died", error.with_traceback(trace), ended.thread.name if ended.thread else "")
