"""cache.lib_loader "ctypes" and "import": shared libraries and Python extensions, linked in the process."""
import builtins
import ctypes
import sys
import sysconfig
import unittest

import dijitso
from dijitso.errors import CompileFailed, LinkFailed
from package import ANSWER, PackageTest, never

EXTENSION = """
#include <Python.h>
static PyObject* answer(PyObject*, PyObject*) { return PyLong_FromLong(%d); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {nullptr, nullptr, 0, nullptr}};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "%s", "", -1, methods, nullptr, nullptr, nullptr, nullptr};
PyMODINIT_FUNC PyInit_%s() { return PyModule_Create(&module); }
"""
PYBIND11 = """
#include <pybind11/pybind11.h>
const char* id = PYBIND11_INTERNALS_ID;
PYBIND11_MODULE(%s, m) { m.attr("id") = id; m.def("answer", [] { return 42; }); }
"""


class CtypesTest(PackageTest):
    def test_real_cdll(self):
        for loader in ("ctypes", "dlopen"):
            params = {"cache": {"lib_loader": loader}}
            lib = self.jit("m", ANSWER, params=params)
            if loader == "ctypes":
                self.assertIs(type(lib), ctypes.CDLL)
                self.assertEqual(lib._name, str(self.cache / "lib/libdijitso-m.so"))
                self.assertTrue(ctypes.c_char.in_dll(lib, "answer"))
            self.assertEqual(lib.answer(), 42)
            self.assertIs(lib, dijitso.jit(None, "m", params, never)[0])
            with self.assertRaises(AttributeError):
                lib.absent

    def test_dependencies_and_other_processes(self):
        params = {"cache": {"lib_loader": "ctypes"}}
        self.jit("base", "int base() { return 40; }", params, header="int base();")
        user = self.jit("user", '#include <base.h>\nextern "C" int value() { return base() + 2; }', params, dependencies=("base",))
        self.assertEqual(user.value(), 42)
        script = f"import ctypes; print(ctypes.CDLL('{user._name}').value())"
        self.assertEqual(self.run_python("-c", script), "42\n")

    def test_variants(self):
        """The second of one name is opened from memory: the first keeps its file's name in the process."""
        libs = [self.jit("m", f'extern "C" int value() {{ return {n}; }}',
                         {"cache": {"lib_loader": "ctypes"}, "generator": {"n": n}}) for n in range(3)]
        self.assertEqual([lib.value() for lib in libs], [0, 1, 2])


