#!/usr/bin/python3
"""What a memory hit of jit() costs from Python, with FFC's own parameters: this package against the old one, in one run.

usage: PYTHONPATH=build/release/python bench/python_hit.py [REPEATS]

Each package runs in a process of its own, by turns. The old one must be installed (python3-dijitso) with a C++ compiler.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import timeit

OLD = "/usr/lib/python3/dist-packages"
CALLS = 20000


def measure():
    """Microseconds a call, as JSON: run in a process with one of the packages."""
    sys.path.insert(0, sys.argv[2])
    import dijitso
    import ffc

    assert pathlib.Path(dijitso.__file__).parents[1] == pathlib.Path(sys.argv[2])
    given = {"cache": {}, "build": {"debug": False, "cxxflags_opt": ("-O2",), "cxxflags_debug": ("-O0",),
                                    "include_dirs": (ffc.get_include_path(),), "lib_dirs": (), "libs": ()},
             "generator": ffc.default_jit_parameters()}
    params = dijitso.validate_params(given)
    params["cache"]["cache_dir"] = sys.argv[3]

    def generate(jitable, name, signature, generator):
        return "", 'extern "C" int answer() { return 42; }', ()

    def time_of(call):
        return min(timeit.repeat(call, number=CALLS, repeat=3)) / CALLS * 1e6

    first, _ = dijitso.jit(None, "answer", params, generate)
    assert first.answer() == 42 and dijitso.jit(None, "answer", params, generate)[0] is first
    fresh = lambda: dijitso.jit(None, "answer", dijitso.validate_params(given), generate)
    fresh()
    print(json.dumps({"jit": time_of(lambda: dijitso.jit(None, "answer", params, generate)),
                      "validate_params": time_of(lambda: dijitso.validate_params(given)),
                      "both, as FFC does": time_of(fresh)}))


def main():
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    import dijitso
    packages = {"old": OLD, "new": str(pathlib.Path(dijitso.__file__).parents[1])}
    times = {name: [] for name in packages}
    with tempfile.TemporaryDirectory() as directory:
        for _ in range(repeats):
            for name, path in packages.items():
                done = subprocess.run([sys.executable, __file__, "measure", path, f"{directory}/{name}"], check=True,
                                      stdout=subprocess.PIPE, env={"DIJITSO_CACHE_DIR": f"{directory}/{name}", "PATH": "/usr/bin:/bin"})
                times[name].append(json.loads(done.stdout))
    print(f"{'microseconds a call':24}{'old':>8}{'new':>8}{'ratio':>8}")
    for what in times["old"][0]:
        old, new = (statistics.median(run[what] for run in times[name]) for name in ("old", "new"))
        print(f"{what:24}{old:8.2f}{new:8.2f}{old / new:8.1f}")


if __name__ == "__main__":
    measure() if sys.argv[1:2] == ["measure"] else main()
