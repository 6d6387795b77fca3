"""What the measurements share: the two packages and their environments, processes that answer requests, and numbers.

A measurement is a script that prints one JSON document. Whatever it compares runs by turns: machines get faster and slower while one
looks, so only ratios of neighbours mean something.
"""
import argparse
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PYTHON = "/usr/bin/python3"  # Debian's packages belong to Debian's Python
OLD_PACKAGE = "/usr/lib/python3/dist-packages"

# What a first call does unless it is told otherwise, spelled out. Parameters that this dijitso does not have are left out, and named.
FIRST = {"pch": "auto", "tier": "auto"}
FULL = {"pch": "auto", "tier": "full", "jobs": 1}
FULL_2 = {"pch": "auto", "tier": "full", "jobs": 2}
PLAIN = {"pch": "off", "tier": "full", "jobs": 1}


def arguments(description, **extra):
    """The options that every measurement has; `extra` maps names of further ones to their arguments."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release", help="the build directory")
    parser.add_argument("--quick", action="store_true", help="a part of the corpus, once")
    parser.add_argument("--smallest", action="store_true", help="as little as shows that it works")
    for name, options in extra.items():
        parser.add_argument("--" + name.replace("_", "-"), **options)
    chosen = parser.parse_args()
    chosen.build = chosen.build.resolve()
    chosen.package = chosen.build / "python"
    chosen.ffc = chosen.build / "tests" / "ffc" / "modules" / "modules.json"
    chosen.quick = chosen.quick or chosen.smallest
    return chosen


def make_dolfin_modules(root):
    """The manifest of what DOLFIN makes of C++ strings, written below `root`."""
    subprocess.run([PYTHON, "-B", str(HERE.parent / "tests" / "dolfin" / "make_modules.py"), str(root / "dolfin")], check=True,
                   env=environment(root / "make"), stdout=subprocess.DEVNULL)
    return root / "dolfin" / "strings" / "modules.json"


def families_of(chosen, manifest):
    """The names of the families to measure."""
    names = [family["name"] for family in manifest["families"]]
    if chosen.smallest:
        return names[:1]
    quick = ["poisson", "stokes", "hyperelasticity", "dg_poisson", "heat"]
    return quick if chosen.quick else names


def modules_of(manifest, families):
    """The modules that these families need, dependencies first."""
    modules = {module["name"]: module for module in manifest["modules"]}
    needed = set()

    def need(name):
        if name not in needed:
            needed.add(name)
            for dependency in modules[name]["dependencies"]:
                need(dependency)
    for family in manifest["families"]:
        if family["name"] in families:
            for root in family["roots"]:
                need(root)
    return [module for module in manifest["modules"] if module["name"] in needed]


def say(text):
    print(text, file=sys.stderr, flush=True)


def emit(document):
    print(json.dumps(document))


def median(values):
    return statistics.median(values) if values else None


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values))) if values else None


def turns(items, turn):
    """`items`, beginning with another one at each turn."""
    start = turn % len(items)
    return items[start:] + items[:start]


class Folder:
    """A temporary directory that is removed at the end."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="dijitso-bench-"))
        return self.path

    def __exit__(self, *exception):
        shutil.rmtree(self.path, ignore_errors=True)


def environment(cache, package=None):
    """For a process with our package (`package` is its folder), or with the old one. Ours finds no compiler on PATH."""
    home = cache.parent / (cache.name + "-home")
    home.mkdir(parents=True, exist_ok=True)
    variables = {"HOME": str(home), "DIJITSO_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1",
                 "LC_ALL": "C.UTF-8", "TMPDIR": str(home), "PYTHONHASHSEED": "0"}
    if package is None:
        return {**variables, "PATH": "/usr/bin:/bin", "PYTHONPATH": OLD_PACKAGE}
    return {**variables, "PATH": "/nowhere", "CXX": "/bin/false", "CC": "/bin/false", "PYTHONPATH": str(package)}


def known_parameters(package):
    """The names of the parameters of `build` that our package has."""
    asked = subprocess.run([PYTHON, "-B", "-c", "import dijitso; print(*dijitso.params.default_params()['build'])"], check=True,
                           env={"PYTHONPATH": str(package), "PATH": "/usr/bin:/bin"}, stdout=subprocess.PIPE, text=True)
    return asked.stdout.split()


def as_environment(settings, known):
    """Parameters of `build` as variables, as far as our package knows them."""
    return {"DIJITSO_BUILD_" + name.upper(): str(value) for name, value in settings.items() if name in known}


class Worker:
    """A process that answers requests, one line of JSON each, until it is closed: `hello` is what it said first."""

    def __init__(self, script, *words, env, one_core=False):
        pin = (lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})) if one_core else None
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([PYTHON, "-B", str(HERE / script), *map(str, words)], env=env, stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, stderr=self.errors, cwd=env["HOME"], preexec_fn=pin)
        self.hello = self.answer()

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self):
        for line in self.process.stdout:
            if line.startswith("{"):  # programs may print other things
                return json.loads(line)
        self.errors.seek(0)
        raise SystemExit("a process of the benchmark ended: %s\n%s" % (" ".join(self.process.args), self.errors.read()))

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.errors.close()


def answer_requests(hello, answer):
    """The other end of a Worker: says hello, then answers."""
    channel = os.fdopen(os.dup(1), "w")  # what is printed elsewhere does not come between
    os.dup2(2, 1)

    def tell(document):
        channel.write(json.dumps(document) + "\n")
        channel.flush()
    tell(hello)
    for line in sys.stdin:
        tell(answer(json.loads(line)))


def module_worker(manifest, cache, settings=None, package=None, one_core=False, start_up=True):
    """A process that compiles modules, with our package and these parameters of `build`, or with the old package."""
    return Worker("module_worker.py", manifest, json.dumps(settings or {}), int(start_up), env=environment(cache, package),
                  one_core=one_core)


def with_headers(prepared, cache):
    """A new cache that has the precompiled headers of another, and nothing else."""
    cache.mkdir(mode=0o700, parents=True)
    if (prepared / "pch").is_dir():
        shutil.copytree(prepared / "pch", cache / "pch", copy_function=os.link)
    return cache


def prepare_headers(manifest_path, names, cache, package):
    """Compiles these modules in a process of its own, which precompiles their headers; returns the cache."""
    worker = module_worker(manifest_path, cache, FULL, package)
    for name in names:
        worker.ask(modules=[name])
    worker.close()
    return cache


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
