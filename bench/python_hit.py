"""Asks from Python for a module that is in memory, with FFC's own parameters: microseconds a call, with the old package and with ours.

Each package runs in a process of its own, by turns.
"""
import json
import pathlib
import subprocess
import sys
import timeit

import common


def measure(package, calls):
    """In a process with one of the packages: microseconds a call, as JSON."""
    import dijitso
    import ffc

    assert pathlib.Path(dijitso.__file__).parents[1] == pathlib.Path(package)
    given = {"cache": {}, "build": {"debug": False, "cxxflags_opt": ("-O2",), "cxxflags_debug": ("-O0",),
                                    "include_dirs": (ffc.get_include_path(),), "lib_dirs": (), "libs": ()},
             "generator": ffc.default_jit_parameters()}
    params = dijitso.validate_params(given)

    def generate(jitable, name, signature, generator):
        return "", 'extern "C" int answer() { return 42; }', ()

    def time_of(call):
        return min(timeit.repeat(call, number=calls, repeat=3)) / calls * 1e6

    first, _ = dijitso.jit(None, "answer", params, generate)
    assert first.answer() == 42 and dijitso.jit(None, "answer", params, generate)[0] is first

    def fresh():
        dijitso.jit(None, "answer", dijitso.validate_params(given), generate)
    fresh()
    print(json.dumps({"jit": time_of(lambda: dijitso.jit(None, "answer", params, generate)),
                      "validate_params": time_of(lambda: dijitso.validate_params(given)), "both, as FFC does": time_of(fresh)}))


def main():
    chosen = common.arguments(__doc__)
    times = {"old": [], "ours": []}
    with common.Folder() as root:
        for turn in range(1 if chosen.quick else 3):
            for side in common.turns(["old", "ours"], turn):
                env = {**common.environment(root / side, chosen.package if side == "ours" else None), "PATH": "/usr/bin:/bin"}
                done = subprocess.run([common.PYTHON, "-B", __file__, "measure", env["PYTHONPATH"], "2000" if chosen.quick else "20000"],
                                      check=True, stdout=subprocess.PIPE, env=env)
                times[side].append(json.loads(done.stdout))
    common.emit({"microseconds": {what: {side: common.median([run[what] for run in runs]) for side, runs in times.items()}
                                  for what in times["old"][0]}})


if __name__ == "__main__":
    measure(sys.argv[2], int(sys.argv[3])) if sys.argv[1:2] == ["measure"] else main()
