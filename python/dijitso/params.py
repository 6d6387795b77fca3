"""Parameters: two-level dictionaries, {"cache": {...}, "build": {...}, "generator": {...}}.

A value that is absent or None is taken from the environment, the configuration file or the defaults, in this order.
"""
from __future__ import annotations

from typing import Any, Mapping

from dijitso import _dijitso


def as_bool(value: Any) -> bool:
    """Convert to a bool: a bool, or one of true, yes, on, 1 and false, no, off, 0 as text in either case."""
    return _dijitso.as_bool(value)


def as_str_tuple(p: Any) -> tuple[str, ...]:
    """Convert p to a tuple of strings, allowing a list or tuple of strings or a single string as input."""
    return _dijitso.as_str_tuple(p)


def copy_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a two-level dict of params."""
    return {category: None if values is None else dict(values) for category, values in params.items()}


def check_params_keys(default: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    """Check that the keys in params, except those of "generator", exist in default. The error names the nearest valid key."""
    _dijitso.check_params_keys(default, params)


def merge_params(default: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two-level param dicts: params over default. None in params leaves the default."""
    merged = {category: dict(values or {}) for category, values in default.items()}
    for category, values in params.items():
        target = merged.setdefault(category, {})
        target.update({name: value for name, value in (values or {}).items() if value is not None or name not in target})
    return merged


def default_cache_params() -> dict[str, Any]:
    """The default parameters of the category "cache". None means that the value is determined later, or not given."""
    return dict(_dijitso.default_params()["cache"])


def default_build_params() -> dict[str, Any]:
    """The default parameters of the category "build"."""
    return dict(_dijitso.default_params()["build"])


def default_generator_params() -> dict[str, Any]:
    """The default parameters of the category "generator": none."""
    return dict(_dijitso.default_params()["generator"])


def default_params() -> dict[str, dict[str, Any]]:
    """The defaults of all categories."""
    return _dijitso.default_params()


def default_cxx_compiler() -> str:
    """The default C++ compiler: $CXX, else c++. It is named in logs and recompile.sh, but never started."""
    return _dijitso.default_cxx_compiler()


def default_cxx_flags() -> tuple[str, ...]:
    """The default C++ flags for all build modes."""
    return _dijitso.default_cxx_flags()


def default_cxx_debug_flags() -> tuple[str, ...]:
    """The default C++ flags for debug=True. FFC always overrides these."""
    return _dijitso.default_cxx_debug_flags()


def default_cxx_release_flags() -> tuple[str, ...]:
    """The default C++ flags for debug=False. FFC always overrides these.

    They contain -ffinite-math-only: isnan(nan) is then false in compiled code.
    """
    return _dijitso.default_cxx_release_flags()


def discover_config_filename() -> str | None:
    """The file .dijitso.conf that is used, or None.

    The first one in the current directory (if nobody else can write it), $DIJITSO_CONF, the home directory and /etc/dijitso.
    """
    return _dijitso.discover_config_filename()


def read_config_file() -> dict[str, dict[str, Any]]:
    """Read the configuration file and cache the contents for the duration of the process."""
    return _dijitso.read_config_file()


def session_default_params() -> dict[str, dict[str, Any]]:
    """The result of validate_params({}), computed once in a process."""
    return _dijitso.session_default_params()


def validate_params(params: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Validate parameters to dijitso and fill in with defaults where missing.

    Raises InvalidArgument for an unknown name, with the nearest valid one, or for a value of a wrong type.
    """
    return _dijitso.validate_params(params)
