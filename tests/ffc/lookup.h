// How the code of a module is reached and tried, whoever made it.
#pragma once

#include "corpus.h"
#include "numbers.h"

#include <functional>
#include <string>

namespace ffc {

// The address of a symbol of one module; never null.
using Lookup = std::function<void*(const std::string& symbol)>;

// Calls everything that a module offers and gives back every number: the same numbers for the same code.
using Evaluate = std::function<Numbers(const Module& module, const Lookup& lookup)>;

}  // namespace ffc
