"""FFCx and DOLFINx, as dijitso.ffcx describes it."""
from __future__ import annotations

from types import ModuleType

from dijitso.hooks._mechanism import Hook, Replacement

# The functions that are replaced, if this version of FFCx has them.
_NAMES = ("compile_forms", "compile_elements", "compile_expressions")


def _seam(module: ModuleType) -> list[Replacement]:
    from dijitso.ffcx._compile import in_process, interface

    interface()
    return [Replacement(module, name, in_process) for name in _NAMES if hasattr(module, name)]


HOOK: Hook = Hook("ffcx", "FFCx 0.5 to 0.11", {"ffcx.codegeneration.jit": _seam})
