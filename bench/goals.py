"""What was to be reached and what was, out of the measurements: a list of rows. Pure.

Each row says what is compared, the goal, what was measured (None when the measurement is not there), and whether that is enough.
"""
from typing import NamedTuple

from common import geometric_mean, median


class Row(NamedTuple):
    what: str
    goal: str
    reached: str
    is_reached: "bool | None"
    note: str = ""


def ratios(rows, peer, ours):
    """How many times as long the peer takes, for each row."""
    return [row["seconds"][peer] / row["seconds"][ours] for row in rows if peer in row["seconds"] and ours in row["seconds"]]


def unavailable(measurement, *names):
    missing = [name for name in names if name in measurement.get("unavailable", [])]
    return "without " + ", ".join("build." + name for name in missing) + ", which this dijitso does not have" if missing else ""


def at_least(what, measurement, rows, peer, ours, mean=None, each=None, note="", needs=()):
    """A row for ratios of times: their geometric mean, and the smallest of them."""
    goal = ", ".join(text for text in ("%gx (geometric mean)" % mean if mean else "", "no one below %gx" % each if each else "") if text)
    found = ratios(rows(measurement), peer, ours) if measurement else []
    if not found:
        return Row(what, goal, "not measured", None)
    reached = (mean is None or geometric_mean(found) >= mean) and (each is None or min(found) >= each)
    said = "; ".join(text for text in (note, unavailable(measurement, *needs)) if text)
    return Row(what, goal, "%.1fx, smallest %.1fx, of %d" % (geometric_mean(found), min(found), len(found)), reached, said)


def cold_rows(m):
    modules, families, dolfin, ffcx, programs = (m.get(name) for name in (
        "cold_modules", "cold_families", "cold_dolfin", "cold_ffcx", "whole_programs"))

    def precompiled(measurement):
        counters = (measurement or {}).get("counters", {}).get("first", {})
        if not counters:
            return ""
        modules = counters["compiles"] - 1  # without that of the start-up
        quick = "; %d came as quick code, and %d were replaced" % (counters["quick"], counters["optimized"]) if "quick" in counters else ""
        return "%d of %d modules used precompiled headers%s" % (counters["precompiled"], modules, quick)
    return [
        at_least("Cold first call, precompiled headers, against the old package", modules, lambda x: x["modules"], "old", "first",
                 10, 3, precompiled(modules), ["tier"]),
        at_least("Cold first call, nothing cached at all, a family of forms in a new process", families, lambda x: x["families"], "old",
                 "ever", 1.5, needs=["tier"]),
        at_least("Cold, optimised at once (-O2), one core, precompiled headers", modules, lambda x: x["modules"], "old", "full", 2.5),
        at_least("The same, families of forms, two jobs", families, lambda x: x["families"], "old alone", "full 2", 4, needs=["jobs"]),
        at_least("DOLFIN's Expression and SubDomain, first call, precompiled headers", dolfin, lambda x: x["modules"], "old", "first", 15,
                 note=precompiled(dolfin), needs=["tier"]),
        at_least("Whole DOLFIN programs, start to last result, precompiled headers", programs,
                 lambda x: [row for row in x["programs"] if row["build"] == "dolfin"], "old", "cold", None, 3.5,
                 needs=["tier"]),
        at_least("FFCx's C modules, first call, against CFFI and gcc", ffcx, lambda x: x["modules"], "old", "first", 12, needs=["tier"]),
        at_least("Without precompiled headers, one core, against clang++-22 as a subprocess", modules, lambda x: x["modules"], "clang++",
                 "plain", 1),
    ]


