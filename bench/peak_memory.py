"""Compiles single modules: the most memory of a process that does it with our library, and of clang++-22 -c with the same flags.

The modules are the largest and the one in the middle of FFC's corpus, by source, and an Expression of DOLFIN. `full` is optimised at
once, with precompiled headers; `plain` without those, as clang++-22 works.
"""
import json
import os
import subprocess

import common


def peak_of(command, **options):
    """KiB."""
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, **options) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit("'%s' fails" % command[0])
    return usage.ru_maxrss, output


def clang(manifest_path, manifest, module, root):
    includes = [*manifest["include_dirs"], str(manifest_path.parent)]
    source = manifest_path.parent / (module["name"] + manifest["source_postfix"])
    return peak_of(["clang++-22", "-c", *[flag for flag in manifest["cxxflags"] if flag != "-shared"], *manifest["cxxflags_opt"],
                    *["-I" + path for path in includes], source, "-o", root / "clang.o"], stderr=subprocess.DEVNULL)[0]


def ours(chosen, manifest_path, module, cache, settings):
    for entry in (cache / "obj").glob(module["name"] + ".*"):
        entry.unlink()
    env = {**common.environment(cache), **settings}
    _, output = peak_of([chosen.build / "bin" / "bench_compile_once", manifest_path, module["name"], cache], env=env)
    return json.loads(output)


def measure(chosen, manifest_path, manifest, module, what, root, known):
    row = {"what": what, "module": module["name"], "kib": {}}
    size = (manifest_path.parent / (module["name"] + manifest["source_postfix"])).stat().st_size
    for side, settings in (("full", common.FULL), ("plain", common.PLAIN)):
        cache = root / side / module["name"]
        settings = common.as_environment(settings, known)
        ours(chosen, manifest_path, module, cache, settings)  # what it depends on, and headers
        row["kib"][side] = []
        for _ in range(1 if chosen.quick else 3):
            found = ours(chosen, manifest_path, module, cache, settings)
            if found["compiles"] != 1 or found["precompiled"] != (side == "full"):
                raise SystemExit("%s is not what was to be compiled: %s" % (what, found))
            row["kib"][side].append(found["peak_kib"])
            row["kib"].setdefault("clang++", []).append(clang(manifest_path, manifest, module, root))
    row["kib"] = {side: common.median(values) for side, values in row["kib"].items()}
    common.say("  %s: %s" % (what, row["kib"]))
    return {**row, "source_bytes": size}


def main():
    chosen = common.arguments(__doc__)
    known = common.known_parameters(chosen.package)
    with common.Folder() as root:
        manifest = json.loads(chosen.ffc.read_text())
        modules = sorted(common.modules_of(manifest, common.families_of(chosen, manifest)),
                         key=lambda m: (chosen.ffc.parent / (m["name"] + ".cpp")).stat().st_size)
        wanted = [(chosen.ffc, manifest, modules[len(modules) // 2], "FFC, the module in the middle"),
                  (chosen.ffc, manifest, modules[-1], "FFC, the largest module")]
        if not chosen.smallest:
            path = common.make_dolfin_modules(root)
            dolfin = json.loads(path.read_text())
            wanted.append((path, dolfin, dolfin["modules"][0], "DOLFIN, an Expression"))
        rows = [measure(chosen, *row, root, known) for row in wanted]
    common.emit({"modules": rows})


if __name__ == "__main__":
    main()
