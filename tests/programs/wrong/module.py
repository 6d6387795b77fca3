"""C++ code for a module that lacks a type."""
from dolfin import *

compile_cpp_code("""
#include <pybind11/pybind11.h>
int twice(missing_type x) { return 2 * x; }
PYBIND11_MODULE(SIGNATURE, m) { m.def("twice", &twice); }
""")
print("{}")
