"""Functions of compiled code as numpy.ufunc."""
import gc
import unittest
import weakref

import dijitso
import numpy
from package import PackageTest


class UfuncTest(PackageTest):
    def test_doubles(self):
        lib = dijitso.compile("double f(double x) { return 2 * x; } double g(double x, double y) { return x - y; }")
        f, g = lib.f.ufunc(), lib.g.ufunc()
        self.assertIsInstance(f, numpy.ufunc)
        self.assertIs(lib.f.ufunc(), f)
        self.assertEqual((f.__name__, f.nin, f.nout), ("f", 1, 1))
        self.assertIn("double f(double x)", f.__doc__)
        x = numpy.arange(12.0).reshape(3, 4)
        numpy.testing.assert_array_equal(f(x), 2 * x)
        numpy.testing.assert_array_equal(f(x[:, ::2]), 2 * x[:, ::2])
        numpy.testing.assert_array_equal(g(x, numpy.array([1, 2, 3, 4])), x - numpy.array([1, 2, 3, 4]))
        self.assertEqual(f(3), 6)
        self.assertEqual(g.reduce([10.0, 1.0, 2.0]), 7)

    def test_other_numbers(self):
        lib = dijitso.compile("""
            #include <complex>
            #include <cstdint>
            float f(float x, std::int32_t n) { return x * n; }
            bool is_odd(std::int64_t n) { return n % 2; }
            std::complex<double> z(std::complex<double> x) { return x * x; }
            std::uint8_t u(std::uint16_t a, std::int8_t b, std::uint64_t c) { return a + b + c; }""")
        numpy.testing.assert_array_equal(lib.f.ufunc()(numpy.array([0.5, 2], "f"), numpy.array([3, 4], "i")), [1.5, 8])
        numpy.testing.assert_array_equal(lib.is_odd.ufunc()(numpy.arange(4)), [False, True, False, True])
        numpy.testing.assert_array_equal(lib.z.ufunc()([1j, 2]), [-1, 4])
        self.assertEqual(lib.u.ufunc()(numpy.uint16(5), numpy.int8(-2), numpy.uint64(3)), 6)

    def test_the_code_outlives_its_library(self):
        lib = dijitso.compile("double table[2] = {5, 7}; double f(double x) { return table[0] + x; }")
        f, gone = lib.f.ufunc(), weakref.ref(lib)
        del lib
        dijitso.cache.clean_cache(self.params["cache"])  # jit forgets the module, too
        gc.collect()
        self.assertIsNone(gone())
        self.assertEqual(list(f(numpy.arange(3.0))), [5, 6, 7])

    def test_exceptions(self):
        lib = dijitso.compile("""
            #include <stdexcept>
            double f(double x) { if (x < 0) throw std::domain_error("negative"); return x; }
            float g(float x) { if (x < 0) throw std::domain_error("negative"); return x; }""")
        for function, numbers in ((lib.f.ufunc(), numpy.array([1.0, -1.0])), (lib.g.ufunc(), numpy.array([1, -1], "f"))):
            with self.assertRaisesRegex(RuntimeError, "negative"):
                function(numbers)
            self.assertEqual(function(numbers[:1]), [1])

    def test_refused(self):
        lib = dijitso.compile("double f(double* x) { return *x; } double g() { return 1; } void h(double x) {}")
        for function in (lib.f, lib.g, lib.h):
            with self.assertRaisesRegex(TypeError, "cannot be a ufunc"):
                function.ufunc()


if __name__ == "__main__":
    unittest.main()
