"""Takes modules with 10 to 4,000 functions, templates or classes (-O0) from the cache, each time in a new process: linked in memory (orc), and dlopen.

Both the time of the clock and that of the processor are given; on a machine with other work only the latter means much.
"""
import json
import subprocess

import common

LOADERS = ("orc", "dlopen")


def hit(chosen, root, loader, kind, count):
    done = subprocess.run([str(chosen.build / "bin" / "bench_hit_sizes"), str(root / loader), loader, kind, str(count)], check=True,
                          stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def measure(chosen, root, kind, count, rounds):
    found = {loader: [] for loader in LOADERS}
    for loader in LOADERS:  # compiles, and makes the shared library
        hit(chosen, root, loader, kind, count)
    for turn in range(rounds):
        for loader in common.turns(list(LOADERS), turn):
            found[loader].append(hit(chosen, root, loader, kind, count))
            if found[loader][-1]["compiles"] != 0:
                raise SystemExit("the module %s_%d was not in the cache" % (kind, count))
    return {clock: {loader: common.median([one[clock] for one in found[loader]]) for loader in LOADERS}
            for clock in ("milliseconds", "processor_milliseconds")}


def main():
    chosen = common.arguments(__doc__, rounds={"type": int})
    counts = [10, 100] if chosen.smallest else [10, 100, 250, 500, 1000, 2000, 4000]
    rounds = chosen.rounds or (3 if chosen.quick else 15)
    rows = []
    with common.Folder() as root:
        for kind, most in (("functions", 4000), ("templates", 4000), ("classes", 1000)):
            for count in (one for one in counts if one <= most):
                rows.append({"kind": kind, "count": count, **measure(chosen, root, kind, count, rounds)})
                common.say("  %s" % rows[-1])
    common.emit({"rows": rows})


if __name__ == "__main__":
    main()
