"""packages=, openmp=, mpi= and lenient= of dijitso.compile."""
import pickle
import unittest

import dijitso
import numpy
from dijitso.errors import CompileFailed, InvalidArgument
from package import PackageTest

EIGEN = """
    #include <Eigen/Dense>
    double trace(const double* a, int n) { return Eigen::Map<const Eigen::MatrixXd>(a, n, n).trace(); }
"""
THREADS = """
    #include <omp.h>
    int threads() {
      int count = 0;
      omp_set_dynamic(0);
      #pragma omp parallel num_threads(2)
      #pragma omp atomic
      count += omp_get_num_threads();
      return count;
    }
"""


class PackagesTest(PackageTest):
    def test_eigen(self):
        lib = dijitso.compile(EIGEN, packages=["eigen3 >= 3.3"])
        self.assertEqual(lib.trace(numpy.eye(3), 3), 3.0)
        again = pickle.loads(pickle.dumps(lib))
        self.assertEqual((again.signature, again.trace(numpy.eye(2), 2)), (lib.signature, 2.0))
        with self.assertRaisesRegex(CompileFailed, "Eigen/Dense"):
            dijitso.compile(EIGEN)

    def test_openmp_has_two_threads(self):
        self.assertEqual(dijitso.compile(THREADS, openmp=True).threads(), 4)

    def test_lenient(self):
        text = "f(void) { int* p = 1; return p != 0; }"
        self.assertEqual(dijitso.compile(text, language="c", lenient=True).f(), 1)
        with self.assertRaisesRegex(CompileFailed, "type specifier missing"):
            dijitso.compile(text, language="c")

    def test_parameters_do_the_same(self):
        params = {"build": {"packages": "eigen3", "openmp": True}}
        self.assertEqual(dijitso.compile(EIGEN, params=params).trace(numpy.eye(3), 3), 3.0)
        self.set_environment(DIJITSO_BUILD_PACKAGES="eigen3")
        self.assertEqual(dijitso.compile(EIGEN).trace(numpy.eye(3), 3), 3.0)

    def test_what_is_missing(self):
        with self.assertRaisesRegex(InvalidArgument, "'nothing', which build.packages names, was not found: nothing.pc is in none of .*pkgconfig"):
            dijitso.compile("", packages=["nothing"])
        with self.assertRaisesRegex(InvalidArgument, "packages must be a list, not 'eigen3'"):
            dijitso.compile("", packages="eigen3")

    def test_mpi_of_mpi4py(self):
        """One process without mpirun; mpi_test.py has several."""
        program = self.tmp / "program.py"
        program.write_text(
            "from mpi4py import MPI\nimport dijitso\n"
            "text = '#include <mpi.h>\\nint size(void) { int n = 0; MPI_Comm_size(MPI_COMM_WORLD, &n); return n; }'\n"
            "print(*(dijitso.compile(text, language=language, mpi=True).size() for language in ('c', 'c++')))\n")
        self.assertEqual(self.run_python(program, OMPI_MCA_ess_singleton_isolated="1"), "1 1\n")


if __name__ == "__main__":
    unittest.main()
