"""The object that jit returns is used like a ctypes.CDLL."""
import ctypes
import gc
import pickle
import unittest
import weakref

import dijitso
import numpy
from package import ANSWER, PackageTest, gives, never

NOTE = """
int* place;
extern "C" void note(int* p) { place = p; }
struct S { ~S() { if (place) *place = 1; } } s;
extern "C" int value() { return 5; }
"""


class LibraryTest(PackageTest):
    def test_functions(self):
        lib = self.jit("m", """
            extern "C" int twice(int i) { return 2 * i; }
            extern "C" double half(double x) { return x / 2; }
            extern "C" void* create_it() { return (void*)0x123456789abc; }""")
        self.assertIsInstance(lib, ctypes.CDLL)
        self.assertEqual(lib.twice(21), 42)
        self.assertEqual(lib["twice"](4), 8)
        self.assertIs(lib.twice, lib.twice)
        self.assertEqual(lib.twice.__name__, "twice")
        self.assertIs(lib.twice.restype, ctypes.c_int)
        lib.half.restype = ctypes.c_double
        lib.half.argtypes = [ctypes.c_double]
        self.assertEqual(lib.half(3), 1.5)
        factory = dijitso.extract_factory_function(lib, "create_it")
        self.assertEqual(factory(), 0x123456789ABC)
        self.assertIs(factory, lib.create_it)
        self.assertEqual((lib._name, repr(lib)), ("m", "<Library 'm'>"))

    def test_variables(self):
        lib = self.jit("m", 'extern "C" { int counter = 3; int count() { return ++counter; } }')
        counter = ctypes.c_int.from_address(lib._address("counter"))
        self.assertEqual((counter.value, lib.count(), counter.value), (3, 4, 4))

    def test_identity(self):
        lib = self.jit("m")
        self.assertIs(lib, dijitso.jit(None, "m", self.params, generate=never)[0])
        self.assertIs(lib, dijitso.jit(None, "m", {}, generate=never)[0])
        self.assertIs(lib, dijitso.cache.lookup_lib("m", self.params["cache"]))
        other = self.jit("m", params={"build": {"cxxflags_opt": "-O0"}})
        self.assertIsNot(lib, other)
        self.assertEqual(other.answer(), 42)

    def test_pickle(self):
        params = {"generator": {"n": numpy.float64(0.5)}, "build": {"cxxflags_opt": ["-O1"]}}
        base = self.jit("base", "int base() { return 40; }", params, header="int base();")
        lib = self.jit("user", '#include <base.h>\nextern "C" int value() { return base() + 2; }', params, dependencies=("base",))
        params["generator"]["n"] = 1
        file = self.tmp / "lib.pickle"
        file.write_bytes(pickle.dumps([base, lib]))
        self.assertIs(pickle.loads(file.read_bytes())[1], lib)
        program = ("import pickle, sys, dijitso\nlib = pickle.load(open(sys.argv[1], 'rb'))[1]\n"
                   "print(lib.value(), lib, dijitso._dijitso.counters()['compiles'])")
        self.assertEqual(self.run_python("-c", program, file), "42 <Library 'user'> 0\n")
        self.run_python("-c", program, file, code=1, DIJITSO_CACHE_DIR=str(self.tmp / "empty"))
        self.assertRegex(self.stderr, "'base'.*cache")
        self.assertEqual(pickle.loads(pickle.dumps(dijitso.jit(None, "plain", None, gives(ANSWER))[0])).answer(), 42)
        found = self.run_python("-c", "import dijitso, pickle\nlib = dijitso.cache.load_library('user', None)\n"
                                "try: pickle.dumps(lib)\nexcept TypeError as error: print(error)")
        self.assertIn("cannot pickle the library 'user', whose parameters are not known: it was not returned by jit", found)

    def test_missing_symbol(self):
        lib = self.jit("m")
        for take in (lambda: lib.anser, lambda: lib["anser"], lambda: dijitso.extract_factory_function(lib, "anser")):
            with self.assertRaisesRegex(AttributeError, "module 'm' does not define 'anser'") as caught:
                take()
            self.assertIsInstance(caught.exception, dijitso.errors.LinkFailed)
            self.assertEqual(caught.exception.missing_symbols, ("anser",))
        self.assertFalse(hasattr(lib, "puts"))
        self.assertFalse(hasattr(lib, "__something__"))
        with self.assertRaises(TypeError):
            lib[3]

    def test_no_handle_of_the_loader(self):
        with self.assertRaisesRegex(AttributeError, "linked in memory and has no handle.*lib_loader"):
            ctypes.c_int.in_dll(self.jit("m"), "answer")

    def test_code_lives_as_long_as_anything_taken_from_it(self):
        ended = ctypes.c_int(0)
        lib = self.jit("m", NOTE)
        lib.note(ctypes.byref(ended))
        value = lib.value
        object_is_alive = weakref.ref(lib)
        dijitso.cache.clean_cache(self.params["cache"], dryrun=False)
        del lib
        gc.collect()
        self.assertIsNone(object_is_alive())
        self.assertEqual((value(), ended.value), (5, 0))
        del value
        gc.collect()
        self.assertEqual(ended.value, 1)

    def test_what_factories_make_stays_valid(self):
        ended = ctypes.c_int(0)
        lib = self.jit("m", NOTE + 'extern "C" void* create() { return (void*)&value; }')
        lib.note(ctypes.byref(ended))
        made = ctypes.CFUNCTYPE(ctypes.c_int)(dijitso.extract_factory_function(lib, "create")())
        del lib
        dijitso.cache.clean_cache(self.params["cache"], dryrun=False)
        gc.collect()
        self.assertEqual((made(), ended.value), (5, 0))

    def test_dependencies_stay_with_their_dependent(self):
        self.jit("base", "int base() { return 40; }", header="int base();")
        user = dijitso.jit(None, "user", self.params, generate=gives(
            '#include <base.h>\nextern "C" int value() { return base() + 2; }', "", ("base",)))[0]
        dijitso.cache.clean_cache(self.params["cache"], dryrun=False)
        gc.collect()
        self.assertEqual(user.value(), 42)

    def test_lookup_and_load(self):
        cache = self.params["cache"]
        self.assertIsNone(dijitso.cache.lookup_lib("m", cache))
        self.assertIsNone(dijitso.cache.load_library("m", cache))
        self.jit("m", ANSWER)
        self.assertEqual(dijitso.cache.load_library("m", cache).answer(), 42)


if __name__ == "__main__":
    unittest.main()
