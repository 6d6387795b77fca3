// The nodes of all triangles are on one lattice with n * degree + 1 points on each side, so no search is needed to
// number them.
#include "solver.h"

#include "reference_triangle.h"

#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace poisson {
namespace {

using Vector = std::vector<double>;

// Compressed sparse rows.
struct Matrix {
  std::vector<std::size_t> start{0}, column;
  Vector value;

  explicit Matrix(const std::vector<std::map<std::size_t, double>>& rows) {
    for (const auto& row : rows) {
      for (const auto& [j, a] : row) column.push_back(j), value.push_back(a);
      start.push_back(column.size());
    }
  }

  Vector operator*(const Vector& x) const {
    Vector y(x.size());
    for (std::size_t i = 0; i < y.size(); ++i)
      for (std::size_t k = start[i]; k < start[i + 1]; ++k) y[i] += value[k] * x[column[k]];
    return y;
  }
};

double dot(const Vector& x, const Vector& y) { return std::inner_product(x.begin(), x.end(), y.begin(), 0.0); }

// Solves A x = b by conjugate gradients and returns the number of iterations.
int conjugate_gradients(const Matrix& A, const Vector& b, Vector& x) {
  Vector r = b, p = b;
  double rr = dot(r, r);
  const double enough = 1e-24 * rr;
  for (int iteration = 0; iteration < 10000; ++iteration) {
    if (rr <= enough) return iteration;
    const Vector Ap = A * p;
    const double alpha = rr / dot(p, Ap);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += alpha * p[i], r[i] -= alpha * Ap[i];
    const double beta = dot(r, r) / rr;
    rr *= beta;
    for (std::size_t i = 0; i < x.size(); ++i) p[i] = r[i] + beta * p[i];
  }
  throw std::runtime_error("conjugate gradients do not converge");
}

struct Triangle {
  std::array<double, 6> corners;
  std::vector<std::size_t> dofs;  // of its nodes; `boundary` where u = 0 is known
};

constexpr std::size_t boundary = -1;

std::vector<Triangle> make_mesh(int degree, int n) {
  const int last = n * degree;
  const double h = 1.0 / n;
  std::vector<Triangle> mesh;
  for (int square = 0; square < n * n; ++square)
    for (const int sign : {1, -1}) {  // the second triangle is the first one turned by 180 degrees
      const int i0 = square % n + (sign < 0), j0 = square / n + (sign < 0);
      const double x = i0 * h, y = j0 * h;
      Triangle triangle{{x, y, x + sign * h, y, x, y + sign * h}, {}};
      for (const BasisFunction& node : lagrange_basis(degree)) {
        const int i = i0 * degree + sign * node.i, j = j0 * degree + sign * node.j;
        const bool inside = i > 0 && i < last && j > 0 && j < last;
        triangle.dofs.push_back(inside ? static_cast<std::size_t>((j - 1) * (last - 1) + i - 1) : boundary);
      }
      mesh.push_back(triangle);
    }
  return mesh;
}

double l2_error(const std::vector<Triangle>& mesh, const Element& element, int degree, const Vector& u,
                const std::function<double(double, double)>& exact) {
  double sum = 0;
  Vector basis(lagrange_basis(degree).size());
  for (const auto& [X, Y, weight] : quadrature()) {
    const double point[] = {X, Y};
    element.basis(point, basis.data());
    for (const auto& [v, dofs] : mesh) {
      double difference = exact(v[0] + (v[2] - v[0]) * X, v[1] + (v[5] - v[1]) * Y);
      for (std::size_t i = 0; i < dofs.size(); ++i)
        if (dofs[i] != boundary) difference -= u[dofs[i]] * basis[i];
      sum += weight * (v[2] - v[0]) * (v[5] - v[1]) * difference * difference;
    }
  }
  return std::sqrt(sum);
}

}  // namespace

Solution solve(const Element& element, const Form& form, int degree, int n,
               const std::function<double(double, double)>& exact) {
  const std::vector<Triangle> mesh = make_mesh(degree, n);
  const auto unknowns = static_cast<std::size_t>((n * degree - 1) * (n * degree - 1));
  std::vector<std::map<std::size_t, double>> rows(unknowns);
  Vector b(unknowns), u(unknowns);
  const std::size_t size = mesh.front().dofs.size();
  Vector element_matrix(size * size), element_vector(size);
  for (const auto& [corners, dofs] : mesh) {
    form.stiffness(corners.data(), element_matrix.data());
    form.load(corners.data(), element_vector.data());
    for (std::size_t i = 0; i < size; ++i) {
      if (dofs[i] == boundary) continue;
      b[dofs[i]] += element_vector[i];
      for (std::size_t j = 0; j < size; ++j)
        if (dofs[j] != boundary) rows[dofs[i]][dofs[j]] += element_matrix[i * size + j];
    }
  }
  const int iterations = conjugate_gradients(Matrix(rows), b, u);
  return {unknowns, iterations, l2_error(mesh, element, degree, u, exact)};
}

}  // namespace poisson
