"""Writes a package `ffcx` with the functions that dijitso.ffcx meets in a version of FFCx, and what they take and return there.

A form is a number k, and its code the function x -> k x. The functions that start a C compiler in FFCx fail here. Debian has FFCx 0.5 alone, so the
other versions are tried with these.
"""
from typing import NamedTuple


class Version(NamedTuple):
    number: str
    old_parameters: bool  # `options=None`, in the order before 0.8
    compiles_elements: bool
    visualises: bool
    prefix: str = "prefix"
    returns_suffixes: bool = False  # ([header, source], suffixes) in place of (header, source)


VERSIONS = [
    Version("0.6.0", True, True, False),
    Version("0.7.0", True, True, False),
    Version("0.8.0", False, True, True),
    Version("0.9.0", False, False, True),
    Version("0.10.0", False, False, True),
    Version("0.11.0", False, False, True, "namespace", True),
]

HEADER = """
typedef struct ufcx_form { const char* signature; double (*tabulate)(double); } ufcx_form;
typedef struct ufcx_expression { int num_points; double (*tabulate)(double); } ufcx_expression;
typedef struct ufcx_finite_element { int degree; } ufcx_finite_element;
typedef struct ufcx_dofmap { int num_dofs; } ufcx_dofmap;
"""
NAMING = """
def compute_signature(objects, tag): return hashlib.sha1((repr(objects) + tag).encode()).hexdigest()
def name(kind, number, prefix): return f"{kind}_{number}_{prefix}"
"""
COMPILER = """
import ffcx.naming
seen = []
def compile_ufl_objects(ufl_objects, @PARAMETERS@, visualise=False):
    seen.append((@PREFIX@, options["scalar_type"], visualise))
    kind = @PREFIX@.split("_")[1]
    lines = ['#include "ufcx.h"']
    for i, number in enumerate(ufl_objects):
        def defined(what, value): lines.append(f"ufcx_{what} {ffcx.naming.name(what, i, @PREFIX@)} = {value};")
        lines.append(f"static double f{i}(double x) {{ return {number} * x; }}")
        if kind == "forms": defined("form", f'{{"{number}", f{i}}}')
        if kind == "expressions": defined("expression", f"{{{i}, f{i}}}")
        if kind == "elements": defined("finite_element", f"{{{number}}}"), defined("dofmap", f"{{{number + 1}}}")
    code = ["", "\\n".join(lines) + "\\n"]
    return @RESULT@
"""
JIT = """
import tempfile
import ffcx.naming, ffcx.options
from ffcx.header import HEADER
def _starts(*args, **kwargs): raise AssertionError("FFCx's own C compiler and cache are used")
def get_cached_module(module_name, object_names, cache_dir, timeout): _starts()
def _compile_objects(decl, ufl_objects, object_names, module_name, options, cache_dir, cffi_extra_compile_args, cffi_verbose, cffi_debug,
                     cffi_libraries@VISUALISE_PARAMETER@): _starts()
def _load_objects(cache_dir, module_name, object_names): _starts()
"""
FUNCTION = """
def compile_@KIND@(@KIND@, @OPTIONS@, cffi_verbose=False, cffi_debug=@NO@, cffi_libraries=@LIST@@VISUALISE_PARAMETER@):
    p = ffcx.options.get_options(options)
    module_name = "libffcx_@KIND@_" + ffcx.naming.compute_signature(@KIND@, str(sorted(p.items())) + str(cffi_extra_compile_args))
    names = [ffcx.naming.name(what, i, module_name) for i in range(len(@KIND@)) for what in @TYPES@]
    if cache_dir is not None:
        obj, mod = get_cached_module(module_name, names, cache_dir, timeout)
        if obj is not None:
            return obj, mod, (None, None)
    else:
        cache_dir = tempfile.mkdtemp()
    decl = HEADER + "".join(f"extern ufcx_{what} {ffcx.naming.name(what, i, module_name)};\\n" for i in range(len(@KIND@)) for what in @TYPES@)
    impl = _compile_objects(decl, @KIND@, names, module_name, p, cache_dir, cffi_extra_compile_args, cffi_verbose, cffi_debug,
                            cffi_libraries@VISUALISE_ARGUMENT@)
    objects, module = _load_objects(cache_dir, module_name, names)
    return @RESULT@, module, (decl, impl)
"""
KINDS = {"forms": ("form",), "expressions": ("expression",), "elements": ("finite_element", "dofmap")}


def _filled(template, **words):
    for word, value in words.items():
        template = template.replace(f"@{word}@", value)
    return template


def write(folder, version):
    """Write the package into the folder."""
    after = f"object_names=None, {version.prefix}=None"
    parameters = f"{after}, options={{}}" if version.old_parameters else f"options, {after}"
    visualise = {"VISUALISE_PARAMETER": ", visualise=False", "VISUALISE_ARGUMENT": ", visualise=visualise"} if version.visualises else {
        "VISUALISE_PARAMETER": "", "VISUALISE_ARGUMENT": ""}
    none = version.old_parameters or version.number == "0.8.0"
    jit = _filled(JIT, **visualise)
    for kind, types in KINDS.items():
        if kind == "elements" and not version.compiles_elements:
            continue
        options = "options={}, cache_dir=None, timeout=10, cffi_extra_compile_args=[]".replace("{}", "None" if none else "{}").replace("[]", "None" if none else "[]")
        jit += _filled(FUNCTION, KIND=kind, TYPES=repr(types), OPTIONS=options, NO="None" if none else "False", LIST="None" if none else "[]",
                       RESULT="list(zip(objects[::2], objects[1::2]))" if kind == "elements" else "objects", **visualise)
    compiler = _filled(COMPILER, PARAMETERS=parameters, PREFIX=version.prefix,
                       RESULT='code, (".h", ".c")' if version.returns_suffixes else "tuple(code)")
    files = {
        "__init__.py": f"__version__ = '{version.number}'\n",
        "naming.py": f"import hashlib\n{NAMING}",
        "options.py": "def get_options(given=None): return {'scalar_type': 'float64', **(given or {})}\n",
        "header.py": f"HEADER = {HEADER!r}\n",
        "compiler.py": compiler,
        "codegeneration/__init__.py": "import os\ndef get_include_path(): return os.path.dirname(__file__)\n",
        "codegeneration/ufcx.h": f"#pragma once\n{HEADER}",
        "codegeneration/jit.py": jit,
    }
    for name, text in files.items():
        path = folder / "ffcx" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
