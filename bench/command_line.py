"""Runs `show` and `grep` of dijitso-cache and of the old package's command on one cache that both can read, by turns.

`show` of the old command counts files; ours looks at the size of each besides, unless it is asked not to.
The shortest of the rounds counts: what else runs on the machine only adds to them.
The texts in it are those of the corpus of FFC, each under many names; ours has the same number of small entries to look at besides.
"""
import gzip
import json
import os
import subprocess
import time

import common

PATTERN = "evaluate_reference_basis_derivatives"
# What -> the words of both, and those of ours besides.
COMMANDS = {"show": (["show"], []), "show --count": (["show"], ["--count"]), "grep": (["grep", "--pattern", PATTERN], []),
            "grep --countonly": (["grep", "--pattern", PATTERN, "--countonly"], [])}


def fill(build, cache, manifest, modules, before, size):
    """Adds the modules with the numbers `before` to `size` - 1."""
    subprocess.run([str(build / "bin" / "bench_hits"), "entries", str(cache), str(before), str(size)], check=True, stdout=subprocess.DEVNULL)
    for folder in ("include", "src", "log", "lib"):
        (cache / folder).mkdir(exist_ok=True)
    texts = [((manifest.parent / (module["name"] + ".h")).read_bytes(),
              gzip.compress((manifest.parent / (module["name"] + ".cpp")).read_bytes())) for module in modules]
    for i in range(before, size):
        header, source = texts[i % len(texts)]
        (cache / "include" / ("entry_%d.h" % i)).write_bytes(header)
        (cache / "src" / ("entry_%d.cpp.gz" % i)).write_bytes(source)
        (cache / "log" / ("entry_%d.txt" % i)).write_text("compiled\n")


def run(command, environment):
    """(seconds, lines that contain the pattern)"""
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return time.perf_counter() - start, done.stdout.count(PATTERN.encode())


def measure(commands, rounds):
    found = {what: {side: [] for side in commands} for what in COMMANDS}
    for turn in range(rounds):
        for what, (words, more) in COMMANDS.items():
            lines = {}
            for side in common.turns(list(commands), turn):
                took, lines[side] = run(commands[side][0] + words + (more if side == "ours" else []), commands[side][1])
                found[what][side].append(took)
            if len(set(lines.values())) != 1:
                raise SystemExit("the two commands find different numbers of lines: %s" % lines)
    return [{"what": what, "seconds": {side: min(times) for side, times in sides.items()}} for what, sides in found.items()]


def main():
    chosen = common.arguments(__doc__, rounds={"type": int})
    manifest = json.loads(chosen.ffc.read_text())
    modules = common.modules_of(manifest, common.families_of(chosen, manifest))
    sizes = [100] if chosen.smallest else [1000] if chosen.quick else [1000, 10000]
    rows, before, load = [], 0, os.getloadavg()[0]
    with common.Folder() as root:
        cache = root / "cache"
        old = [common.PYTHON, "-B", "-c", "from dijitso.__main__ import main; main()"]
        commands = {"old": (old, common.environment(cache)),
                    "ours": ([str(chosen.build / "bin" / "dijitso-cache")], common.environment(cache, chosen.package))}
        for size in sizes:
            fill(chosen.build, cache, chosen.ffc, modules, before, size)
            before = size
            rows += [{"entries": size, **row} for row in measure(commands, chosen.rounds or (3 if chosen.quick else 5))]
            common.say("  %d entries: %s" % (size, [row["seconds"] for row in rows if row["entries"] == size]))
    common.emit({"commands": rows, "load_before": load})


if __name__ == "__main__":
    main()
