#!/usr/bin/python3
"""Writes the modules of DOLFIN's C++ strings and C++ code, as DOLFIN hands them to a just-in-time compiler.

    make_modules.py OUTDIR

DOLFIN itself generates them: its calls of dijitso.jit are answered by a function that notes the source and the parameters,
and nothing is compiled. OUTDIR gets strings/ (expressions and subdomains) and pybind11/ (code for compile_cpp_code),
each with <name>.h, <name>.cpp and modules.json as in tests/ffc. Running it twice gives the same bytes.
"""

import json
import os
import sys

# As in tests/ffc: sets of strings are ordered by their hashes.
if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(sys.executable, [sys.executable] + sys.argv, dict(os.environ, PYTHONHASHSEED="0"))
# A program alone starts no daemon of MPI, and may be root's.
os.environ.update(OMPI_MCA_ess_singleton_isolated="1", OMPI_MCA_plm_rsh_agent="/bin/false")

import warnings

sys.dont_write_bytecode = True
warnings.simplefilter("ignore")

import dijitso
import dolfin
from dolfin.function.jit import compile_expression
from dolfin.jit.pybind11jit import compile_cpp_code
from dolfin.mesh.subdomain import compile_subdomain

from pybind11_code import PYBIND11_MODULES


class Noted(Exception):
    """Ends DOLFIN's call when the module has been noted."""


class Corpus:
    def __init__(self, outdir):
        self.outdir = outdir
        self.modules = []
        self.build = None
        os.makedirs(outdir, exist_ok=True)

    def note(self, kind, action, *args):
        """Writes the module that this call of DOLFIN would compile."""
        def jit(jitable, name, params, generate):
            header, source, dependencies = generate(jitable, name, name, params["generator"])
            assert not dependencies and self.build in (None, params["build"])
            self.build = params["build"]
            self.write(name + ".h", header)
            self.write(name + ".cpp", source)
            self.modules.append({"name": name, "kind": kind, "family": kind, "dependencies": [],
                                 "factories": [] if kind == "pybind11" else ["create_" + name]})
            raise Noted

        dijitso.jit = jit
        count = len(self.modules)
        try:
            action(*args)
        except (Noted, RuntimeError):  # DOLFIN says of every exception that it is "unable to compile"
            pass
        if len(self.modules) != count + 1:
            sys.exit("DOLFIN did not ask for a module of kind " + kind)

    def write(self, filename, text):
        with open(os.path.join(self.outdir, filename), "w", encoding="utf-8") as file:
            file.write(text)

    def write_manifest(self):
        kinds = sorted({module["kind"] for module in self.modules})
        manifest = {
            "generator": "DOLFIN",
            "generator_version": dolfin.__version__,
            "source_postfix": ".cpp",
            **{name: list(self.build[name]) for name in ("include_dirs", "lib_dirs", "libs")},
            "cxxflags": list(self.build["cxxflags"]),
            "cxxflags_opt": list(self.build["cxxflags_opt"]),
            "families": [{"name": kind, "roots": [m["name"] for m in self.modules if m["kind"] == kind]} for kind in kinds],
            "modules": self.modules}
        self.write("modules.json", json.dumps(manifest, indent=1) + "\n")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_modules.py OUTDIR")
    strings = Corpus(os.path.join(sys.argv[1], "strings"))
    strings.note("expression", compile_expression, "a*exp(-k*(pow(x[0], 2) + x[1]*x[1]))", {"a": 2.0, "k": 3.0})
    strings.note("expression", compile_expression, (("x[0]", "x[0]*x[1]"), ("fmod(7*x[0], 2)", "max(x[0], x[1])")), {})
    strings.note("expression", compile_expression, ("-v[1]", "v[0]"), {"v": dolfin.Constant((1, 2))})
    strings.note("subdomain", compile_subdomain, "pow(x[0] - 0.5, 2) + pow(x[1] - 0.5, 2) < r*r + DOLFIN_EPS", {"r": 0.3})
    strings.note("subdomain", compile_subdomain, "on_boundary && near(x[1], 1)", {})
    strings.write_manifest()
    pybind11 = Corpus(os.path.join(sys.argv[1], "pybind11"))
    for code in PYBIND11_MODULES:
        pybind11.note("pybind11", compile_cpp_code, code)
    pybind11.write_manifest()


if __name__ == "__main__":
    main()