def hit_rows(m):
    hits, sizes, python = m.get("hits"), m.get("hit_sizes"), m.get("python_hit")
    rows = []
    if hits:
        plain = median([size["none"]["modules"] for size in hits["sizes"]])
        last = hits["sizes"][-1]
        growth = last["many"]["modules"] / last["none"]["modules"]
        rows.append(Row("Disk hit in a new process, a module: read, verified, linked", "0.5 ms", "%.2f ms" % plain, plain <= 0.5))
        rows.append(Row("The same with %s entries in the cache" % format(last["entries"], ","), "1.2x of that", "%.2fx" % growth, growth <= 1.2))
        few, many = hits["memory"]["nanoseconds"], hits["memory"]["nanoseconds_with_parameters_of_ffc"]
        rows.append(Row("Memory hit in C++", "100 ns", "%.0f ns" % few, few <= 100,
                        "%.0f ns with the %d parameters of FFC" % (many, hits["memory"]["parameters_of_ffc"])))
    if sizes:
        def of(kind, count):
            return next(row["processor_milliseconds"]["orc"] for row in sizes["rows"] if (row["kind"], row["count"]) == (kind, count))
        most = max(row["count"] for row in sizes["rows"])
        for kind, count, goal in (("functions", 10, 0.5), ("templates", 1000, 10)):
            if count <= most:
                rows.append(Row("Disk hit, linked in memory: %s %s, -O0" % (format(count, ","), kind), "%g ms" % goal,
                                "%.2f ms" % of(kind, count), of(kind, count) <= goal))
        ratios = [row["processor_milliseconds"]["orc"] / row["processor_milliseconds"]["dlopen"] for row in sizes["rows"]]
        rows.append(Row("Disk hit, linked in memory, against a finished shared library: the module with the largest ratio", "1.5x", "%.2fx" % max(ratios),
                        max(ratios) <= 1.5))
        for kind in ("functions", "templates"):
            if most >= 4000:
                growth = of(kind, 4000) / of(kind, 2000)
                rows.append(Row("4,000 %s take as long as 2,000" % kind, "2.3x", "%.2fx" % growth, growth <= 2.3))
    if python:
        times = python["microseconds"]
        slowest = min(times, key=lambda what: times[what]["old"] / times[what]["ours"])
        found = times["both, as FFC does"]
        rows.append(Row("Memory hit in Python, with FFC's parameters, against the old package", "5x", "%.1fx" % (found["old"] / found["ours"]),
                        found["old"] / found["ours"] >= 5, "%s: %.1fx" % (slowest, times[slowest]["old"] / times[slowest]["ours"])))
    return rows


def own_share(row):
    """How far a faster compiler could get; measurements of earlier versions do not have it."""
    return "; %.0f %% of gcc's case is not the compiler" % (100 * row["own"] / row["cpu"]["stock"]) if "own" in row else ""


def front_door_rows(m):
    door, hooks = m.get("front_door"), m.get("hooks")
    rows = []
    if door:
        def call(peer):
            found = {what: times["ours"] / times[peer] for what, times in door["nanoseconds"].items()}
            return max(found.values()), "slowest: " + max(found, key=found.get)
        for peer, name, goal in (("ctypes", "ctypes with argtypes", 1.2), ("cffi", "CFFI's API mode", None), ("pybind11", "pybind11", None)):
            ratio, note = call(peer)
            rows.append(Row("A call from Python by its prototype, against " + name, "%gx" % goal if goal else "", "%.2fx" % ratio,
                            ratio <= goal if goal else None, note))
        for row in door["first_results"]:
            for what, process in (("first", "nothing cached"), ("second", "a second process")):
                peers = ["%.1fx against %s" % (row[what][peer] / row[what]["ours"], peer) for peer in ("cffi", "numba") if peer in row[what]]
                rows.append(Row("%d functions, from import to results, %s" % (row["functions"], process), "", ", ".join(peers), None))
    for row in hooks["rows"] if hooks else []:
        least = 10 if row["case"] == "ufuncify" else 2
        cold, warm = row["wall"]["stock"] / row["wall"]["ours"], row["warm"]["ours"] / row["warm"]["stock"]
        rows.append(Row(row["case"] + ", cold, precompiled headers, against gcc", "%gx" % least, "%.1fx" % cold, cold >= least,
                        "%.1fx of the processors' seconds; %.1fx with nothing cached%s" % (
                            row["cpu"]["stock"] / row["cpu"]["ours"], row["wall"]["stock"] / row["wall"]["ever"], own_share(row))))
        rows.append(Row(row["case"] + ", a whole second process, of stock's", "1.1x", "%.2fx" % warm, warm <= 1.1,
                        "%.2fx of the processors' seconds" % (row["warm_cpu"]["ours"] / row["warm_cpu"]["stock"])))
    return rows


