"""Compiles each module alone, what it depends on being there: the old package, ours in three ways, and clang++-22 as a subprocess.

Of FFC's corpus, or of DOLFIN's C++ strings with --dolfin. Sides: `old` is python3-dijitso with g++, called as FFC and DOLFIN call it;
`first` is ours with precompiled headers and the quick tier first; `full` is ours with precompiled headers, optimised at once, on one
core; `plain` the same without precompiled headers; `clang++` is one command that makes a shared library, and opening that. All have
compiled something before; what that costs is reported by itself (start_up).
"""
import ctypes
import json
import subprocess

import common

SIDES = {"first": common.FIRST, "full": common.FULL, "plain": common.PLAIN}


class Clang:
    """clang++-22 in place of g++ in the old package's command."""

    def __init__(self, manifest_path, manifest, folder):
        self.manifest, self.modules, self.folder = manifest, manifest_path.parent, folder
        folder.mkdir()

    def build(self, module):
        m, library = self.manifest, self.folder / ("lib" + module["name"] + ".so")
        includes = ["-I" + path for path in [*m["include_dirs"], str(self.modules)]]
        subprocess.run(
            ["clang++-22", *m["cxxflags"], *m["cxxflags_opt"], *includes, str(self.modules / (module["name"] + m["source_postfix"])),
             "-L" + str(self.folder), "-Wl,-rpath," + str(self.folder), *["-L" + path for path in m.get("lib_dirs", [])],
             *["-l" + name for name in [*module["dependencies"], *m.get("libs", [])]], "-o", str(library)],
            check=True, stderr=subprocess.DEVNULL)
        ctypes.CDLL(str(library))


def one_of_each_kind(modules):
    kinds = {}
    for module in modules:
        kinds.setdefault(module["kind"], module["name"])
    return list(kinds.values())


def run_round(chosen, manifest_path, manifest, modules, prepared, root, turn, rows):
    workers = {"old": common.module_worker(manifest_path, root / "old")}
    for side, settings in SIDES.items():
        cache = common.with_headers(prepared, root / side) if side != "plain" else root / side
        workers[side] = common.module_worker(manifest_path, cache, settings, chosen.package, one_core=side != "first")
    clang = Clang(manifest_path, manifest, root / "clang++")
    counters = {}
    for number, module in enumerate(modules):
        for side in common.turns([*workers, "clang++"], turn + number):
            if side == "clang++":
                took = common.seconds(lambda: clang.build(module))
            else:
                answer = workers[side].ask(modules=[module["name"]])
                took, counters[side] = answer["seconds"][0], answer["counters"]
                if side == "first":
                    rows[module["name"]]["seconds"].setdefault("first, until optimised", []).append(answer["until_optimized"])
            rows[module["name"]]["seconds"].setdefault(side, []).append(took)
        common.say("  %3d/%d %s" % (number + 1, len(modules), module["name"]))
    for worker in workers.values():
        worker.close()
    hello = {side: worker.hello for side, worker in workers.items()}
    return {"counters": {side: found for side, found in counters.items() if found},
            "start_up": {side: said["start_up"] for side, said in hello.items()},
            "import": {side: said["import"] for side, said in hello.items()},
            "unavailable": sorted({name for said in hello.values() for name in said["unavailable"]})}


def main():
    chosen = common.arguments(__doc__, dolfin={"action": "store_true"}, rounds={"type": int})
    with common.Folder() as root:
        manifest_path = chosen.ffc
        if chosen.dolfin:
            manifest_path = common.make_dolfin_modules(root)
        manifest = json.loads(manifest_path.read_text())
        families = [f["name"] for f in manifest["families"]] if chosen.dolfin else common.families_of(chosen, manifest)
        modules = common.modules_of(manifest, families)
        prepared = common.prepare_headers(manifest_path, one_of_each_kind(modules), root / "prepared", chosen.package)
        rows = {m["name"]: {**{key: m[key] for key in ("name", "kind", "family")}, "seconds": {}} for m in modules}
        rounds = chosen.rounds or (1 if chosen.quick else 2)
        found = [run_round(chosen, manifest_path, manifest, modules, prepared, root / str(turn), turn, rows) for turn in range(rounds)]
    for row in rows.values():
        row["seconds"] = {side: common.median(times) for side, times in row["seconds"].items()}
    common.emit({"generator": manifest["generator"] + " " + manifest["generator_version"], "families": len(families), "rounds": rounds,
                 "modules": list(rows.values()), **found[-1]})


if __name__ == "__main__":
    main()
