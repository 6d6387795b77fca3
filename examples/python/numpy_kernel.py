"""A kernel on arrays of numpy, which it gets as they are: one step of the heat equation."""
import dijitso
import numpy

lib = dijitso.compile("""
    void step(const double* u, double* v, int rows, int columns, double a) {
      for (int i = 1; i < rows - 1; ++i)
        for (int j = 1; j < columns - 1; ++j) {
          const double* p = u + i * columns + j;
          v[i * columns + j] = *p + a * (p[-columns] + p[columns] + p[-1] + p[1] - 4 * *p);
        }
    }
    double flux(double left, double right) { return right > left ? 0.0 : left - right; }
""", flags=["-O3", "-march=native"])

u = numpy.zeros((100, 100))
u[50, 50] = 1.0
v = u.copy()
for _ in range(100):
    lib.step(u, v, *u.shape, 0.2)
    u, v = v, u
print(f"the heat after 100 steps: {u.sum():.4f}, at most {u.max():.4f}")

flux = lib.flux.ufunc()  # a function of numbers becomes one of arrays
print("fluxes:", flux(u[50, 48:52], u[50, 49:53]).round(5))

try:
    lib.step(u[:, ::2], v, 100, 50, 0.2)
except TypeError as error:
    print(error)
