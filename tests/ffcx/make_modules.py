#!/usr/bin/python3
"""Writes the modules of real finite element forms, as FFCx hands them to a C compiler.

    make_modules.py OUTDIR

For each function of demos.py and each scalar type one module is generated, with the names that ffcx.codegeneration.jit
gives them, but nothing is compiled. OUTDIR gets <name>.h and <name>.c for every module and modules.json, in the manner
of tests/ffc/make_modules.py. Running it twice gives the same bytes.
"""

import json
import os
import sys

# Sets in UFL and FFCx are ordered by hashes, so those must not be random.
if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(sys.executable, [sys.executable] + sys.argv, dict(os.environ, PYTHONHASHSEED="0"))

sys.dont_write_bytecode = True

import ffcx
import ffcx.codegeneration
import ffcx.compiler
import ffcx.naming
import ffcx.parameters
import ufl
from ufl.algorithms import extract_coefficients

from demos import COMPLEX, DEMOS, REAL, SINGLE

SUFFIX = {REAL: "", COMPLEX: "_complex", SINGLE: "_float"}


def kind_of(ufl_object):
    if isinstance(ufl_object, ufl.Form):
        return "forms"
    return "expressions" if isinstance(ufl_object, tuple) else "elements"


def object_names(kind, objects, module):
    """The symbols of what was asked for, as the just-in-time compiler of FFCx finds them."""
    if kind == "forms":
        return [ffcx.naming.form_name(form, i, module) for i, form in enumerate(objects)]
    if kind == "expressions":
        return [ffcx.naming.expression_name(expression, module) for expression in objects]
    return [name(element, module) for element in objects
            for name in (ffcx.naming.finite_element_name, ffcx.naming.dofmap_name)]


def coefficient_names(kind, objects):
    """A name for every coefficient: those that FFCx 0.5 makes up are no C when they have two digits."""
    if kind == "elements":
        return {}
    forms = [o if kind == "forms" else o[0] for o in objects]
    return {id(w): f"w{w.count()}" for form in forms for w in extract_coefficients(form)}


class Corpus:
    def __init__(self, outdir):
        self.outdir = outdir
        self.modules = []

    def add(self, demo, scalar):
        parameters = ffcx.parameters.get_parameters({"scalar_type": scalar})
        objects = demo()
        kind = kind_of(objects[0])
        name = f"libffcx_{kind}_" + ffcx.naming.compute_signature(objects, str(sorted(parameters.items())))
        header, source = ffcx.compiler.compile_ufl_objects(objects, coefficient_names(kind, objects), prefix=name,
                                                             parameters=parameters)
        self.write(name + ".h", header)
        self.write(name + ".c", source)
        self.modules.append({"name": name, "kind": kind, "family": demo.__name__ + SUFFIX[scalar], "scalar": scalar,
                             "dependencies": [], "factories": object_names(kind, objects, name)})

    def write(self, filename, text):
        with open(os.path.join(self.outdir, filename), "w", encoding="utf-8") as file:
            file.write(text)

    def write_manifest(self):
        manifest = {
            "generator": "FFCx",
            "generator_version": ffcx.__version__,
            "source_postfix": ".c",
            "include_dirs": [ffcx.codegeneration.get_include_path()],
            "cxxflags": ["-shared", "-fPIC", "-std=gnu17"],
            "cxxflags_opt": ["-O2"],
            "families": [{"name": module["family"], "roots": [module["name"]]} for module in self.modules],
            "modules": self.modules}
        self.write("modules.json", json.dumps(manifest, indent=1) + "\n")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_modules.py OUTDIR")
    os.makedirs(sys.argv[1], exist_ok=True)
    corpus = Corpus(sys.argv[1])
    for demo, scalars in DEMOS.items():
        for scalar in scalars:
            corpus.add(demo, scalar)
    corpus.write_manifest()


if __name__ == "__main__":
    main()
