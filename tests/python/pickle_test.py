"""Libraries and functions that go to other processes by pickle."""
import multiprocessing
import pickle
import unittest

import dijitso
from package import PackageTest


class PickleTest(PackageTest):
    def test_pickle(self):
        base = dijitso.compile("int f(int x) { return 2 * x; }")
        lib = dijitso.compile("int f(int); int g(int x) { return f(x) + K; }", flags=["-DK=3"], dependencies=[base])
        file = self.tmp / "lib.pickle"
        file.write_bytes(pickle.dumps(lib))
        self.assertEqual(pickle.loads(file.read_bytes()).g(1), 5)
        out = self.run_python("-c", "import pickle, sys, dijitso\n"
                              "lib = pickle.load(open(sys.argv[1], 'rb'))\n"
                              "print(lib.g(1), dijitso._dijitso.counters()['compiles'])", file)
        self.assertEqual(out, "5 0\n")

    def test_pickle_of_functions_and_of_what_jit_returned(self):
        of_jit = self.jit("m", 'extern "C" double half(double x) { return x / 2; }', params={"generator": {"n": 1}})
        lib = dijitso.compile('extern "C" double half(double); namespace n { double quarter(double x) { return half(x) / 2; } }', dependencies=[of_jit])
        kept = [dijitso.typed(of_jit), dijitso.typed(of_jit).half, lib["n::quarter"], lib]
        file = self.tmp / "kept.pickle"
        file.write_bytes(pickle.dumps(kept))
        program = ("import pickle, sys, dijitso\ntyped, half, quarter, lib = pickle.load(open(sys.argv[1], 'rb'))\n"
                   "print(typed.half(1.0), half(1.0), quarter(1.0), lib['n::quarter'] is quarter, dijitso._dijitso.counters()['compiles'])")
        self.assertEqual(self.run_python("-c", program, file), "0.5 0.5 0.25 False 0\n")
        self.assertEqual(pickle.loads(pickle.dumps(kept[1]))(3.0), 1.5)

    def test_map_of_other_processes(self):
        lib = dijitso.compile("double twice(double x) { return 2 * x; }")
        for method in ("fork", "spawn"):
            with multiprocessing.get_context(method).Pool(2) as pool:
                self.assertEqual(pool.map(lib.twice, [1.0, 2.0, 3.0]), [2, 4, 6])


if __name__ == "__main__":
    unittest.main()
