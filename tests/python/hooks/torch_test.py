"""The hook for torch.utils.cpp_extension, on a stand-in with its functions and its file for ninja."""
import importlib
import importlib.util
import sys
import unittest

import dijitso
from case import HooksTest

STAND_IN = r'''
import importlib.util
import os
import subprocess
import sysconfig

FILE = """ninja_required_version = 1.3
cxx = c++

cflags = -DTORCH_EXTENSION_NAME={name} -DTEXT=\\"a\\ b\\" -isystem {include} -fPIC -std=c++17
post_cflags = -O1
cuda_dlink_post_cflags = 
ldflags = -shared -L/usr/lib

rule compile
  command = $cxx -MMD -MF $out.d $cflags -c $in -o $out $post_cflags
  depfile = $out.d
  deps = gcc

rule link
  command = $cxx $in $ldflags -o $out

{builds}

build {name}.so: link {objects}

default {name}.so
"""


def verify_ninja_availability():
    raise RuntimeError("Ninja is required to load C++ extensions")


def get_compiler_abi_compatibility_and_version(compiler):
    raise AssertionError(f"{compiler} is started")


def _run_ninja_build(build_directory, verbose, error_prefix):
    subprocess.run(["ninja", "-v"], cwd=build_directory, check=True)


def load(name, sources, build_directory):
    verify_ninja_availability()
    get_compiler_abi_compatibility_and_version("c++")
    objects = [f"{os.path.basename(source)}.o".replace(" ", "$ ") for source in sources]
    builds = "\n".join(f"build {o}: compile {s}".replace("my file", "my$ file") for s, o in zip(sources, objects))
    with open(os.path.join(build_directory, "build.ninja"), "w") as file:
        file.write(FILE.format(name=name, include=sysconfig.get_path("include"), builds=builds, objects=" ".join(objects)))
    _run_ninja_build(build_directory, True, f"Error building extension '{name}'")
    spec = importlib.util.spec_from_file_location(name, os.path.join(build_directory, f"{name}.so"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
'''
MAIN = """
#include <Python.h>
#include <string>
#define NAME(a, b) a##b
#define INIT(name) NAME(PyInit_, name)
int other();
static PyObject* value(PyObject*, PyObject*) { return PyLong_FromLong(other() + std::string(TEXT).size()); }
static PyMethodDef methods[] = {{"value", value, METH_NOARGS, ""}, {}};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "m", "", -1, methods};
PyMODINIT_FUNC INIT(TORCH_EXTENSION_NAME)() { return PyModule_Create(&module); }
"""


class TorchTest(HooksTest):
    def setUp(self):
        super().setUp()
        for package in ("torch", "torch/utils"):
            self.write(f"{package}/__init__.py", "")
        self.write("torch/utils/cpp_extension.py", STAND_IN)
        for name in [name for name in sys.modules if name.split(".")[0] == "torch"]:
            del sys.modules[name]
        importlib.invalidate_caches()
        dijitso.install("torch")
        from torch.utils import cpp_extension
        self.load = cpp_extension.load
        (self.tmp / "build").mkdir()

    def test_two_sources(self):
        sources = [str(self.write("main.cpp", MAIN)), str(self.write("my file.cpp", "int other() { return 39; }\n"))]
        self.assertEqual(self.load("torch_extension_of_ours", sources, str(self.tmp / "build")).value(), 42)
        self.assertEqual(self.compiles(lambda: self.load("torch_extension_of_ours", sources, str(self.tmp / "build"))), 0)
        self.assertEqual(sorted(path.name for path in self.tmp.glob("build/*.o")), ["main.cpp.o", "my file.cpp.o"])

    def test_wrong_code_raises_what_torch_raises(self):
        source = str(self.write("main.cpp", "int x;\nint f() { return undeclared; }\n"))
        with self.assertRaisesRegex(RuntimeError, rf"^Error building extension 'm': {source}:2:\d+: error: use of undeclared"):
            self.load("m", [source], str(self.tmp / "build"))

    def test_cuda_is_left_to_ninja(self):
        source = str(self.write("kernel.cu", ""))
        with self.assertLogs("dijitso", "WARNING") as logs, self.assertRaises(FileNotFoundError):
            self.load("m", [source], str(self.tmp / "build"))
        self.assertIn("not only C++, so ninja is started", logs.output[0])


if __name__ == "__main__":
    unittest.main()
