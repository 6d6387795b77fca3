"""Integrands for scipy in C++: scipy.integrate calls them without Python in between."""
import math

import dijitso
import scipy.integrate

lib = dijitso.compile("""
    #include <cmath>
    double sine(double x) { return std::sin(x); }
    double gauss(int n, double* x) { return std::exp(-x[0] * x[0] - x[1] * x[1]); }
""")
value, _ = scipy.integrate.quad(lib.sine.lowlevel, 0, math.pi)
print(f"the integral of the sine is {value:.6f}")
value, _ = scipy.integrate.nquad(lib.gauss.lowlevel, [(-5, 5), (-5, 5)])
print(f"the integral of the Gauss function is {value:.6f}, and pi is {math.pi:.6f}")
