"""Prints, for each DOLFIN and DOLFINx program of tests/programs, the time from its start to its first solution and the share of it that is
just-in-time compilation, without a cache and with one, for the old package and for ours.

    /usr/bin/python3 bench/programs_bench.py build/release/python [--only NAME ...]

The old package is dijitso with g++ for DOLFIN, and CFFI with gcc for DOLFINx. Run it on an idle machine; each program's four runs are made
one after another. Compare the ratios: seconds differ between machines.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "programs"))
import programs  # noqa: E402


def run(build, program, env, ours):
    """(seconds to the printed numbers, the share of it in the just-in-time compiler, the numbers)"""
    kind = "dolfin" if build == "dolfin" else "dolfinx-ours" if ours else "dolfinx"
    command = [programs.PYTHON, str(HERE / "timed_program.py"), kind, str(program)]
    start = time.perf_counter()
    with subprocess.Popen(command, env={**env, "PYTHONUNBUFFERED": "1"}, cwd=env["HOME"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        documents, solved = [], None
        for line in process.stdout:
            if line.startswith("{"):
                solved = solved or time.perf_counter() - start
                documents.append(json.loads(line))
    if process.returncode != 0 or len(documents) != 2:
        sys.exit("programs_bench: %s fails with %s" % (program, "ours" if ours else "the old package"))
    return solved, documents[1]["seconds"]["jit"] / solved, documents[0]


def measure(build, name):
    """[(seconds, share)] of old cold, ours cold, old warm, ours warm."""
    program = programs.program_path(build, name)
    with tempfile.TemporaryDirectory(prefix="old-") as old, tempfile.TemporaryDirectory(prefix="ours-") as ours:
        sides = [(programs.old_environment(build, pathlib.Path(old)), False), (programs.our_environment(build, pathlib.Path(ours)), True)]
        results = [run(build, program, env, is_ours) for _ in ("cold", "warm") for env, is_ours in sides]
    for _, _, numbers in results[1:]:
        if programs.differences(results[0][2], numbers):
            sys.exit("programs_bench: %s: numbers differ" % program)
    return [result[:2] for result in results]


def row(title, figures):
    old_cold, cold, old_warm, warm = figures
    cells = ["%6.2f s (%3.0f %%)" % (seconds, 100 * share) for seconds, share in (old_cold, cold, old_warm, warm)]
    return "%-34s %s %s %5.1fx   %s %s %5.1fx" % (
        title, cells[0], cells[1], old_cold[0] / cold[0], cells[2], cells[3], old_warm[0] / warm[0])


def main():
    parser = argparse.ArgumentParser(description="Times real programs with the old package and with ours.")
    parser.add_argument("package", type=pathlib.Path, help="the folder that holds our package dijitso")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="programs, for example stokes")
    arguments = parser.parse_args()
    programs.OURS = arguments.package.resolve()
    print("%-34s %s %s %6s   %s %s %6s" % ("seconds to the first solution", "old, cold     ", "ours, cold    ", "",
                                           "old, warm     ", "ours, warm    ", ""))
    for build, name in programs.all_programs():
        if not arguments.only or name in arguments.only:
            print(row(build + " " + name, measure(build, name)), flush=True)
    print("In brackets: the part in just-in-time compilation, without the generating of code.")


if __name__ == "__main__":
    main()
