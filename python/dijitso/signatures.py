"""Stable digests of parameters: the same in every process and on every machine; 40 hexadecimal digits."""
from __future__ import annotations

from typing import Any, Mapping

from dijitso import _dijitso


def hashit(data: Any) -> str:
    """Return hash of anything with a repr implementation.

    Raises InvalidArgument for an object whose repr is only its address.
    """
    return _dijitso.hashit(data)


def canonicalize_params_for_hashing(params: Mapping[str, Any]) -> str:
    """A text that is equal exactly when the dictionaries (of one or two levels) are equal, in whatever order they were filled."""
    return _dijitso.canonicalize_params_for_hashing(params)


def hash_params(params: Mapping[str, Any]) -> str:
    """hashit(canonicalize_params_for_hashing(params))."""
    return _dijitso.hash_params(params)
