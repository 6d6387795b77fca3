"""Compiles the forms, expressions or elements of forms.py in a process of its own: worker.py WHAT SCALAR CACHE.

Prints how often each thing happened, and a digest of every number.
"""
import hashlib
import json
import sys

import dijitso.ffcx
import ffcx.codegeneration.jit
from forms import Kernels, element_facts, elements, expressions, poisson

what, scalar, cache_dir = sys.argv[1:]
dijitso.ffcx.install()
compile_them = getattr(ffcx.codegeneration.jit, f"compile_{what}")
objects, module, _ = compile_them({"forms": poisson, "expressions": expressions, "elements": elements}[what](),
                                  {"scalar_type": scalar}, cache_dir=cache_dir)
digest = hashlib.sha256()
kernels = Kernels(module, scalar)
for compiled in objects:
    if what == "elements":
        digest.update(repr(element_facts(compiled, module.ffi)).encode())
    else:
        for tensor in getattr(kernels, f"of_{what[:-1]}")(compiled):
            digest.update(tensor.tobytes())
print(json.dumps({"counters": dijitso._dijitso.counters(), "digest": digest.hexdigest()}))
