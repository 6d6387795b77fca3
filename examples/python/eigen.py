"""A library of templates from Python: the eigenvalues of a symmetric matrix, with Eigen."""
import dijitso
import numpy

lib = dijitso.compile("""
    #include <Eigen/Dense>

    using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

    void eigenvalues(const double* a, int n, double* values) {
      if (n <= 0) throw std::invalid_argument("the matrix is empty");
      Eigen::SelfAdjointEigenSolver<Matrix> solver(Eigen::Map<const Matrix>(a, n, n), Eigen::EigenvaluesOnly);
      Eigen::Map<Eigen::VectorXd>(values, n) = solver.eigenvalues();
    }
""", packages=["eigen3"])

a = numpy.array([[2.0, 1.0], [1.0, 2.0]])
values = numpy.empty(2)
lib.eigenvalues(a, 2, values)
print("eigenvalues:", values)
try:
    lib.eigenvalues(a, 0, values)
except RuntimeError as error:
    print("refused:", error)
