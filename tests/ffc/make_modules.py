#!/usr/bin/python3
"""Writes the modules of real finite element forms, as FFC hands them to a just-in-time compiler.

    make_modules.py OUTDIR

For each form of families.py the module of the form itself and, recursively, those of its elements and coordinate mappings are
generated in the way of ffc.jitcompiler.jit, but nothing is compiled. OUTDIR gets <name>.h and <name>.cpp for every
module and modules.json: the flags that FFC asks for, the modules so that dependencies come first (a module that several
families need is listed once, with the first), and for each family its roots. Running it twice gives the same bytes.
"""

import json
import os
import sys

# Sets of strings in FFC are ordered by their hashes, so those must not be random.
if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(sys.executable, [sys.executable] + sys.argv, dict(os.environ, PYTHONHASHSEED="0"))

import logging
import warnings

sys.dont_write_bytecode = True
warnings.showwarning = lambda *args, **kwargs: None  # FIAT announces changes of versions to come

import ffc
from ffc.backends.ufc import get_include_path
from ffc.classname import make_classname
from ffc.compiler import compile_coordinate_mapping, compile_element, compile_form
from ffc.jitcompiler import compute_jit_prefix
from ffc.log import set_level
from ffc.parameters import validate_jit_parameters

from families import FAMILIES

COMPILE = {"form": compile_form, "element": compile_element, "coordinate_mapping": compile_coordinate_mapping}
FACTORIES = {"form": ["form"], "element": ["finite_element", "dofmap"], "coordinate_mapping": ["coordinate_mapping"]}


class Corpus:
    """The modules made so far, in the order in which they can be compiled."""

    def __init__(self, outdir):
        self.outdir = outdir
        self.parameters = validate_jit_parameters({"log_level": logging.ERROR})
        self.modules = {}
        self.families = {}

    def add_family(self, family):
        """Generates all modules that the objects of one family need."""
        self.families[family.__name__] = [self.add(ufl_object, family.__name__) for ufl_object in family()]

    def add(self, ufl_object, family):
        """Generates the module of one object after those it depends on, unless there already, and gives its name."""
        kind, name = compute_jit_prefix(ufl_object, self.parameters)
        if name in self.modules:
            return name
        header, source, dependencies = COMPILE[kind](ufl_object, prefix=name, parameters=self.parameters, jit=True)
        names = [self.add(o, family) for key in ("element", "coordinate_mapping") for o in dependencies[key]]
        self.write(name + ".h", header)
        self.write(name + ".cpp", source)
        self.modules[name] = {
            "name": name, "kind": kind, "family": family, "dependencies": names,
            "factories": ["create_" + make_classname(name, part, "main") for part in FACTORIES[kind]]}
        return name

    def write(self, filename, text):
        with open(os.path.join(self.outdir, filename), "w", encoding="utf-8") as file:
            file.write(text)

    def write_manifest(self):
        flags = ["-Wall", "-shared", "-fPIC", "-std=c++11"]  # the documented defaults, which FFC leaves as they are
        manifest = {
            "generator": "FFC",
            "generator_version": ffc.__version__,
            "source_postfix": ".cpp",
            "include_dirs": [get_include_path()],
            "generator_parameters": self.parameters,
            "cxxflags": flags,
            "cxxflags_opt": self.parameters["cpp_optimize_flags"].split(),
            "families": [{"name": name, "roots": roots} for name, roots in self.families.items()],
            "modules": list(self.modules.values())}
        self.write("modules.json", json.dumps(manifest, indent=1) + "\n")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_modules.py OUTDIR")
    os.makedirs(sys.argv[1], exist_ok=True)
    set_level(logging.ERROR)
    corpus = Corpus(sys.argv[1])
    for family in FAMILIES:
        corpus.add_family(family)
    corpus.write_manifest()


if __name__ == "__main__":
    main()
