"""Compiles the forms of each family as a program would that begins with them: in a new process, asked for one after the other, what they
depend on inside `generate`.

Sides: `old`; `ever`, ours with nothing cached at all, not even headers; `full` and `full 2`, ours with precompiled headers, optimised at
once, with one job on one core and with two jobs. The time of `old` and `ever` begins before the package is imported, as in a
program; `full` has compiled something before.
"""
import json

import common
from cold_modules import one_of_each_kind

SIDES = {"ever": common.FIRST, "full": common.FULL, "full 2": common.FULL_2}


def measure(chosen, manifest_path, prepared, root, side, roots):
    """(seconds for the roots alone, and with import and start-up; parameters that are not there)"""
    cache = root / side.replace(" ", "-")
    if side.startswith("full"):
        common.with_headers(prepared, cache)
    package = None if side == "old" else chosen.package
    worker = common.module_worker(manifest_path, cache, SIDES.get(side), package, one_core=side == "full", start_up=side.startswith("full"))
    took = sum(worker.ask(modules=roots)["seconds"])
    worker.close()
    return took, took + worker.hello["import"], worker.hello["unavailable"]


def main():
    chosen = common.arguments(__doc__)
    manifest = json.loads(chosen.ffc.read_text())
    names = common.families_of(chosen, manifest)
    families = [family for family in manifest["families"] if family["name"] in names]
    rows, unavailable = [], set()
    with common.Folder() as root:
        modules = common.modules_of(manifest, names)
        prepared = common.prepare_headers(chosen.ffc, one_of_each_kind(modules), root / "prepared", chosen.package)
        for turn, family in enumerate(families):
            row = {"family": family["name"], "modules": len(common.modules_of({**manifest, "families": [family]}, [family["name"]])),
                   "seconds": {}}
            for side in common.turns(["old", *SIDES], turn):
                alone, with_import, missing = measure(chosen, chosen.ffc, prepared, root / family["name"], side, family["roots"])
                row["seconds"][side] = with_import if side in ("old", "ever") else alone
                if side == "old":
                    row["seconds"]["old alone"] = alone
                unavailable.update(missing)
            rows.append(row)
            common.say("  %s %s" % (family["name"], {side: round(took, 2) for side, took in row["seconds"].items()}))
    common.emit({"families": rows, "unavailable": sorted(unavailable)})


if __name__ == "__main__":
    main()
