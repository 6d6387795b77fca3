"""The compile functions of FFCx without a C compiler: what they return, what it computes, what is cached, what fails how."""
import contextlib
import importlib
import io
import json
import pathlib
import sys
import tempfile
import threading
import unittest

import dijitso
import dijitso.ffcx
import ffcx.codegeneration.jit
import numpy
from case import HERE, FFCxTest
from dijitso.errors import CompileFailed, InvalidArgument, LinkFailed
from forms import COMPLEX, REAL, Kernels, element_facts, elements, expressions, invalid, mass, poisson
from ufl import (
    FiniteElement, FunctionSpace, Mesh, SpatialCoordinate, TestFunction, VectorElement, bessel_J, dx, triangle)


class ObjectsTest(FFCxTest):
    def compiled_both_ways(self, what, objects, scalar=REAL):
        """What dijitso makes of it, and what FFCx makes of it with gcc."""
        arguments = {"parameters": {"scalar_type": scalar}, "cffi_extra_compile_args": ["-O2"]}
        (ours, our_module, _), counted = self.counted(self.compile, what, objects, **arguments)
        self.assertEqual((counted["compiles"], counted["published"]), (1, 1))
        dijitso.ffcx.uninstall()
        theirs, their_module, _ = self.compile(what, objects, **{**arguments, "cache_dir": self.tmp / "stock"})
        self.assertEqual(len(ours), len(theirs))
        self.assertTrue(list((self.tmp / "stock").glob("*.so")))
        self.assertEqual(list(self.cache.glob("*.so")), [])
        return (ours, our_module), (theirs, their_module)

    def assert_same_numbers(self, ours, theirs):
        self.assertEqual(len(ours), len(theirs))
        self.assertGreater(len(ours), 0)
        for a, b in zip(ours, theirs):
            self.assertGreater(abs(b).max(), 0)
            self.assertLessEqual(abs(a - b).max(), 1e-12 * abs(b).max())

    def test_forms_compute_what_gcc_makes_of_them(self):
        for scalar in (REAL, COMPLEX):
            with self.subTest(scalar):
                (ours, our_module), (theirs, their_module) = self.compiled_both_ways("forms", poisson(), scalar)
                for mine, other in zip(ours, theirs):
                    self.assertEqual(our_module.ffi.string(mine.signature), their_module.ffi.string(other.signature))
                    self.assert_same_numbers(Kernels(our_module, scalar).of_form(mine), Kernels(their_module, scalar).of_form(other))
            dijitso.ffcx.install()

    def test_expressions_compute_what_gcc_makes_of_them(self):
        for scalar in (REAL, COMPLEX):
            with self.subTest(scalar):
                (ours, our_module), (theirs, their_module) = self.compiled_both_ways("expressions", expressions(), scalar)
                for mine, other in zip(ours, theirs):
                    self.assert_same_numbers(Kernels(our_module, scalar).of_expression(mine),
                                             Kernels(their_module, scalar).of_expression(other))
            dijitso.ffcx.install()

    def test_elements_come_in_pairs_with_dof_maps(self):
        (ours, our_module), (theirs, their_module) = self.compiled_both_ways("elements", elements())
        self.assertEqual([element_facts(pair, our_module.ffi) for pair in ours],
                         [element_facts(pair, their_module.ffi) for pair in theirs])

    def test_objects_are_structures_whose_address_can_be_taken(self):
        objects, module, (declarations, code) = self.compile("forms", poisson())
        self.assertEqual([repr(o).split(" 0x")[0] for o in objects], ["<cdata 'struct ufcx_form &'"] * 2)
        name = next(name for name in vars(module.lib) if name.startswith("form_"))
        self.assertIs(getattr(module.lib, name), objects[0])
        address = int(module.ffi.cast("uintptr_t", module.ffi.addressof(objects[0])))
        self.assertEqual(module.ffi.cast("ufcx_form *", address).rank, 2)
        self.assertTrue(module.__name__.startswith("libffcx_forms_"))
        self.assertEqual((module.lib.cell, module.lib.interior_facet, module.lib.triangle), (0, 2, 20))
        self.assertIn(f"extern ufcx_form {name};", declarations)
        self.assertIn(f"ufcx_form {name} =", code)
        with self.assertRaisesRegex(AttributeError, f"no_such_form.*{name}"):
            module.lib.no_such_form

    def test_the_module_is_like_an_extension_of_cffi(self):
        for name in [name for name in sys.modules if name.startswith("libffcx_forms_")]:
            del sys.modules[name]  # another test's, from another cache: the first one keeps the name
        objects, module, _ = self.compile("forms", poisson())
        self.assertIs(importlib.import_module(module.__name__), module)
        self.assertIs(sys.modules[f"{module.__name__}.lib"], module.lib)
        self.assertTrue(pathlib.Path(module.__file__).is_relative_to(self.cache) and pathlib.Path(module.__file__).is_file())
        self.assertEqual((module.__spec__.name, module.__spec__.origin), (module.__name__, module.__file__))
        names = [name for name in dir(module.lib) if name.startswith("form_")]
        self.assertEqual({id(getattr(module.lib, name)) for name in names}, {id(form) for form in objects})
        self.assertLessEqual({"cell", "triangle"}, set(dir(module.lib)))
        pointer = module.ffi.addressof(module.lib, names[0])
        self.assertEqual(module.ffi.typeof(pointer).cname, "struct ufcx_form *")
        self.assertEqual(pointer, module.ffi.addressof(getattr(module.lib, names[0])))
        self.assertEqual(module.ffi.addressof(pointer, "rank")[0], pointer.rank)
        self.assertEqual(repr(module.lib), f"<Lib object for '{module.__name__}'>")
        with self.assertRaisesRegex(AttributeError, "no object 'no_such_form'"):
            module.ffi.addressof(module.lib, "no_such_form")

    def test_modules_share_what_cffi_knows_of_their_types(self):
        both, one = (self.compile("forms", forms)[1] for forms in (poisson(), poisson()[:1]))
        self.assertIsNot(one, both)
        self.assertIs(one.ffi, both.ffi)

    def test_a_special_function_that_strict_c_hides(self):
        V = FunctionSpace(Mesh(VectorElement("Lagrange", triangle, 1)), FiniteElement("Lagrange", triangle, 1))
        form = bessel_J(1, SpatialCoordinate(V.ufl_domain())[0]) * TestFunction(V) * dx
        [compiled], module, _ = self.compile("forms", [form])
        self.assertTrue(numpy.isfinite(Kernels(module, REAL).of_form(compiled)[0]).all())


