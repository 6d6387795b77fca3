"""The plots of docs/benchmarks.md, as SVG: small, and the same bytes for the same numbers."""
import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "dijitso", "svg.fonttype": "none", "figure.figsize": (8, 3.2), "axes.grid": True,
                            "grid.alpha": 0.3, "font.size": 9, "figure.constrained_layout.use": True})
import matplotlib.pyplot as plt  # noqa: E402


def sorted_ratios(axes, rows, sides, peer="old"):
    for side, label in sides.items():
        found = sorted(row["seconds"][peer] / row["seconds"][side] for row in rows)
        axes.plot(range(1, len(found) + 1), found, ".-", label=label, markersize=3, linewidth=1)
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_yscale("log")
    axes.set_xlabel("modules, sorted")
    axes.set_ylabel("times faster than the old package")
    axes.legend()


def cold_modules(axes, m):
    sorted_ratios(axes, m["modules"], {"first": "first call", "full": "optimised at once, one core", "plain": "without precompiled headers",
                                       "clang++": "clang++-22 as a subprocess"})


def cold_ffcx(axes, m):
    sorted_ratios(axes, m["modules"], {"first": "first call", "full": "optimised at once"})
    axes.set_ylabel("times faster than CFFI and gcc")


def whole_programs(axes, m):
    names = [row["build"] + " " + row["program"] for row in m["programs"]]
    for shift, (side, label) in enumerate({"old": "old", "ever": "ours, nothing cached", "cold": "ours, precompiled headers"}.items()):
        axes.bar([i + 0.27 * (shift - 1) for i in range(len(names))], [row["seconds"][side] for row in m["programs"]], 0.25, label=label)
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=7)
    axes.set_ylabel("seconds to the last result")
    axes.legend()


def hits(axes, m):
    sizes = [size["entries"] for size in m["sizes"]]
    for what, label in {"modules": "disk hit, a module", "miss": "a miss", "show": "dijitso-cache show"}.items():
        axes.plot(sizes, [size["many"][what] for size in m["sizes"]], "o-", label=label, markersize=3)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("entries in the cache")
    axes.set_ylabel("milliseconds")
    axes.legend()


def kernels(axes, m):
    for i, name in enumerate(m["variants"][1:], 1):
        found = sorted(kernel["nanoseconds"][i] / kernel["nanoseconds"][0] for kernel in m["kernels"])
        axes.plot(range(1, len(found) + 1), found, ".-", label=name, markersize=3, linewidth=1)
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_xlabel("kernels, sorted")
    axes.set_ylabel("time against g++ -O2")
    axes.legend()


PLOTS = {"cold_modules": cold_modules, "cold_dolfin": cold_modules, "cold_ffcx": cold_ffcx, "whole_programs": whole_programs, "hits": hits,
         "kernels": kernels}


def draw(measurements, folder):
    """Draws what was measured; gives the name of each file."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {}
    for name, plot in PLOTS.items():
        if name in measurements:
            figure, axes = plt.subplots()
            plot(axes, measurements[name])
            drawn[name] = name + ".svg"
            figure.savefig(folder / drawn[name], metadata={"Date": None})
            plt.close(figure)
    return drawn
