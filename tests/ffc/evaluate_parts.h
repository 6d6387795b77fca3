// The pieces of evaluate(): one function for each kind of object in ufc.h.
#pragma once

#include "cells.h"
#include "numbers.h"

#include <ufc.h>

namespace ffc {

// With `mapping` null, the element's own affine geometry is used, which takes the vertices of `cell`.
void evaluate_element(Recorder& record, const ufc::finite_element& element, const Cell& cell,
                      const ufc::coordinate_mapping* mapping);
void evaluate_dofmap(Recorder& record, const ufc::dofmap& dofmap, const Cell& cell);
void evaluate_mapping(Recorder& record, const ufc::coordinate_mapping& mapping);
void evaluate_form(Recorder& record, const ufc::form& form);

// The integrals of a form, on cells whose geometry is that of `coordinate_element`.
void evaluate_integrals(Recorder& record, const ufc::form& form, const ufc::finite_element& coordinate_element);

}  // namespace ffc