class CacheTest(FFCxTest):
    def test_the_second_time_the_same_objects_come_from_memory(self):
        first, counted = self.counted(self.compile, "forms", poisson())
        self.assertEqual(counted, {"compiles": 1, "published": 1, "precompiled": 1})
        second, counted = self.counted(self.compile, "forms", poisson())
        self.assertEqual(counted, {"memory_hits": 1})
        self.assertIs(second[1], first[1])
        for again, object in zip(second[0], first[0]):
            self.assertIs(again, object)
        self.assertEqual(second[2], (None, None))

    def run_worker(self, what, scalar, **more):
        return self.start(HERE / "worker.py", what, scalar, self.cache, **more)

    def test_a_second_process_compiles_nothing_and_computes_the_same_bits(self):
        for what, scalar in (("forms", REAL), ("forms", COMPLEX), ("expressions", REAL), ("elements", REAL)):
            with self.subTest(f"{what}, {scalar}"):
                first, second = (json.loads(self.finish(self.run_worker(what, scalar))) for _ in range(2))
                self.assertEqual((first["counters"]["compiles"], first["counters"]["disk_hits"]), (1, 0))
                self.assertEqual((second["counters"]["compiles"], second["counters"]["disk_hits"]), (0, 1))
                self.assertEqual(first["digest"], second["digest"])

    def test_four_processes_compile_once(self):
        processes = [self.run_worker("forms", REAL) for _ in range(4)]
        results = [json.loads(self.finish(process)) for process in processes]
        self.assertEqual(sum(result["counters"]["compiles"] for result in results), 1)
        self.assertEqual(len({result["digest"] for result in results}), 1)

    def test_threads_compile_once_and_get_the_same_objects(self):
        form, modules = poisson(), []
        threads = [threading.Thread(target=lambda: modules.append(self.compile("forms", form)[1])) for _ in range(4)]

        def run():
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        _, counted = self.counted(run)
        self.assertEqual(counted["compiles"], 1)
        self.assertEqual(len({id(module) for module in modules}), 1)
        self.assertEqual(len(modules), 4)

    def test_the_cache_is_where_it_was_asked_for(self):
        self.compile("forms", mass(), cache_dir=str(self.cache))
        self.assertEqual(len(list(self.cache.glob("obj/libffcx_forms_*.o"))), 1)
        self.assertEqual(len(list(self.cache.glob("src/libffcx_forms_*.c*"))), 1)
        self.assertFalse((self.tmp / "configured").exists())

    def test_without_a_cache_directory_it_is_that_of_dijitso(self):
        temporary = self.tmp / "temporary"
        temporary.mkdir()
        self.addCleanup(setattr, tempfile, "tempdir", tempfile.tempdir)
        tempfile.tempdir = str(temporary)
        self.compile("forms", mass(2), cache_dir=None)
        self.assertEqual(len(list((self.tmp / "configured").glob("obj/libffcx_forms_*.o"))), 1)
        self.assertEqual(list(temporary.iterdir()), [])

    def test_names_do_not_depend_on_what_was_compiled_before(self):
        """FFCx 0.5 changes a mesh when it compiles the first form on it; forms that come from the cache leave it alone."""
        bilinear, linear = poisson()
        self.compile("forms", [bilinear])
        _, module, _ = self.compile("forms", [linear])
        for _ in range(20):  # a form that has looked at its meshes found them again by chance only
            _, linear = poisson()
            linear.subdomain_data()
            (_, again, _), counted = self.counted(self.compile, "forms", [linear])
            self.assertEqual(counted, {"memory_hits": 1})
            self.assertIs(again, module)

    def test_other_flags_are_another_module(self):
        for arguments in ({}, {"cffi_extra_compile_args": ["-O3"]}, {"cffi_debug": True}, {"cffi_libraries": ["m"]}):
            with self.subTest(arguments):
                _, counted = self.counted(self.compile, "forms", mass(3), **arguments)
                self.assertEqual(counted.get("compiles"), 1)


