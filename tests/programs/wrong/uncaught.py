"""An Expression whose C++ is wrong, in a program that does not expect it."""
from dolfin import *

Expression("x[0] + undeclared_name", degree=1)
print("{}")
