"""Runs the measurements, prints a table, and writes one JSON file, docs/benchmarks.md and its plots. scripts/bench builds and calls it.

    bench/run.py [--quick | --smallest] [--only NAME ...] [--json FILE] [--report FOLDER] [--no-plots | --no-report]

With --only, the other measurements stay as they are in the JSON file; --render runs none at all, and writes the report of that file.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

import common
import goals
import report

# Name -> the command, after the build directory and the options of common.arguments.
MEASUREMENTS = {
    "cold_modules": ["cold_modules.py"],
    "cold_families": ["cold_families.py"],
    "cold_dolfin": ["cold_modules.py", "--dolfin"],
    "cold_ffcx": ["cold_ffcx.py"],
    "whole_programs": ["whole_programs.py"],
    "hits": ["hits.py"],
    "hit_sizes": ["hit_sizes.py"],
    "python_hit": ["python_hit.py"],
    "front_door": ["front_door.py"],
    "hooks": ["hooks.py"],
    "compiler_command": ["compiler_command.py"],
    "command_line": ["command_line.py"],
    "kernels": ["bench_kernels"],
    "peak_memory": ["peak_memory.py"],
    "peers": ["peers.py"],
    "mpi": ["mpi.py"],
}
NOT_IN_SMALLEST = {"cold_dolfin", "front_door", "peers"}  # they need packages that the tests do without, or many seconds


def command_of(name, options):
    program, *words = MEASUREMENTS[name]
    if program.endswith(".py"):
        sizes = ["--smallest"] if options.smallest else ["--quick"] if options.quick else []
        return [common.PYTHON, "-B", str(common.HERE / program), "--build", str(options.build), *words, *sizes]
    chosen = argparse.Namespace(smallest=options.smallest, quick=options.quick)
    manifest = options.build / "tests" / "ffc" / "modules" / "modules.json"
    families = common.families_of(chosen, json.loads(manifest.read_text()))
    return [str(options.build / "bin" / program), "--manifest", str(manifest), "--families", ",".join(families),
            "--reference", str(options.build / "bench" / "reference"), "--batches", "4" if options.smallest else "60"]


def machine():
    def first(path, key):
        for line in pathlib.Path(path).read_text().splitlines():
            if line.startswith(key):
                return line.split(":", 1)[1].strip()
        return "unknown"

    def version(*command):
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout.splitlines()[0]
    return {"cpu": first("/proc/cpuinfo", "model name"), "cores": os.cpu_count(), "memory": first("/proc/meminfo", "MemTotal"),
            "kernel": platform.release(), "load_before": os.getloadavg()[0], "g++": version("g++", "--version"),
            "clang++-22": version("clang++-22", "--version"), "date": datetime.date.today().isoformat()}


def measure(options, document):
    names = options.only or [name for name in MEASUREMENTS if not (options.smallest and name in NOT_IN_SMALLEST)]
    document["machine"] = machine()
    for name in names:
        common.say("%s" % name)
        start = time.perf_counter()
        done = subprocess.run(command_of(name, options), stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONHASHSEED": "0"})
        if done.returncode != 0:
            sys.exit("bench: the measurement %s failed" % name)
        result = json.loads(done.stdout)
        document["measurements"][name] = {**result, "took": time.perf_counter() - start, "size": options.size}
        options.json.write_text(json.dumps(document, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description="Measures dijitso beside its peers.")
    parser.add_argument("--build", type=pathlib.Path, default=common.ROOT / "build" / "release", help="the build directory")
    parser.add_argument("--quick", action="store_true", help="a part of the corpus, once: minutes instead of a quarter of an hour")
    parser.add_argument("--smallest", action="store_true", help="one family: only shows that everything works")
    parser.add_argument("--only", nargs="+", choices=list(MEASUREMENTS), metavar="NAME", help="these measurements: " + ", ".join(MEASUREMENTS))
    parser.add_argument("--json", type=pathlib.Path, default=common.ROOT / "docs" / "benchmarks" / "results.json", help="the file of results")
    parser.add_argument("--report", type=pathlib.Path, default=common.ROOT / "docs", help="the folder of benchmarks.md and its plots")
    parser.add_argument("--no-plots", action="store_true", help="write benchmarks.md without plots, and without matplotlib")
    parser.add_argument("--no-report", action="store_true", help="print the table only")
    parser.add_argument("--render", action="store_true", help="measure nothing: write the report of the file of results")
    options = parser.parse_args()
    options.build, options.json = options.build.resolve(), options.json.resolve()
    options.size = "smallest" if options.smallest else "quick" if options.quick else "full"
    document = {"schema_version": 1, "machine": {}, "measurements": {}}
    if (options.only or options.render) and options.json.exists():
        document = json.loads(options.json.read_text())
    options.json.parent.mkdir(parents=True, exist_ok=True)
    if not options.render:
        measure(options, document)
    print(goals.as_text(goals.rows(document["measurements"])))
    if not options.no_report:
        report.write(document, options.report, draws=not options.no_plots)


if __name__ == "__main__":
    main()
