"""Python programs whose packages generate code and start the compilers that CC and CXX name, unmodified. Each prints a line of results. They need
a current directory and a home of their own."""

EXTENSION = r"""
#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *args) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "sample", NULL, -1, methods};
PyMODINIT_FUNC PyInit_sample(void) { return PyModule_Create(&module); }
"""

PIP = f"""
import pathlib, subprocess, sys
folder = pathlib.Path("package")
folder.mkdir()
(folder / "sample.c").write_text({EXTENSION!r})
(folder / "setup.py").write_text("from setuptools import Extension, setup\\nsetup(name='sample', ext_modules=[Extension('sample', ['sample.c'])])\\n")
subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--root-user-action=ignore",
                "--disable-pip-version-check", "--target", "installed", "./package"], check=True)
sys.path.insert(0, "installed")
import sample
print(sample.answer())
"""

CYTHON = """
import Cython
print(Cython.inline("return a * b + 1", a=3, b=4))
"""

SYMPY = """
from sympy.abc import x, y
from sympy.utilities.autowrap import autowrap
print(autowrap(x**2 + y, args=[x, y], backend="cython", tempdir="wrapped")(3, 1))
"""

FFCX = """
import ffcx.codegeneration.jit, numpy, ufl
element = ufl.FiniteElement("Lagrange", ufl.triangle, 2)
u, v = ufl.TrialFunction(element), ufl.TestFunction(element)
forms, module, code = ffcx.codegeneration.jit.compile_forms([ufl.inner(ufl.grad(u), ufl.grad(v)) * ufl.dx], cache_dir=".")
kernel = forms[0].integrals(module.lib.cell)[0].tabulate_tensor_float64
matrix, nothing, corners = numpy.zeros(36), numpy.zeros(1), numpy.array([0, 0, 0, 2, 0, 0, 0, 1, 0], dtype=float)
pointer = module.ffi.cast
kernel(pointer("double *", matrix.ctypes.data), *[pointer("double *", nothing.ctypes.data)] * 2, pointer("double *", corners.ctypes.data),
       *[pointer(kind, 0) for kind in ("int *", "uint8_t *")])
print(" ".join("%.12g" % value for value in matrix.round(14) + 0.0))
"""

PYTHRAN = """
import pythran
pythran.compile_pythrancode("sums", "#pythran export total(float64 list)\\ndef total(values):\\n    return sum([2 * v for v in values])\\n")
import sums
print(sums.total([1.0, 2.0, 3.5]))
"""
