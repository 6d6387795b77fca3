"""Takes the corpus from caches of different sizes, each time in a new process: the disk hit, the miss, the command `dijitso-cache show`.

Sizes are numbers of small entries beside those of the corpus; the cache without any takes its turn with each.
"""
import json
import os
import resource
import shutil
import subprocess
import time

import common


class Programs:
    def __init__(self, chosen, families):
        self.build, self.manifest = chosen.build, chosen.ffc
        self.families = ["--families", ",".join(families)] if chosen.quick else []
        self.misses = 0

    def hits(self, command, cache, *words):
        options = [] if words else ["--manifest", str(self.manifest), *self.families]
        done = subprocess.run([str(self.build / "bin" / "bench_hits"), command, str(cache), *map(str, words), *options], check=True,
                              stdout=subprocess.PIPE, text=True)
        return json.loads(done.stdout)

    def show(self, cache):
        """(seconds, most memory in KiB) of a process."""
        start = time.perf_counter()
        with subprocess.Popen([str(self.build / "bin" / "dijitso-cache"), "--cache-dir", str(cache), "show"],
                              stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit("dijitso-cache show fails on " + str(cache))
        return time.perf_counter() - start, usage.ru_maxrss

    def miss(self, cache):
        self.misses += 1
        return self.hits("miss", cache, "missed_%d" % self.misses)["milliseconds"]


def at_size(run, caches, rounds):
    """Medians for the caches "none" and "many", by turns."""
    found = {name: {"modules": [], "first": [], "wall": [], "miss": [], "show": [], "show_kib": []} for name in caches}
    for turn in range(rounds):
        for name in common.turns(list(caches), turn):
            sample, cache = found[name], caches[name]
            start = time.perf_counter()
            times = run.hits("disk", cache)["milliseconds"]
            sample["wall"].append(1000 * (time.perf_counter() - start))
            sample["first"].append(times[0])
            sample["modules"].append(common.median(times[1:]))
            sample["miss"].append(run.miss(cache))
            took, memory = run.show(cache)
            sample["show"].append(1000 * took)
            sample["show_kib"].append(memory)
    return {name: {what: common.median(values) for what, values in sample.items()} for name, sample in found.items()}


def main():
    chosen = common.arguments(__doc__, rounds={"type": int})
    families = common.families_of(chosen, json.loads(chosen.ffc.read_text()))
    run = Programs(chosen, families)
    sizes = [10, 1000] if chosen.smallest else [10, 100, 1000, 10000] if chosen.quick else [10, 100, 1000, 10000, 100000]
    with common.Folder() as root:
        none = root / "none"
        modules = run.hits("fill", none)["modules"]
        many = root / "many"
        shutil.copytree(none, many)
        rows, before = [], 0
        for size in sizes:
            run.hits("entries", many, before, size)
            before = size
            rows.append({"entries": size, **at_size(run, {"none": none, "many": many}, chosen.rounds or (3 if chosen.quick else 7))})
            common.say("  %d entries: %s" % (size, rows[-1]["many"]))
        memory = [run.hits("memory", none) for _ in range(3)]
    common.emit({"modules": modules, "sizes": rows, "memory": {name: common.median([m[name] for m in memory]) for name in memory[0]},
                 "largest_child_kib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss})


if __name__ == "__main__":
    main()
