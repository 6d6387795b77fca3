"""Writes docs/benchmarks.md and its plots, from the JSON of the results alone."""
import pathlib

import goals
from common import geometric_mean, median

HEAD = """# Benchmarks

Written by `scripts/bench` from [benchmarks/results.json](benchmarks/results.json); do not edit. Everything that is compared ran by turns in one
run; medians. "3x" means that the peer takes three times as long. Seconds are those of one machine: compare ratios.

The old package is python3-dijitso 2019.2 with g++, called as FFC and DOLFIN call it; for FFCx it is CFFI with gcc. "Precompiled headers" are
made by a program that ran before; objects were not there. `bench/README.md` says how each figure is measured.
"""


def table(titles, rows):
    lines = ["| " + " | ".join(titles) + " |", "|" + " --- |" * len(titles)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]) + "\n"


def summary(m):
    verdicts = {True: "yes", False: "**no**", None: ""}
    return table(["what", "goal", "measured", "reached", "remarks"],
                 [(row.what, row.goal, row.reached, verdicts[row.is_reached], row.note) for row in goals.rows(m)])


def module_table(measurement):
    groups = {}
    for module in measurement["modules"]:
        groups.setdefault(module["family"], []).append(module)
    sides = ["first", "first, until optimised", "full", "plain", "clang++"]
    rows = []
    for family, modules in [*groups.items(), ("all", measurement["modules"])]:
        old = sum(module["seconds"]["old"] for module in modules)
        means = ["%.1fx" % geometric_mean(goals.ratios(modules, "old", side)) if goals.ratios(modules, "old", side) else ""
                 for side in sides]
        rows.append([family, len(modules), "%.2f s" % old, *means])
    return table(["family", "modules", "old package", "ours, first call", "until it runs optimised", "ours, optimised at once",
                  "without precompiled headers", "clang++-22 as a subprocess"], rows)


def start_up(measurement):
    return "Before: import of the package %.0f ms (old %.0f ms), first module of one line %.0f ms (old %.0f ms).\n" % tuple(
        1000 * measurement[what][side] for what in ("import", "start_up") for side in ("first", "old"))


def program_table(measurement):
    rows = []
    for row in measurement["programs"]:
        s = row["seconds"]
        warm = "%.2f s, %.2f s" % (s["old warm"], s["warm"]) if "warm" in s else ""
        rows.append([row["build"] + " " + row["program"], "%.2f s" % s["old"], "%.2f s" % s["ever"], "%.2f s" % s["cold"],
                     "%.1fx" % (s["old"] / s["cold"]), warm])
    return table(["program", "old, cold", "ours, nothing cached", "ours, precompiled headers", "ratio", "old, ours, everything cached"], rows)


def mpi_table(measurement):
    rows = []
    for row in measurement["rows"]:
        for way, found in row["ways"].items():
            totals = found.get("cold_totals", {})
            cells = [totals.get(name, "") for name in ("compiles", "received")]
            memory = "%.0f us" % (1e6 * found["memory"] / measurement["modules"]) if "memory" in found else ""
            rows.append([row["ranks"], way, "%.2f s" % found["cold"], "%.1f ms" % (1000 * found["warm"]) if "warm" in found else "", memory, cells[0],
                         "%.1f MB" % (cells[1] / 1e6) if cells[1] != "" else "", found["files_opened"]])
    return table(["ranks", "way", "nothing cached", "from the cache", "from memory, a module", "compiles", "received by all",
                  "files opened in the cache"], rows)


def size_table(measurement):
    rows = []
    for size in measurement["sizes"]:
        many = size["many"]
        rows.append([format(size["entries"], ","), "%.3f ms" % many["modules"], "%.2fx" % (many["modules"] / size["none"]["modules"]),
                     "%.1f ms" % many["first"], "%.1f ms" % many["miss"], "%.1f ms" % many["show"], "%.0f MiB" % (many["show_kib"] / 1024)])
    return table(["entries", "disk hit, a module", "against none", "first link of a process", "a miss: one line compiled and published",
                  "`dijitso-cache show`", "its memory"], rows)


def kernel_table(measurement):
    names = measurement["variants"]
    rows = [[kernel["family"], kernel["integral"], "%.0f ns" % kernel["nanoseconds"][0],
             *["%.2fx" % (time / kernel["nanoseconds"][0]) for time in kernel["nanoseconds"][1:]]] for kernel in measurement["kernels"]]
    return table(["family", "integral", names[0], *names[1:]], rows)


def memory_table(measurement):
    def mib(row, side):
        return "%.0f MiB" % (row["kib"][side] / 1024)
    return table(["module", "clang++-22", "ours", "ours without precompiled headers"],
                 [(row["what"], mib(row, "clang++"), mib(row, "full"), mib(row, "plain")) for row in measurement["modules"]])


PEERS = """clang-repl-22 compiles C++ in its process too, but keeps nothing, and takes a module only as an `#include`, for it reads its input line
by line. numba compiles Python, so one kernel was written again for it. cppyy is not compared: Debian 12 has no package of it.
"""

MPI = """%d modules of FFC. `root`: `mpi::jit`, one rank compiles and sends; `farm`: `mpi::jit_many`, the ranks compile at the same time; `read`:
ours as the old package does it, one rank compiles and the others read the cache; `old`: the old package. More ranks than cores take turns.
"""