def compiler_command_rows(m):
    rows = []
    if files := (m.get("compiler_command") or {}).get("files"):
        wall, cpu = ({side: sum(file[side][unit] for file in files) for side in ("gcc", "cold")} for unit in ("wall", "cpu"))
        hits = [1000 * file["hit"]["wall"] for file in files]
        rows.append(Row("`dijitso-cc` on FFCx's %d C files, cold, of gcc -O2" % len(files), "0.8x", "%.2fx" % (wall["cold"] / wall["gcc"]),
                        wall["cold"] / wall["gcc"] <= 0.8, "%.2fx of the processors' seconds" % (cpu["cold"] / cpu["gcc"])))
        rows.append(Row("`dijitso-cc`, a hit, the whole command", "15 ms", "%.1f ms" % median(hits), median(hits) <= 15,
                        "%.1f ms of the processors" % (1000 * median([file["hit"]["cpu"] for file in files]))))
    for row in (m.get("compiler_command") or {}).get("rows", []):
        wall, cpu = row["wall"], row["cpu"]
        peer, goal, what = ("g++", 0.8, "cold") if row["when"] == "cold" else ("ccache", 1, "again")
        note = "%.2fx by the clock" % (wall["ours"] / wall[peer])
        if what == "cold":
            note += "; %.2fx without precompiled headers" % (cpu["plain"] / cpu[peer])
        ratio = cpu["ours"] / cpu[peer]
        rows.append(Row("`make -j2` with `dijitso-c++`, %s, the processors' seconds, of those with %s" % (what, peer), "%gx" % goal, "%.2fx" % ratio,
                        ratio <= goal, note))
    return rows


def command_rows(m):
    measurement = m.get("command_line")
    rows = []
    for row in measurement["commands"] if measurement else []:
        goal = {"show": 20, "show --count": 20, "grep": 10}.get(row["what"])
        note = {"show": "with sizes, which the old command does not show", "show --count": "the same work: files are counted"}.get(row["what"], "")
        ratio = row["seconds"]["old"] / row["seconds"]["ours"]
        if goal:
            rows.append(Row("`dijitso-cache %s` with %s modules, against the old package" % (row["what"], format(row["entries"], ",")),
                            "%dx" % goal, "%.1fx" % ratio, ratio >= goal, note))
    return rows


def kernel_rows(m):
    kernels = m.get("kernels")
    if not kernels:
        return []
    rows = []
    for i, name in enumerate(kernels["variants"][1:], 1):
        found = [kernel["nanoseconds"][i] / kernel["nanoseconds"][0] for kernel in kernels["kernels"]]
        slow = sum(ratio > 1.1 for ratio in found)
        goal = "0.9x (geometric mean), no one above 1.1x" if i == 1 else ""
        reached = "%.2fx, largest %.2fx, of %d" % (geometric_mean(found), max(found), len(found))
        rows.append(Row("Kernels, time against g++ -O2: " + name, goal, reached,
                        geometric_mean(found) <= 0.9 and slow == 0 if i == 1 else None, "%d above 1.1x" % slow))
    return rows


def memory_rows(m):
    memory = m.get("peak_memory")
    if not memory:
        return []
    found = [row["kib"]["full"] / row["kib"]["clang++"] for row in memory["modules"]]
    return [Row("Most memory of a compile, against clang++-22", "1.2x", "%.2fx at most, of %d" % (max(found), len(found)), max(found) <= 1.2,
                "%.2fx without precompiled headers" % max(row["kib"]["plain"] / row["kib"]["clang++"] for row in memory["modules"]))]


def peer_rows(m):
    peers = m.get("peers")
    if not peers:
        return []
    return [Row("A module in a new process, nothing cached, against clang-repl-22", "",
                "%.2fx" % geometric_mean(ratios(peers["clang-repl"], "clang-repl", "ours")), None),
            Row("One kernel, first call, against numba", "", "%.1fx" % (peers["numba"]["numba"] / peers["numba"]["ours"]), None)]


def rows(measurements):
    return cold_rows(measurements) + hit_rows(measurements) + front_door_rows(measurements) + compiler_command_rows(measurements) + command_rows(measurements) + kernel_rows(measurements) + memory_rows(measurements) + peer_rows(measurements)


VERDICTS = {True: "yes", False: "NO", None: ""}


def as_text(table):
    lines = ["%-82s %-42s %-32s %s" % ("", "goal", "measured", "reached")]
    for row in table:
        lines.append("%-82s %-42s %-32s %s" % (row.what, row.goal, row.reached, VERDICTS[row.is_reached]))
        if row.note:
            lines.append("    " + row.note)
    return "\n".join(lines)