class ArgumentsTest(FFCxTest):
    def log_of(self, module):
        return dijitso.cache.read_log(module.__name__, dijitso.validate_params({"cache": {"cache_dir": str(self.cache)}})["cache"])

    def test_flags_follow_those_for_debugging_or_not(self):
        log = self.log_of(self.compile("forms", mass(), cffi_extra_compile_args=["-O3", "-DONE=1"])[1])
        self.assertIn(" -O2 -O3 -DONE=1 -std=gnu17 ", log)
        log = self.log_of(self.compile("forms", mass(), cffi_extra_compile_args=["-DONE=1"], cffi_debug=True)[1])
        self.assertIn(" -O0 -g -DONE=1 -std=gnu17 ", log)
        self.assertIn(" -std=c11 ", self.log_of(self.compile("forms", mass(), cffi_extra_compile_args=["-std=c11"])[1]))

    def test_verbose_prints_the_log_of_the_build(self):
        for expected in (1, 0):  # a hit builds nothing
            with contextlib.redirect_stdout(io.StringIO()) as output:
                self.compile("forms", mass(), cffi_verbose=True)
            self.assertEqual(output.getvalue().count("Equivalent command:"), expected)

    def test_a_library_that_is_not_there_is_named(self):
        with self.assertRaisesRegex(LinkFailed, "no_such_library"):
            self.compile("forms", mass(), cffi_libraries=["no_such_library"])

    def test_flags_that_cannot_be_honoured_are_refused(self):
        for flag in ("-fplugin=x.so", "-S"):
            with self.assertRaisesRegex(InvalidArgument, flag):
                self.compile("forms", mass(), cffi_extra_compile_args=[flag])

    def test_timeout_is_a_number_of_seconds(self):
        for timeout in (-1, 1.5, "10", True, None):
            with self.assertRaisesRegex(InvalidArgument, "timeout"):
                self.compile("forms", mass(), timeout=timeout)
        self.compile("forms", mass(), timeout=0)


class FailuresTest(FFCxTest):
    def test_code_that_does_not_compile_raises_with_the_words_of_the_compiler(self):
        with self.assertRaises(CompileFailed) as raised:
            self.compile("forms", invalid())
        self.assertRegex(str(raised.exception), r"libffcx_forms_\w+\.c:\d+:\d+: .*expected")
        self.assertRegex(str(raised.exception), r"\n +\d+ \| .*w_\{12\}")  # the line
        self.assertTrue(pathlib.Path(raised.exception.err_info["cmd_filename"]).is_file())
        self.assertIsNone(raised.exception.__cause__)
        self.compile("forms", poisson())

    def test_an_error_of_ffcx_passes_unchanged_and_leaves_nothing(self):
        with self.assertRaisesRegex(Exception, "no_such_scalar") as raised:
            self.compile("forms", mass(), parameters={"scalar_type": "no_such_scalar"})
        self.assertNotIsInstance(raised.exception, dijitso.DijitsoError)
        self.assertEqual(list(self.cache.glob("*.c*")), [])

    def test_wrong_arguments_are_those_of_ffcx(self):
        with self.assertRaisesRegex(TypeError, "no_such_argument"):
            self.compile("forms", mass(), no_such_argument=1)


class InstallTest(FFCxTest):
    def test_installing_again_changes_nothing_and_uninstalling_gives_the_functions_back(self):
        ours = ffcx.codegeneration.jit.compile_forms
        dijitso.ffcx.install()
        self.assertIs(ffcx.codegeneration.jit.compile_forms, ours)
        dijitso.ffcx.uninstall()
        self.assertIsNot(ffcx.codegeneration.jit.compile_forms, ours)
        self.assertIs(ffcx.codegeneration.jit.compile_forms, ours.__wrapped__)
        dijitso.ffcx.uninstall()

    def test_a_function_that_is_not_of_ffcx_is_refused_and_nothing_is_replaced(self):
        dijitso.ffcx.uninstall()
        jit = ffcx.codegeneration.jit
        stock = jit.compile_forms, jit.compile_expressions
        self.addCleanup(setattr, jit, "compile_expressions", stock[1])
        jit.compile_expressions = lambda *args: None
        with self.assertRaisesRegex(dijitso.DijitsoError, "ffcx.codegeneration.jit.*_load_objects"):
            dijitso.ffcx.install()
        self.assertIs(jit.compile_forms, stock[0])


if __name__ == "__main__":
    unittest.main()
