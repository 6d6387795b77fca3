// A small form compiler: writes C++ for Lagrange elements (degree 1 and 2) on triangles and for the Poisson equation,
// and compiles it with dijitso.
//
// It makes two modules. The element has the basis functions. The form integrates -div grad u = f over a triangle and
// calls the functions of the element, so it depends on it: its generator requests the element first, just as a user
// would.
#pragma once

#include <dijitso/jit.h>

#include <string>
#include <utility>

namespace poisson {

// Values of all basis functions, or of their derivatives (d/dX, d/dY for each), at a point of the reference triangle.
using Evaluate = void(const double* point, double* values);
// Element matrix (row by row) or vector of the triangle with these corners: x0 y0 x1 y1 x2 y2.
using Tabulate = void(const double* corners, double* tensor);

struct Element {
  dijitso::Library library;  // keeps the functions loaded
  std::string signature;
  Evaluate* basis;
};

struct Form {
  dijitso::Library library;
  std::string signature;
  Tabulate* stiffness;
  Tabulate* load;
};

class FormCompiler {
 public:
  // `cache` are cache parameters, such as {"cache_dir", ...}; they may be empty.
  FormCompiler(dijitso::Jit& jit, dijitso::ParamDict cache) : jit_(jit), cache_(std::move(cache)) {}

  Element element(int degree);

  // `f` is a C++ expression in x and y.
  Form form(int degree, const std::string& f);

 private:
  dijitso::Params params(const dijitso::ParamDict& generator) const;

  dijitso::Jit& jit_;
  dijitso::ParamDict cache_;
};

}  // namespace poisson
