// Callbacks of C as the functions that the library calls. They refer to what they are made of, which must outlive them.
#pragma once

#include "capi/handles.h"

namespace dijitso::capi {

// Empty when `generate` is null.
Generate generate_function(dijitso_generate_t generate, const dijitso_params_t& params, void* user_data);

// InvalidArgument when its size is none that this version knows. `exchange` may be null.
Exchange exchange_functions(const dijitso_exchange_t* exchange, const std::string& name);

}  // namespace dijitso::capi