class ImportTest(PackageTest):
    def params_for(self, **generator):
        include = [sysconfig.get_paths()["include"], "/usr/include"]
        return {"cache": {"lib_loader": "import", "lib_prefix": "", "lib_basename": ""}, "generator": generator,
                "build": {"include_dirs": include}}

    def extension(self, name, number, **generator):
        return self.jit(name, EXTENSION % (number, name, name), self.params_for(**generator))

    def test_extension(self):
        path = list(sys.path)
        module = self.extension("ext_a", 42)
        self.assertEqual((module.answer(), module.__name__), (42, "ext_a"))
        self.assertEqual(module.__file__, str(self.cache / "lib/ext_a.so"))
        self.assertIs(sys.modules["ext_a"], module)
        self.assertIs(module, self.extension("ext_a", 42))
        self.assertEqual(sys.path, path)

    def test_a_file_in_the_directory_does_not_win(self):
        (self.tmp / "ext_b.py").write_text("answer = lambda: 'wrong'\n")
        script = """
import dijitso, sys
sys.path.insert(0, "")
lib = dijitso.jit(None, "ext_b", eval(sys.argv[1]), lambda *a: ("", sys.argv[2], ()))[0]
print(lib.answer(), sys.modules["ext_b"] is lib)
"""
        output = self.run_python("-c", script, repr(self.params_for()), EXTENSION % (42, "ext_b", "ext_b"))
        self.assertEqual(output, "42 True\n")

    def test_a_module_of_this_name_stays(self):
        sys.modules["ext_c"] = present = type(sys)("ext_c")
        self.addCleanup(sys.modules.pop, "ext_c")
        self.assertEqual(self.extension("ext_c", 42).answer(), 42)
        self.assertIs(sys.modules["ext_c"], present)

    def test_variants(self):
        first, second = (self.extension("ext_d", n, n=n) for n in (1, 2))
        self.assertEqual((first.answer(), second.answer()), (1, 2))
        self.assertIs(self.extension("ext_d", 1, n=1), first)

    def test_not_an_extension(self):
        with self.assertRaisesRegex(ImportError, "PyInit_plain"):
            self.jit("plain", ANSWER, self.params_for())

    def pybind11_module(self, name, flags=()):
        params = self.params_for()
        params["build"]["cxxflags"] = ("-shared", "-fPIC", "-std=c++14", *flags)
        return self.jit(name, PYBIND11 % name, params)

    def test_pybind11_modules_share_types_with_those_that_are_loaded(self):
        """They name the compiler of the newest one that is loaded, or else of dijitso itself."""
        names = vars(builtins)
        loaded = "__pybind11_internals_v4_gcc_libstdcpp_cxxabi1017__"
        before = names.get(loaded)
        module = self.pybind11_module("pyb_a")
        self.assertEqual((module.answer(), module.id), (42, loaded))
        self.assertTrue(before is None and loaded in names)
        foreign = "__pybind11_internals_v9_clang_libcpp_cxxabi2001__"
        names[foreign] = None
        self.addCleanup(names.pop, foreign)
        self.assertEqual(self.pybind11_module("pyb_b").id, "__pybind11_internals_v4_clang_libcpp_cxxabi2001__")
        given = ('-DPYBIND11_COMPILER_TYPE="_mine"',)
        self.assertEqual(self.pybind11_module("pyb_c", given).id, "__pybind11_internals_v4_mine_libcpp_cxxabi2001__")

    def test_pybind11_3_needs_no_definitions(self):
        """It gives Clang and GCC the same name; `common.h` tells the version, wherever it is named."""
        source = '#ifdef PYBIND11_BUILD_ABI\n#error defined\n#endif\n' + EXTENSION % (3, "pyb_d", "pyb_d")
        common = self.tmp / "new/pybind11/detail/common.h"
        common.parent.mkdir(parents=True)
        common.write_text("#pragma once\n#define PYBIND11_VERSION_MAJOR 3\n")
        new = str(self.tmp / "new")
        python = sysconfig.get_paths()["include"]
        for build in ({"include_dirs": [new, python]}, {"cxxflags": ["-fPIC", "-I", new]}, {"cxxflags_opt": [f"-I{new}"]}):
            params = self.params_for()
            params["build"].update(build)
            self.assertEqual(self.jit("pyb_d", source, params).answer(), 3)
        common.write_text("#define PYBIND11_VERSION_MAJOR 2\n")
        params["generator"]["old"] = 1
        with self.assertRaisesRegex(CompileFailed, "defined"):
            self.jit("pyb_d", source, params)

    def test_pybind11_of_newer_pythons_is_found_in_the_dictionary_of_the_interpreter(self):
        state = ctypes.pythonapi
        state.PyInterpreterState_Get.restype, state.PyInterpreterState_GetDict.restype = ctypes.c_void_p, ctypes.py_object
        state.PyInterpreterState_GetDict.argtypes = [ctypes.c_void_p]
        names = state.PyInterpreterState_GetDict(state.PyInterpreterState_Get())
        foreign = "__pybind11_internals_v9_theirs_libcpp_cxxabi3001__"
        names[foreign] = None
        self.addCleanup(names.pop, foreign)
        self.assertEqual(self.pybind11_module("pyb_e").id, "__pybind11_internals_v4_theirs_libcpp_cxxabi3001__")

    def test_other_loaders_get_no_definitions_of_pybind11(self):
        source = '#ifdef PYBIND11_BUILD_ABI\n#error defined\n#endif\n' + ANSWER
        self.assertEqual(self.jit("m", source).answer(), 42)
        with self.assertRaisesRegex(CompileFailed, "defined"):
            self.jit("m", source, self.params_for())

    def test_missing_symbols(self):
        with self.assertRaises(LinkFailed) as caught:
            self.jit("m", 'extern "C" int absent(); extern "C" int f() { return absent(); }', {"cache": {"lib_loader": "ctypes"}})
        self.assertEqual(caught.exception.missing_symbols, ("absent",))


if __name__ == "__main__":
    unittest.main()
