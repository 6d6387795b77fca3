// Where the cells lie on which modules are evaluated.
#pragma once

#include <cstddef>
#include <vector>

namespace ffc {

// The images of points `X`, [point][tdim], under a fixed affine map into `gdim` dimensions that scales, rotates and
// shears: no entry of its Jacobian is zero. There are two, told apart by `which`. Gives [point][gdim].
std::vector<double> map_points(const std::vector<double>& X, std::size_t tdim, std::size_t gdim, unsigned which);

}  // namespace ffc