COMMAND_LINE = """The shortest of the rounds; the load of the machine before was %.1f. The old `show` counts files. Ours also asks the kernel for the
size of each, 40,000 times for 10,000 modules, and that is what bounds it; `--count` only reads the directories. In `grep`, most of our time goes into decompressing.
"""

HIT_SIZES = """Compiled with -O0, each template in a section of its own. `dlopen` opens a shared library that a linker has finished; in memory, the object is linked
at every hit.
"""

# Measurement -> title, and what is shown of it.
SECTIONS = [
    ("cold_modules", "Modules of FFC, cold", lambda m: [start_up(m), module_table(m)]),
    ("cold_families", "Families of forms, each in a new process", lambda m: [table(
        ["family", "modules", "old", "ours, nothing cached", "ours, one job", "ours, two jobs"],
        [[row["family"], row["modules"], *["%.2f s" % row["seconds"][side] for side in ("old", "ever", "full", "full 2")]]
         for row in m["families"]])]),
    ("cold_dolfin", "C++ strings of DOLFIN, cold", lambda m: [start_up(m), module_table(m)]),
    ("cold_ffcx", "Modules of FFCx, cold", lambda m: [table(
        ["", "CFFI and gcc", "ours, first call", "ours, optimised at once"],
        [["median of %d modules" % len(m["modules"]),
          *["%.0f ms" % (1000 * median([row["seconds"][side] for row in m["modules"]])) for side in ("old", "first", "full")]]])]),
    ("whole_programs", "Whole programs", lambda m: [program_table(m)]),
    ("hits", "Hits, and the size of the cache", lambda m: [size_table(m)]),
    ("hit_sizes", "Hits, and the size of the module", lambda m: [HIT_SIZES, table(
        ["functions", "kind", "in memory", "processor", "`dlopen`", "processor", "ratio of the processor's"],
        [[format(row["count"], ","), row["kind"],
          *["%.2f ms" % row[clock][loader] for loader in ("orc", "dlopen") for clock in ("milliseconds", "processor_milliseconds")],
          "%.2fx" % (row["processor_milliseconds"]["orc"] / row["processor_milliseconds"]["dlopen"])] for row in m["rows"]])]),
    ("front_door", "The Python front door", lambda m: [table(
        ["nanoseconds a call", "by its prototype", "ctypes", "CFFI", "pybind11"],
        [[what, *["%.0f" % times[side] for side in ("ours", "ctypes", "cffi", "pybind11")]] for what, times in m["nanoseconds"].items()]), table(
        ["functions", "from import to results", "ours", "CFFI with gcc", "numba"],
        [[row["functions"], process, *["%.0f ms" % (1000 * row[what][side]) if side in row[what] else "" for side in ("ours", "cffi", "numba")]]
         for row in m["first_results"] for what, process in (("first", "nothing cached"), ("second", "a second process"))])]),
    ("hooks", "Hooks", lambda m: [table(
        ["", "gcc", "ours, precompiled headers", "ours, nothing cached", "processors: gcc", "ours", "second process: stock", "ours"],
        [[row["case"], *["%.2f s" % row["wall"][side] for side in ("stock", "ours", "ever")], *["%.2f s" % row["cpu"][side] for side in ("stock", "ours")],
          *["%.2f s" % row["warm"][side] for side in ("stock", "ours")]] for row in m["rows"]])]),
    ("compiler_command", "The compiler command", lambda m: [table(
        ["`make -j2` of 40 files", "g++", "g++ with ccache", "`dijitso-c++`", "without precompiled headers", "processors: g++", "ccache", "`dijitso-c++`",
         "without"],
        [[row["when"], *["%.2f s" % row[unit][side] for unit in ("wall", "cpu") for side in ("g++", "ccache", "ours", "plain")]] for row in m["rows"]])]),
    ("command_line", "The command line", lambda m: [COMMAND_LINE % m["load_before"] + m.get("remark", ""), table(
        ["modules", "command", "old package", "ours", "ratio"],
        [[format(row["entries"], ","), "`%s`" % row["what"], *["%.0f ms" % (1000 * row["seconds"][side]) for side in ("old", "ours")],
          "%.1fx" % (row["seconds"]["old"] / row["seconds"]["ours"])] for row in m["commands"]])]),
    ("kernels", "Kernels", lambda m: [kernel_table(m)]),
    ("peak_memory", "Memory of a compile", lambda m: [memory_table(m)]),
    ("mpi", "Ranks of MPI that share a cache directory", lambda m: [MPI % m["modules"], mpi_table(m)]),
    ("peers", "Other peers", lambda m: [PEERS]),
]


def write(document, folder, draws):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    measurements, machine = document["measurements"], document["machine"]
    drawn = {}
    if draws:
        import plots  # needs matplotlib
        drawn = plots.draw(measurements, folder / "benchmarks")
    text = [HEAD, "%s, %s cores, %s; %s; %s; %s; load before the run %.1f.\n" % tuple(
        machine[key] for key in ("cpu", "cores", "memory", "g++", "clang++-22", "date", "load_before"))]
    parts = sorted(name for name, m in measurements.items() if m["size"] != "full")
    if parts:
        text.append("Only a part was measured of: %s.\n" % ", ".join(parts))
    text.append(summary(measurements))
    for name, title, show in SECTIONS:
        if name in measurements:
            text += ["## " + title + "\n", *show(measurements[name])]
            text += ["![%s](benchmarks/%s)\n" % (title, drawn[name])] if name in drawn else []
    (folder / "benchmarks.md").write_text("\n".join(text))
