"""Compiles the modules of FFCx's corpus through FFCx: with CFFI and gcc, and with ours in its place; generating is not counted.

Both have compiled one module before. `first` has precompiled headers where those help, and the quick tier first; `full` is optimised
at once.
"""
import common


def environment(cache, package, settings):
    return {**common.environment(cache, package), **settings}


def main():
    chosen = common.arguments(__doc__, rounds={"type": int})
    known = common.known_parameters(chosen.package)
    rows = {}
    for turn in range(chosen.rounds or (1 if chosen.quick else 2)):
        with common.Folder() as root:
            workers = {side: common.Worker("ffcx_worker.py", "stock" if package is None else "ours", root / side / "cache",
                                           env=environment(root / side, package, common.as_environment(settings, known)))
                       for side, package, settings in (("old", None, {}), ("first", chosen.package, common.FIRST),
                                                       ("full", chosen.package, common.FULL))}
            demos = [(demo, scalar) for demo, scalars in workers["old"].hello["demos"].items() for scalar in scalars if demo != "elements"]
            if chosen.quick:
                demos = demos[:2 if chosen.smallest else 12]
            for worker in workers.values():
                worker.ask(demo="elements", scalar="double")
            for number, (demo, scalar) in enumerate(demos):
                for side in common.turns(list(workers), turn + number):
                    rows.setdefault((demo, scalar), {}).setdefault(side, []).append(workers[side].ask(demo=demo, scalar=scalar)["seconds"])
            for worker in workers.values():
                worker.close()
        common.say("  round %d: %d modules" % (turn + 1, len(demos)))
    common.emit({"modules": [{"demo": demo, "scalar": scalar, "seconds": {side: common.median(times) for side, times in sides.items()}}
                             for (demo, scalar), sides in rows.items()], "unavailable": sorted(set(common.FULL) - set(known))})


if __name__ == "__main__":
    main()
