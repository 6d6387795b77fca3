"""The first modules of FFC's corpus on 1 to 16 ranks of MPI that share one cache directory, with nothing cached and from the cache.

Ways: `root` is mpi::jit, one rank compiles and sends; `farm` is mpi::jit_many, every rank compiles its share; `read` is ours as the old
package does it, one rank compiles and the others read the cache; `old` is the old package itself. Another run of each under strace counts
how often files below the cache directory are opened by all ranks, compilers that the old package starts not included.
"""
import json
import os
import subprocess

import common

WAYS = ["root", "farm", "read", "old"]
MODULES = 13
FAMILIES = ["stokes", "elasticity_2d", "poisson"]


def command(chosen, names, way, cache):
    if way == "old":
        return [common.PYTHON, "-B", str(common.HERE / "mpi_old.py"), str(chosen.ffc), *names]
    return [str(chosen.build / "bin" / "bench_mpi_ranks"), str(chosen.ffc), str(cache), str(len(names)), way]


def run(chosen, names, way, ranks, cache, trace=None):
    allow = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_btl_vader_single_copy_mechanism": "none"}
    environment = {**common.environment(cache, None if way == "old" else chosen.package), **allow, "PATH": "/usr/bin:/bin"}
    tracer = ["strace", "-ff", "-e", "trace=openat", "-o", str(trace)] if trace else []
    done = subprocess.run(["mpirun", "--oversubscribe", "-n", str(ranks), *tracer, *command(chosen, names, way, cache)], check=True,
                          stdout=subprocess.PIPE, text=True, env=environment, cwd=environment["HOME"])
    return json.loads([line for line in done.stdout.splitlines() if line.startswith("{")][-1])


def opened(folder, cache):
    """How often a file below the cache was opened; lines of processes that ran a compiler are those of other programs."""
    count = 0
    for file in folder.iterdir():
        lines = file.read_text(errors="replace").splitlines()
        if any("cc1plus" in line or "/crtbeginS.o" in line for line in lines):
            continue
        count += sum('"%s/' % cache in line and " = -1 " not in line and "O_DIRECTORY" not in line for line in lines)
    return count


def main():
    chosen = common.arguments(__doc__)
    manifest = json.loads(chosen.ffc.read_text())
    names = [module["name"] for module in common.modules_of(manifest, FAMILIES)][:2 if chosen.smallest else MODULES]
    sizes = [1, 2] if chosen.smallest else [1, 2, 4, 8, 16]
    rounds = 1 if chosen.quick else 3
    rows = []
    with common.Folder() as root:
        for ranks in sizes:
            found = {way: [] for way in WAYS}
            for turn in range(rounds):
                for way in common.turns(WAYS, turn):
                    found[way].append(run(chosen, names, way, ranks, root / ("%s-%d-%d" % (way, ranks, turn))))
            row = {"ranks": ranks, "ways": {}}
            for way, answers in found.items():
                traces, cache = root / ("trace-%s-%d" % (way, ranks)), root / ("traced-%s-%d" % (way, ranks))
                traces.mkdir()
                run(chosen, names, way, ranks, cache, traces / "of")
                row["ways"][way] = {**answers[0], "files_opened": opened(traces, os.path.realpath(cache)),
                                    **{what: common.median([answer[what] for answer in answers])
                                       for what in ("cold", "warm", "memory") if what in answers[0]}}
            rows.append(row)
            common.say("  %d ranks: %s" % (ranks, {way: round(one["cold"], 2) for way, one in row["ways"].items()}))
    common.emit({"modules": len(names), "rows": rows})


if __name__ == "__main__":
    main()
