"""dijitso.compile: a text, and calls of its functions with their types."""
import array
import ctypes
import gc
import pathlib
import threading
import unittest
import weakref

import dijitso
import numpy
from package import PackageTest

NUMBERS = """
#include <complex.h>
#include <stdint.h>
#include <stdbool.h>
int8_t i1(int8_t x) { return x; }
uint8_t u1(uint8_t x) { return x; }
int16_t i2(int16_t x) { return x; }
uint16_t u2(uint16_t x) { return x; }
int32_t i4(int32_t x) { return x; }
uint32_t u4(uint32_t x) { return x; }
int64_t i8(int64_t x) { return x; }
uint64_t u8(uint64_t x) { return x; }
float f4(float x) { return x; }
double f8(double x) { return x; }
long double f16(long double x) { return x; }
bool b(bool x) { return !x; }
float complex z8(float complex x) { return 2 * x; }
double complex z16(double complex x) { return I * x; }
char c(char x) { return x + 1; }
enum colour { red, green } e(enum colour x) { return x; }
void nothing(void) {}
"""


class CompileTest(PackageTest):
    def refuses(self, text, call, *args, error=TypeError):
        with self.assertRaises(error) as caught:
            call(*args)
        self.assertIn(text, str(caught.exception))

    def test_first_example(self):
        lib = dijitso.compile("double f(double x) { return 2 * x; }")
        self.assertEqual(lib.f(2.0), 4.0)
        self.assertEqual(lib.f(3), 6.0)
        self.assertEqual(lib.f(numpy.float32(0.5)), 1.0)
        self.assertEqual(lib.f.__doc__, "double f(double x)")
        self.assertEqual((lib.f.__name__, repr(lib.f)), ("f", "<function 'double f(double x)'>"))
        self.assertIs(lib.f, lib.f)
        self.assertEqual(dir(lib), ["f"])
        self.assertTrue(lib.signature.startswith("text_"))
        _, counted = self.counted(lambda: dijitso.compile("double f(double x) { return 2 * x; }"))
        self.assertEqual(counted, {"memory_hits": 1})

    def test_numbers(self):
        lib = dijitso.compile(NUMBERS, language="c")
        for bits in (8, 16, 32, 64):
            signed, unsigned = lib[f"i{bits // 8}"], lib[f"u{bits // 8}"]
            for value in (0, 1, -1, 2 ** (bits - 1) - 1, -(2 ** (bits - 1))):
                self.assertEqual(signed(value), value)
            for value in (0, 1, 2**bits - 1):
                self.assertEqual(unsigned(value), value)
            self.refuses(f"does not fit into {bits} bits", signed, 2 ** (bits - 1), error=OverflowError)
            self.refuses(f"does not fit into {bits} bits", signed, -(2 ** (bits - 1)) - 1, error=OverflowError)
            self.refuses(f"does not fit into unsigned {bits} bits", unsigned, -1, error=OverflowError)
            self.refuses(f"argument 1 of 'uint{bits}_t u{bits // 8}(uint{bits}_t x)'", unsigned, 2**bits, error=OverflowError)
        self.assertEqual((lib.f4(0.5), lib.f8(1e300), lib.f16(0.25)), (0.5, 1e300, 0.25))
        self.assertEqual((lib.b(True), lib.b(numpy.bool_(False))), (False, True))
        self.assertEqual((lib.z8(1 + 2j), lib.z16(1 + 2j), lib.z16(3)), (2 + 4j, -2 + 1j, 3j))
        self.assertEqual((lib.c(64), lib.e(1), lib.nothing(), lib.i4(numpy.int64(7))), (65, 1, None, 7))

    def test_wrong_arguments(self):
        lib = dijitso.compile("double f(double x, int n) { return x * n; } bool b(bool x) { return x; }")
        self.refuses("argument 2 of 'double f(double x, int n)': an integer expected, not float", lib.f, 1.0, 2.0)
        self.refuses("argument 1 of 'double f(double x, int n)': a number expected, not str", lib.f, "1", 2)
        self.refuses("'double f(double x, int n)' takes 2 arguments, not 1", lib.f, 1.0)
        self.refuses("takes 2 arguments, not 3", lib.f, 1.0, 2, 3)
        self.refuses("a bool expected, not int", lib.b, 1)
        with self.assertRaisesRegex(TypeError, "takes no arguments by name"):
            lib.f(x=1.0, n=2)
        with self.assertRaisesRegex(AttributeError, "exports no 'g': it has b, f"):
            lib.g
        with self.assertRaises(OverflowError):
            lib.f(10**400, 1)

    def test_arrays(self):
        lib = dijitso.compile("""
            double sum(const double* x, int n) { double s = 0; for (int i = 0; i < n; ++i) s += x[i]; return s; }
            void scale(double* x, int n, double a) { for (int i = 0; i < n; ++i) x[i] *= a; }
            unsigned long total(const unsigned char* bytes, unsigned long n) { unsigned long s = 0; while (n--) s += *bytes++; return s; }
            int first(const int x[3]) { return x[0]; }
            bool is_null(void* p) { return !p; }""")
        x = numpy.arange(6.0).reshape(2, 3)
        self.assertEqual(lib.sum(x, 6), 15)
        lib.scale(x, 6, 2.0)
        self.assertEqual(x[1, 2], 10)
        self.assertEqual(lib.sum(array.array("d", [1, 2]), 2), 3)
        self.assertEqual(lib.sum((ctypes.c_double * 2)(3, 4), 2), 7)
        self.assertEqual(lib.sum(ctypes.c_double(8), 1), 8)
        self.assertEqual(lib.sum(ctypes.pointer(ctypes.c_double(9)), 1), 9)
        self.assertEqual(lib.total(b"\x01\x02", 2), 3)
        self.assertEqual(lib.first(numpy.array([4, 5, 6], dtype=numpy.int32)), 4)
        self.assertTrue(lib.is_null(None))
        with_references = dijitso.compile("void add(double& x, const double& y) { x += y; }")
        with_references.add(x, numpy.array(18.0))
        self.assertEqual(x[0, 0], 18)
        x[0, 0] = 0
        self.refuses("argument 1 of 'void add(double &x, const double &y)': an array of 64-bit floats expected, not NoneType",
                     with_references.add, None, x)
        self.assertFalse(lib.is_null(x))
        self.assertFalse(lib.is_null(16))
        wrong = "argument 1 of 'double sum(const double *x, int n)': "
        self.refuses(wrong + "an array of 64-bit floats expected, not one of format 'f'", lib.sum, x.astype("f"), 6)
        self.refuses(wrong + "an array of 64-bit floats expected, not one of format 'l'", lib.sum, x.astype(int), 6)
        self.refuses("not one of format '>d'", lib.sum, x.astype(">f8"), 6)
        self.refuses(wrong + "the array is not contiguous", lib.sum, x[:, ::2], 4)
        self.refuses(wrong + "an array of 64-bit floats, or None expected, not list", lib.sum, [1.0], 1)
        self.refuses("None expected, not int", lib.sum, 16, 1)
        x.flags.writeable = False
        self.assertEqual(lib.sum(x, 6), 30)
        self.refuses("the array is read-only, but the function may write to it", lib.scale, x, 6, 2.0)

    def test_texts_and_pointers(self):
        lib = dijitso.compile("""
            #include <string.h>
            struct counter { int n; };
            extern "C" {
            unsigned long length(const char* text) { return strlen(text); }
            const char* name() { return "n\\xc3\\xa4me"; }
            void upper(char* text) { *text -= 32; }
            double* numbers() { static double x[2] = {1, 2}; return x; }
            double second(const double* x) { return x[1]; }
            void* none() { return 0; }
            struct opaque; opaque* make() { return (opaque*)64; } unsigned long take(opaque* o) { return (unsigned long)o; }
            double apply(double (*f)(double), double x) { return f(x); }
            double half(double x) { return x / 2; }
            double at(double** rows, int i, int j) { return rows[i][j]; }
            }""")
        self.assertEqual((lib.length("häh"), lib.length(b"abc")), (4, 3))
        self.assertEqual(lib.name().decode(), "näme")
        text = bytearray(b"abc\0")
        lib.upper(text)
        self.assertEqual(text, b"Abc\0")
        numbers = lib.numbers()
        self.assertEqual((numbers[0], numbers[1], lib.second(numbers)), (1, 2, 2))
        self.assertIsNone(lib.none())
        self.assertEqual(lib.take(lib.make()), 64)
        self.assertEqual(lib.apply(lib.half, 5.0), 2.5)
        self.assertEqual(lib.apply(lib.half.address, 5.0), 2.5)
        self.assertEqual(lib.apply(lib.half.ctypes, 5.0), 2.5)
        self.assertEqual(lib.apply(ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(lambda x: x + 1), 5.0), 6)
        rows = (ctypes.POINTER(ctypes.c_double) * 2)(numbers, numbers)
        self.assertEqual(lib.at(rows, 1, 1), 2)
        self.refuses("the array is read-only", lib.upper, b"abc")
        self.refuses("a function of a library, a function of ctypes, or an address expected, not list", lib.apply, [], 1.0)

    def test_structures(self):
        lib = dijitso.compile("""
            struct point { double x, y; };
            struct box { point low, high; short tags[3]; };
            double norm(point p) { return p.x * p.x + p.y * p.y; }
            point make(double x, double y) { return {x, y}; }
            void move(point* p, double by) { p->x += by; }
            double width(box b) { return b.high.x - b.low.x + b.tags[2]; }
            box grow(box b) { b.high.x += 1; return b; }""")
        self.assertEqual(lib.norm(lib.point(3, 4)), 25)
        self.assertEqual(lib.norm((3.0, 4.0)), 25)
        p = lib.make(1.0, 2.0)
        self.assertEqual((type(p), p.x, p.y), (lib.point, 1, 2))
        lib.move(p, 10.0)
        self.assertEqual(p.x, 11)
        points = numpy.zeros(3, dtype=[("x", float), ("y", float)])
        lib.move(points, 2.0)
        self.assertEqual(points[0]["x"], 2)
        self.assertEqual(lib.norm(points[0]), 4)
        box = lib.box((0, 0), (5, 0), (0, 0, 2))
        self.assertEqual(lib.width(box), 7)
        self.assertEqual(lib.grow(box).high.x, 6)
        self.refuses("a structure, or a tuple of its fields, expected, not float", lib.norm, 1.0)
        self.refuses("argument 1", lib.norm, (1, 2, 3))
        self.refuses("structures of 16 bytes", lib.move, numpy.zeros(2), 1.0)

    def test_names_of_cxx(self):
        lib = dijitso.compile("""
            namespace n { int f(int x) { return x + 1; } }
            int over(int) { return 1; }
            int over(double) { return 2; }
            static int hidden() { return 3; }
            #include <string>
            std::string text(std::string s) { return s + std::to_string(hidden()); }""")
        self.assertEqual(lib["n::f"](1), 2)
        self.assertEqual(lib["_Z4overd"](1.0), 2)
        with self.assertRaisesRegex(AttributeError, "'over' is overloaded"):
            lib.over
        with self.assertRaisesRegex(AttributeError, "exports no 'hidden'"):
            lib.hidden
        self.refuses("cannot be called from Python: its result has a type that only C++ can pass", lib.text, "a")
        self.assertGreater(lib.text.address, 0)

    def test_variadic(self):
        lib = dijitso.compile("""
            #include <stdarg.h>
            #include <stdio.h>
            int print(char* out, unsigned long size, const char* format, ...) {
              va_list list; va_start(list, format);
              int n = vsnprintf(out, size, format, list);
              va_end(list); return n;
            }""", language="c")
        out = bytearray(64)
        self.assertEqual(lib.print(out, 64, "%d %ld %g %s", -3, 2**40, 0.5, "x"), 22)
        self.assertEqual(out.rstrip(b"\0"), b"-3 1099511627776 0.5 x")
        self.refuses("takes at least 3 arguments, not 1", lib.print, out)

    def test_many_arguments(self):
        names = [f"x{i}" for i in range(30)]
        lib = dijitso.compile(f"double f({', '.join('double ' + name for name in names)}) {{ return {' + '.join(names)}; }}")
        self.assertEqual(lib.f(*range(30)), sum(range(30)))
        arrays = [numpy.array([float(i)]) for i in range(30)]
        lib = dijitso.compile(f"double f({', '.join('double* ' + name for name in names)}) {{ return {' + '.join('*' + n for n in names)}; }}")
        self.assertEqual(lib.f(*arrays), sum(range(30)))

    def test_variables(self):
        lib = dijitso.compile("int counter = 3; int count() { return ++counter; } double table[2][2] = {{1, 2}, {3, 4}};")
        self.assertEqual(lib.counter.value, 3)
        self.assertEqual(lib.count(), 4)
        self.assertEqual(lib.counter.value, 4)
        lib.counter.value = 10
        self.assertEqual(lib.count(), 11)
        self.assertEqual(lib.table[1][0], 3)
        lib = dijitso.compile("extern const int constant = 5; struct odd { int a : 3; } odd; int& r = *new int(7);")
        self.assertEqual((lib.constant.value, lib.r[0]), (5, 7))
        lib.constant.value = 6
        self.assertEqual(dijitso.compile("extern const int constant; int f() { return constant; }", dependencies=[lib]).f(), 5)
        self.refuses("has no form in Python: ctypes has no type for it", lambda: lib.odd)

    def test_exceptions(self):
        lib = dijitso.compile("""
            #include <stdexcept>
            int f(int x) { if (x > 0) throw std::out_of_range("too large: " + std::to_string(x)); return x; }
            void g() { throw 3; }""")
        with self.assertRaisesRegex(RuntimeError, "^too large: 5$"):
            lib.f(5)
        self.assertEqual(lib.f(-1), -1)
        with self.assertRaisesRegex(RuntimeError, "a C\\+\\+ exception of type i was thrown"):
            lib.g()

    def test_gil_is_released(self):
        lib = dijitso.compile("""
            #include <atomic>
            std::atomic<int> flag = 0;
            extern "C" void wait() { while (!flag) {} }
            extern "C" void go() { flag = 1; }""")
        lib.go  # made before the thread needs it
        thread = threading.Thread(target=lib.wait)
        thread.start()
        lib.go()
        thread.join()

    def test_options(self):
        (self.tmp / "number.h").write_text("#define NUMBER 5\n")
        base = dijitso.compile("int f(int x) { return 2 * x; }", name="base")
        self.assertTrue(base.signature.startswith("base_"))
        lib = dijitso.compile('#include "number.h"\nint f(int); int g() { return f(NUMBER) + K + (__cplusplus == 201703L); }',
                              std="c++17", flags=["-DK=3"], include_dirs=[self.tmp], dependencies=[base], libraries=["m"])
        self.assertEqual(lib.g(), 14)
        of_jit = self.jit("plain", 'extern "C" int f(int x) { return 3 * x; }')
        lib = dijitso.compile('extern "C" int f(int); int g() { return f(2); }', dependencies=[of_jit])
        self.assertEqual(lib.g(), 6)
        self.assertEqual(dijitso.typed(of_jit).f(5), 15)
        with self.assertRaisesRegex(dijitso.errors.InvalidArgument, "include_dirs must be a list"):
            dijitso.compile("", include_dirs=self.tmp)
        with self.assertRaisesRegex(dijitso.errors.InvalidArgument, "'c' or 'c\\+\\+'"):
            dijitso.compile("", language="fortran")
        with self.assertRaisesRegex(dijitso.errors.CompileFailed, "nothing"):
            dijitso.compile("int f() { return nothing; }")

    def test_files(self):
        (self.tmp / "sub").mkdir()
        file = self.tmp / "sub" / 'o"dd.c'
        (self.tmp / "sub" / "inner.h").write_text("#define INNER 7\n")
        file.write_text('#include "inner.h"\nint f(void) { return INNER; }\n')
        self.assertEqual(dijitso.compile_file(file).f(), 7)
        self.assertEqual(dijitso.compile_file('sub/o"dd.c').f(), 7)
        wrong = self.tmp / "wrong.cpp"
        wrong.write_text("int f() {\n  return nothing;\n}\n")
        with self.assertRaises(dijitso.errors.CompileFailed) as caught:
            dijitso.compile_file(wrong)
        self.assertIn(f"{wrong}:2:10: error", str(caught.exception))
        self.assertEqual(caught.exception.diagnostics[0].file, str(wrong))
        with self.assertRaisesRegex(dijitso.errors.InvalidArgument, "cannot read the file 'none.c' to compile: No such file"):
            dijitso.compile_file("none.c")
        with self.assertRaisesRegex(dijitso.errors.InvalidArgument, "cannot compile '/dev/zero': it is not a regular file"):
            dijitso.compile_file("/dev/zero")
        pathlib.Path("latin.c").write_bytes(b"int f() { return 1; } // \xe4")
        with self.assertRaisesRegex(dijitso.errors.InvalidArgument, "'latin.c' to compile is not UTF-8 \\(byte 25\\)"):
            dijitso.compile_file("latin.c")
        with self.assertRaisesRegex(dijitso.errors.InvalidArgument, "is a str, not bytes"):
            dijitso.compile(b"int f();")

    def test_threads_call_and_take_functions(self):
        lib = dijitso.compile("".join(f"long f{i}(long x) {{ return x + {i}; }}\n" for i in range(20)))
        wrong = []

        def use():
            for i in range(20):
                function = lib[f"f{i}"]
                if any(function(x) != x + i or function.ctypes(x) != x + i for x in range(20)):
                    wrong.append(i)

        threads = [threading.Thread(target=use) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_numba_calls_functions(self):
        import numba

        lib = dijitso.compile("double add(double x, int n) { return x + n; } double first(double* x) { return x[0]; }")
        add = lib.add.ctypes

        @numba.njit
        def sum_to(n):
            total = 0.0
            for i in range(n):
                total = add(total, i)
            return total

        self.assertEqual(sum_to(5), 10)
        first = lib.first.ctypes
        numbers = numpy.array([7.0, 8.0])
        self.assertEqual(numba.njit(lambda x: first(x.ctypes))(numbers), 7)
        kinds = dijitso.compile(NUMBERS, language="c")
        for name in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8", "b"):
            function, value = kinds[name].ctypes, True if name == "b" else 3
            self.assertEqual(numba.njit(lambda x: function(x))(value), kinds[name](value), name)

    def test_a_library_that_exports_nothing(self):
        """As of entries of older versions, which have no types."""
        lib = dijitso.compile("static int hidden;")
        self.assertEqual(dir(lib), [])
        self.refuses("exports no 'f': it has nothing, or was compiled by an older version, which recorded no types", lambda: lib.f, error=AttributeError)

    def test_code_stays_loaded(self):
        lib = dijitso.compile("int f() { return 5; } int v = 4;")
        code = weakref.ref(lib)
        kept = [lib.f, lib.f.ctypes, lib.v]
        address = lib.f.address
        del lib
        gc.collect()
        self.assertIsNone(code())
        dijitso._dijitso.counters()
        self.assertEqual((kept[0](), kept[1](), kept[2].value, kept[0].address), (5, 5, 4, address))

    def test_code_is_released_without_the_garbage_collector(self):
        lib = dijitso.compile("int f() { return 6; }")
        code = weakref.ref(lib._code)
        self.assertEqual(lib.f.ctypes(), 6)
        del lib
        self.assertIsNone(code())

    def test_ctypes_function(self):
        lib = dijitso.compile("struct p { int a; }; double f(double x, int* n, p s) { return x + *n + s.a; } int g(__int128 x) { return x; }")
        self.assertEqual(lib.f.ctypes(1.5, ctypes.byref(ctypes.c_int(2)), lib.p(3)), 6.5)
        self.assertIs(lib.f.ctypes, lib.f.ctypes)
        self.assertEqual(ctypes.cast(lib.f.ctypes, ctypes.c_void_p).value, lib.f.address)
        with self.assertRaisesRegex(TypeError, "has no form in ctypes"):
            lib.g.ctypes

    def test_low_level_callable(self):
        import scipy.integrate

        lib = dijitso.compile("double f(double x, void* data) { return x * x; } double g(int n, double* x) { return x[0] * x[1]; }")
        self.assertAlmostEqual(scipy.integrate.quad(lib.f.lowlevel, 0, 3)[0], 9)
        self.assertAlmostEqual(scipy.integrate.nquad(lib.g.lowlevel, [(0, 1), (0, 2)])[0], 1)

    def test_what_jit_returns_is_unchanged(self):
        lib = self.jit("m", 'extern "C" int f(int x) { return x; } int only_cxx() { return 1; }')
        self.assertIsInstance(lib, ctypes.CDLL)
        self.assertIsNone(lib.f.argtypes)
        self.assertIs(lib.f.restype, ctypes.c_int)
        self.assertFalse(hasattr(lib, "only_cxx"))

    def test_without_a_compiler(self):
        source = "#include <cmath>\ndouble f(const double* x) { return std::sqrt(*x); }"
        dijitso.compile(source)
        program = self.tmp / "program.py"
        program.write_text(f"import dijitso, numpy\nprint(dijitso.compile({source!r}).f(numpy.array([4.0])))\n"
                           "print('libdijitso-compiler' in open('/proc/self/maps').read())\n")
        self.assertEqual(self.run_python(program), "2.0\nFalse\n")


if __name__ == "__main__":
    unittest.main()
