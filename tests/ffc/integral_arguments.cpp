// The same numbers in every process.
#include "integral_arguments.h"

#include "numbers.h"

#include <memory>

namespace ffc {

IntegralArguments::IntegralArguments(const ufc::form& form, const ufc::finite_element& coordinate_element, double sign)
    : cells_{cell_of(coordinate_element, 0), cell_of(coordinate_element, 1)}, both_(cells_[0].coordinate_dofs) {
  both_.insert(both_.end(), cells_[1].coordinate_dofs.begin(), cells_[1].coordinate_dofs.end());
  SmallNumbers numbers;
  for (std::size_t i = 0; i < form.rank() + form.num_coefficients(); ++i) {
    const std::unique_ptr<ufc::finite_element> element(form.create_finite_element(i));
    const std::size_t dimension = element->space_dimension();
    if (i < form.rank()) {
      size_on_one_ *= dimension;
      size_on_two_ *= 2 * dimension;
    } else {
      coefficients_.push_back(numbers.take(2 * dimension, sign));
    }
  }
  for (const auto& coefficient : coefficients_) w_.push_back(coefficient.data());
}

}  // namespace ffc
