// Processes that share a build through the callbacks send, receive and wait of a request. They keep to their roles
// whatever their caches have: none knows what the others will find.
#pragma once

#include "jit/link/loader.h"
#include "jit/request/key.h"

#include <dijitso/jit.h>

#include <functional>
#include <string>

namespace dijitso {

enum class Role { alone, builder, receiver, waiter };

// InvalidArgument when the callbacks do not fit together.
Role role_of(const std::string& name, const Generate& generate, const Exchange& exchange);

// The builder finds or builds the module, links it and sends it; a receiver gets it by that; a waiter finds it in the
// cache afterwards. Whatever happens here, the others can go on; what went wrong first is thrown. Collective.
ModulePointer play(Role role, const Request& request, Loader& loader, const Exchange& exchange,
                   const std::function<ModulePointer()>& find_or_build);

}  // namespace dijitso
