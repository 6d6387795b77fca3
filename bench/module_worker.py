"""Compiles modules when it is asked to, as FFC and DOLFIN do, with whichever package dijitso Python finds: see common.Worker.

    module_worker.py MANIFEST SETTINGS START_UP

SETTINGS are parameters of `build` as JSON; with START_UP = 1 a module of one line is compiled first, which loads the compiler. Requests:
{"modules": [names]}. Modules that the named ones depend on are asked for inside `generate`, as FFC does, when they are not
there yet. The answer has the seconds of each, those until all of them run optimised code, and the counters of our package.
"""
import json
import pathlib
import sys
import time

import common

started = time.perf_counter()
import dijitso  # noqa: E402

imported = time.perf_counter() - started
OURS = not dijitso.__file__.startswith(common.OLD_PACKAGE)


class Modules:
    def __init__(self, manifest_path, settings):
        self.folder = pathlib.Path(manifest_path).parent
        self.manifest = json.loads(pathlib.Path(manifest_path).read_text())
        self.modules = {module["name"]: module for module in self.manifest["modules"]}
        self.unavailable = []
        self.params = self.make_params(settings)

    def make_params(self, settings):
        known = dijitso.params.default_params()["build"]
        self.unavailable = sorted(name for name in settings if name not in known)
        build = {name: value for name, value in settings.items() if name in known}
        if self.manifest["generator"] == "DOLFIN":  # complete defaults, and lists of what pkg-config says
            params = dijitso.params.default_params()
            params["build"].update({name: self.manifest[name] for name in ("include_dirs", "libs", "lib_dirs")} | build)
            return params
        return dijitso.validate_params({
            "cache": {}, "generator": self.manifest["generator_parameters"],
            "build": {"debug": False, "cxxflags_opt": tuple(self.manifest["cxxflags_opt"]), "cxxflags_debug": ("-O0",),
                      "include_dirs": tuple(self.manifest["include_dirs"]), "lib_dirs": (), "libs": (), **build}})

    def jit(self, name):
        library = self.build(name)
        for factory in self.modules[name]["factories"]:
            dijitso.extract_factory_function(library, factory)
        return library

    def build(self, name):
        return dijitso.jit(jitable=self.modules[name], name=name, params=self.params, generate=self.generate)[0]

    def generate(self, module, name, signature, parameters):
        for dependency in module["dependencies"]:
            self.build(dependency)  # FFC makes no objects of these
        header, source = ((self.folder / (name + ending)).read_text() for ending in (".h", self.manifest["source_postfix"]))
        return header, source, tuple(module["dependencies"])

    def start_up(self):
        source = 'extern "C" int start_up() { return 0; }\n'
        dijitso.jit(jitable=None, name="start_up", params=self.params, generate=lambda *_: ("", source, ()))


def wait_for_background(libraries=()):
    """Until nothing runs that would disturb whoever is measured next."""
    if OURS:
        for library in libraries if hasattr(dijitso, "wait_optimized") else ():
            dijitso.wait_optimized(library)
        dijitso._dijitso.wait_for_background()


def counters():
    return dict(dijitso._dijitso.counters()) if OURS else {}


def main():
    modules = Modules(sys.argv[1], json.loads(sys.argv[2]))
    start_up = common.seconds(modules.start_up) if int(sys.argv[3]) else None
    wait_for_background()

    def answer(request):
        libraries, times = [], []
        for name in request["modules"]:
            times.append(common.seconds(lambda: libraries.append(modules.jit(name))))
        return {"seconds": times, "until_optimized": common.seconds(lambda: wait_for_background(libraries)) + sum(times),
                "counters": counters()}
    common.answer_requests({"import": imported, "start_up": start_up, "unavailable": modules.unavailable}, answer)


if __name__ == "__main__":
    main()
