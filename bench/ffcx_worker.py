"""Compiles demos of tests/ffcx when it is asked to, through ffcx.codegeneration.jit as DOLFINx does: see common.Worker.

    ffcx_worker.py (stock|ours) CACHE_DIR
"""
import functools
import logging
import sys
import time

import common

sys.path.insert(0, str(common.ROOT / "tests" / "ffcx"))
import demos  # noqa: E402
import ffcx.codegeneration.jit as jit  # noqa: E402
import ffcx.compiler  # noqa: E402
import ufl  # noqa: E402

logging.disable(logging.ERROR)
OURS = sys.argv[1] == "ours"
if OURS:
    import dijitso.ffcx
    dijitso.ffcx.install()

generating = 0.0
generate = ffcx.compiler.compile_ufl_objects


@functools.wraps(generate)
def timed_generate(*args, **kwargs):
    """FFCx's own work, which is the same on both sides and is taken out."""
    global generating
    start = time.perf_counter()
    try:
        return generate(*args, **kwargs)
    finally:
        generating += time.perf_counter() - start


ffcx.compiler.compile_ufl_objects = timed_generate


def compile_demo(name, scalar):
    global generating
    # Fresh numbers: FFCx 0.5 writes names that are no C for coefficients with two digits.
    ufl.Coefficient._globalcount = ufl.Constant._globalcount = 0
    objects = getattr(demos, name)()
    compile_objects = (jit.compile_forms if isinstance(objects[0], ufl.Form) else
                       jit.compile_expressions if isinstance(objects[0], tuple) else jit.compile_elements)
    generating = 0.0
    took = common.seconds(lambda: compile_objects(objects, parameters={"scalar_type": scalar}, cache_dir=sys.argv[2],
                                                  cffi_extra_compile_args=["-O2"]))
    if OURS:
        dijitso._dijitso.wait_for_background()
    return {"seconds": took - generating, "generating": generating}


common.answer_requests({"demos": {demo.__name__: scalars for demo, scalars in demos.DEMOS.items()}},
                       lambda request: compile_demo(request["demo"], request["scalar"]))
