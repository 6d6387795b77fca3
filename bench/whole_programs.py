"""Runs the DOLFIN and DOLFINx programs of tests/programs with the old package and with ours: seconds from the start to the last result.

Sides: `old` is dijitso with g++ for DOLFIN, and CFFI with gcc for DOLFINx; `ever` is ours with nothing cached at all, `cold` ours with
precompiled headers only, `warm` and `old warm` with everything. The runs of a program are made one after another.
"""
import json
import shutil
import subprocess
import sys
import time

import common

sys.path.insert(0, str(common.ROOT / "tests" / "programs"))
import programs  # noqa: E402

QUICK = [("dolfin", "poisson"), ("dolfin", "cpp_subdomains"), ("dolfinx-real", "poisson")]


def run(build, program, env, ours):
    """The seconds to the last line of numbers, those of them in the just-in-time compiler, and the numbers."""
    kind = "dolfin" if build == "dolfin" else "dolfinx-ours" if ours else "dolfinx"
    command = [programs.PYTHON, str(common.HERE / "timed_program.py"), kind, str(program)]
    start = time.perf_counter()
    with subprocess.Popen(command, env={**env, "PYTHONUNBUFFERED": "1"}, cwd=env["HOME"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        documents = []
        for line in process.stdout:
            if line.startswith("{"):
                documents.append((time.perf_counter() - start, json.loads(line)))
    if process.returncode != 0 or len(documents) < 2:
        raise SystemExit("%s fails with %s" % (program, "ours" if ours else "the old package"))
    return documents[-2][0], documents[-1][1]["seconds"]["jit"], documents[-2][1]


def clean_objects(cache):
    """Leaves the precompiled headers alone in our cache."""
    for path in cache.iterdir() if cache.is_dir() else ():
        if path.name != "pch":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def measure(chosen, build, name):
    program = programs.program_path(build, name)
    with common.Folder() as root:
        old_env = programs.old_environment(build, root / "old")
        # A program that DOLFIN runs gets the parameters of a first call from its environment.
        our_env = {**programs.our_environment(build, root / "ours"), **common.as_environment(common.FIRST, chosen.known)}
        cache = root / "ours" / programs.CACHES[build]
        results = {"old": run(build, program, old_env, False), "ever": run(build, program, our_env, True)}
        clean_objects(cache)
        results["cold"] = run(build, program, our_env, True)
        if not chosen.quick:
            results["old warm"] = run(build, program, old_env, False)
            results["warm"] = run(build, program, our_env, True)
    # With everything in DOLFINx's own cache curved.py prints other numbers, so `old warm` is not compared.
    for side in [side for side in results if not side.startswith("old")]:
        if programs.differences(results["old"][2], results[side][2]):
            raise SystemExit("%s: numbers differ (%s)" % (program, side))
    return {"build": build, "program": name, "seconds": {side: result[0] for side, result in results.items()},
            "in the compiler": {side: result[1] for side, result in results.items()}}


def main():
    chosen = common.arguments(__doc__, programs={"nargs": "+", "default": [], "metavar": "NAME", "help": "only these, for example stokes"})
    programs.OURS = chosen.package
    chosen.known = common.known_parameters(chosen.package)
    rows = []
    selected = [pair for pair in programs.all_programs() if pair[0] != "dolfinx-complex"]
    selected = QUICK[-1:] if chosen.smallest else QUICK if chosen.quick else selected
    for build, name in selected:
        if not chosen.programs or name in chosen.programs:
            rows.append(measure(chosen, build, name))
            common.say("  %s %s %s" % (build, name, {side: round(took, 2) for side, took in rows[-1]["seconds"].items()}))
    common.emit({"programs": rows, "unavailable": sorted(set(common.FIRST) - set(chosen.known))})


if __name__ == "__main__":
    main()
