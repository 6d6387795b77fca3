"""Writes the modules that DOLFIN makes of C++ strings, Expression and SubDomain, as tests/ffc/make_modules.py does for forms: OUTDIR.

Nothing is compiled: what DOLFIN hands to dijitso.jit is written down, and the call ends there.
"""
import json
import pathlib
import sys

import dolfin
from dolfin.jit import jit as dolfin_jit

OUTDIR = pathlib.Path(sys.argv[1])
EXPRESSIONS = [
    ("sin(pi*x[0])*x[1]", {}), ("a*exp(-k*(pow(x[0], 2) + x[1]*x[1]))", {"a": 2.0, "k": 3.0}),
    (("cos(pi*x[0])", "atan2(x[1], 1 + x[0])"), {}), ("x[0] < 0.5 ? low : high", {"low": 1.0, "high": 10.0}),
    ((("x[0]", "x[0]*x[1]"), ("fmod(7*x[0], 2)", "max(x[0], x[1])")), {})]
SUBDOMAINS = [
    ("on_boundary && near(x[0], position)", {"position": 0.0}), ("on_boundary && near(x[1], 1)", {}),
    ("pow(x[0] - 0.5, 2) + pow(x[1] - 0.5, 2) < r*r + DOLFIN_EPS", {"r": 0.3})]


class Written(Exception):
    pass


def main():
    modules, params = [], {}

    def write(data, name, given, generate, mpi_comm=None):
        header, source, dependencies = generate(data, name, name, {})
        (OUTDIR / (name + ".h")).write_text(header)
        (OUTDIR / (name + ".cpp")).write_text(source)
        modules.append({"name": name, "kind": data["name"], "family": data["name"], "dependencies": list(dependencies),
                        "factories": ["create_" + name]})
        params.update(given["build"])
        raise Written

    dolfin_jit.dijitso_jit = write
    OUTDIR.mkdir(parents=True, exist_ok=True)
    for compile_one, strings in ((dolfin.function.jit.compile_expression, EXPRESSIONS),
                                 (dolfin.mesh.subdomain.compile_subdomain, SUBDOMAINS)):
        for statements, properties in strings:
            try:
                compile_one(statements, dict(properties))
            except RuntimeError as error:  # DOLFIN's words for whatever happened
                if not isinstance(error.__context__, Written):
                    raise
    include_dirs = list(params["include_dirs"])
    (OUTDIR / "modules.json").write_text(json.dumps({
        "generator": "DOLFIN", "generator_version": dolfin.__version__, "source_postfix": ".cpp",
        "include_dir": include_dirs[0], "more_include_dirs": include_dirs[1:], "lib_dirs": list(params["lib_dirs"]),
        "libs": list(params["libs"]), "cxxflags": list(params["cxxflags"]), "cxxflags_opt": list(params["cxxflags_opt"]),
        "families": [{"name": kind, "roots": [module["name"] for module in modules if module["kind"] == kind]}
                     for kind in ("expression", "subdomain")],
        "modules": modules}, indent=1))


main()
