"""dijitso-c++ as the compiler of a C++ project of 40 generated files, built by `make -j2`, against g++ and g++ with ccache, by turns; and
dijitso-cc against gcc -O2 on the C files that FFCx generates, one command for each: cold, and once more, from the cache.

Cold: nothing is cached. Again: the objects are removed, and the project is built a second time. Seconds by the clock and of the processors, with all
processes; the link is not measured. What the files include: 14 begin with a header of the project, 8 with that and Eigen, 6 with <iostream> and <regex>,
and 12 with a header of their own, and then with other headers of the library in another order each.
"""
import json
import os
import random
import resource
import shutil
import subprocess
import time

import common

FLAGS = "-O2 -Iinclude -isystem /usr/include/eigen3"
MAKEFILE = "all: $(addsuffix .o, $(FILES))\n%.o: src/%.cpp\n\t$(CXX) " + FLAGS + " -MMD -c $< -o $@\n"
MODEL = """#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>
struct Model {
  std::map<std::string, std::vector<double>> fields;
  std::vector<std::shared_ptr<Model>> parts;
  double sum() const;
};
"""
PART = """#pragma once
#include <string>
#include <vector>
double part_{n}(const std::vector<std::string> &);
"""
OF_MODEL = """#include "model.h"
#include <algorithm>
#include <numeric>
double model_{n}(Model &model) {{
  auto &values = model.fields["field {n}"];
  values.resize(values.size() + {n});
  std::sort(values.begin(), values.end());
  for (const auto &part : model.parts) values.push_back(part->sum());
  return std::accumulate(values.begin(), values.end(), {n}.0);
}}
"""
OF_EIGEN = """#include "model.h"
#include <Eigen/Dense>
double eigen_{n}(const Model &model) {{
  Eigen::Matrix<double, {rows}, {rows}> a = Eigen::Matrix<double, {rows}, {rows}>::Identity();
  for (const auto &[name, values] : model.fields) a(0, name.size() % {rows}) += values.size();
  return (a * a.transpose()).trace() + a.inverse().sum();
}}
"""
OF_TEXT = """#include <iostream>
#include <regex>
#include <string>
#include "model.h"
void text_{n}(const Model &model) {{
  static const std::regex pattern("a{n}+(b|c)");
  for (const auto &[name, values] : model.fields)
    if (std::regex_search(name, pattern)) std::cout << name << ' ' << values.size() + {n} << '\\n';
}}
"""
OF_PART = """#include "part_{n}.h"
{includes}
double part_{n}(const std::vector<std::string> &names) {{
  std::map<std::string, int> count;
  for (const auto &name : names) count[name.substr(0, {n})]++;
  std::vector<std::pair<int, std::string>> sorted;
  for (const auto &[name, times] : count) sorted.emplace_back(times, name);
  std::sort(sorted.rbegin(), sorted.rend());
  return sorted.empty() ? {n} : sorted.front().first;
}}
"""
OTHERS = ["functional", "iostream", "memory", "numeric", "set", "sstream", "unordered_map", "utility"]


def write_project(folder, small):
    """Writes the files; the names without their endings."""
    chosen = random.Random(1)
    (folder / "include").mkdir(parents=True)
    (folder / "src").mkdir()
    (folder / "Makefile").write_text(MAKEFILE)
    (folder / "include" / "model.h").write_text(MODEL)
    names = []
    for kind, count, text in (("model", 14, OF_MODEL), ("eigen", 8, OF_EIGEN), ("text", 6, OF_TEXT), ("part", 12, OF_PART)):
        for n in range(1, (1 if small else count) + 1):
            includes = ["algorithm", "map"] + chosen.sample(OTHERS, chosen.randint(1, 4))
            chosen.shuffle(includes)
            lines = "\n".join("#include <%s>" % include for include in includes)
            (folder / "include" / f"part_{n}.h").write_text(PART.format(n=n))
            (folder / "src" / f"{kind}_{n}.cpp").write_text(text.format(n=n, rows=2 + n % 3, includes=lines))
            names.append(f"{kind}_{n}")
    chosen.shuffle(names)  # the files of a real project are not sorted by what they include
    return names


def seconds_of(command, **how):
    """The seconds of one command, by the clock and of the processors."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, **how)
    wall, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime}


def build(folder, names, compiler, variables):
    """The seconds of one `make -j2`."""
    for name in names:
        (folder / (name + ".o")).unlink(missing_ok=True)
    return seconds_of(["make", "-s", "-j2", "CXX=" + compiler, "FILES=" + " ".join(names)], cwd=folder, env=variables)


def measure_round(chosen, root, turn):
    """{side: {"cold": ..., "again": ...}}; without precompiled headers too."""
    ours = str(chosen.build / "bin" / "dijitso-c++")
    sides = {"g++": ("g++", {}), "ccache": ("ccache g++", {}), "ours": (ours, {}), "plain": (ours, {"DIJITSO_BUILD_PCH": "off"})}
    found = {}
    for side in common.turns(list(sides), turn):
        compiler, more = sides[side]
        folder = root / f"{side}-{turn}"
        names = write_project(folder, chosen.smallest)
        variables = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8", "DIJITSO_CACHE_DIR": str(folder / "cache"),
                     "CCACHE_DIR": str(folder / "ccache"), "CCACHE_CONFIGPATH": "/dev/null", **more}
        found[side] = {when: build(folder, names, compiler, variables) for when in ("cold", "again")}
        shutil.rmtree(folder)
    return found


def measure_files(chosen, root, turn):
    """{file: {side: seconds}} of the C files; "hit" comes after "cold"."""
    folder = chosen.build / "tests" / "ffcx" / "modules"
    manifest = json.loads((folder / "modules.json").read_text())
    flags = ["-O2", "-fPIC", *("-I" + directory for directory in manifest["include_dirs"])]
    compilers = {"gcc": "gcc", "cold": str(chosen.build / "bin" / "dijitso-cc"), "hit": str(chosen.build / "bin" / "dijitso-cc")}
    variables = {**os.environ, "LC_ALL": "C.UTF-8", "DIJITSO_CACHE_DIR": str(root / f"files-{turn}")}
    names = [module["name"] for module in manifest["modules"]][:2 if chosen.smallest else None]
    found = {}
    for number, name in enumerate(names):
        sides = ["gcc", "cold", "hit"] if (turn + number) % 2 else ["cold", "hit", "gcc"]
        found[name] = {side: seconds_of([compilers[side], *flags, "-c", folder / (name + ".c"), "-o", root / "x.o"], env=variables) for side in sides}
    return found


def main():
    chosen = common.arguments(__doc__, rounds={"type": int})
    rounds = chosen.rounds or (1 if chosen.quick else 5)
    with common.Folder() as root:
        found = [measure_round(chosen, root, turn) for turn in range(rounds)]
        files = [measure_files(chosen, root, turn) for turn in range(rounds)]
    common.emit({"rounds": rounds, "files": [{side: {unit: common.median([one[name][side][unit] for one in files]) for unit in ("wall", "cpu")}
                                              for side in ("gcc", "cold", "hit")} for name in files[0]], "rows": [{"when": when, **{unit: {side: common.median([one[side][when][unit] for one in found]) for side in found[0]}
                                                              for unit in ("wall", "cpu")}} for when in ("cold", "again")]})


if __name__ == "__main__":
    main()
