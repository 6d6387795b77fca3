// Converts C callbacks to functions for the library. Their arguments must outlive them.
#pragma once

#include "capi/handles.h"

namespace dijitso::capi {

// Returns an empty function when `generate` is null.
Generate generate_function(dijitso_generate_t generate, const dijitso_params_t& params, void* user_data);

// Throws InvalidArgument when its size is unknown to this version. `exchange` may be null.
Exchange exchange_functions(const dijitso_exchange_t* exchange, const std::string& name);

}  // namespace dijitso::capi
