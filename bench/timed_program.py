"""Runs a program, with the old package or with ours, and prints at its end as JSON the seconds that just-in-time compilation took.

    timed_program.py (dolfin|dolfinx|dolfinx-ours) PROGRAM

The functions that DOLFIN, FFC and DOLFINx call are wrapped. They call each other, so the clock goes to the innermost: "jit" is the time in
the just-in-time compiler without "generate", in which FFC or FFCx make the code.
"""
import functools
import json
import runpy
import sys
import time

seconds = {"jit": 0.0, "generate": 0.0}
running = []  # the parts that are being run, the innermost last
since = 0.0


def switch():
    """Books the time that has passed to the part that was running."""
    global since
    now = time.perf_counter()
    if running:
        seconds[running[-1]] += now - since
    since = now


def timed(part, function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        if callable(kwargs.get("generate")):
            kwargs["generate"] = timed("generate", kwargs["generate"])
        switch()
        running.append(part)
        try:
            return function(*args, **kwargs)
        finally:
            switch()
            running.pop()
    return wrapper


def main():
    kind, program = sys.argv[1:]
    if kind == "dolfin":
        import dijitso
        dijitso.jit = timed("jit", dijitso.jit)
    else:
        if kind == "dolfinx-ours":
            import dijitso.ffcx
            dijitso.ffcx.install()
        import ffcx.codegeneration.jit as callee
        import ffcx.compiler
        for name in ("compile_forms", "compile_elements", "compile_expressions"):
            setattr(callee, name, timed("jit", getattr(callee, name)))
        ffcx.compiler.compile_ufl_objects = timed("generate", ffcx.compiler.compile_ufl_objects)
    runpy.run_path(program, run_name="__main__")
    print(json.dumps({"seconds": seconds}), flush=True)


main()
