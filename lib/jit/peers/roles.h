// Builds that several processes share through the callbacks send, receive and wait of a request. A process keeps its
// role whatever its cache has, because no process knows what the others will find.
#pragma once

#include "jit/link/loader.h"
#include "jit/request/key.h"

#include <dijitso/jit.h>

#include <functional>
#include <string>

namespace dijitso {

enum class Role { alone, builder, receiver, waiter };

// Throws InvalidArgument when the callbacks do not fit together.
Role role_of(const std::string& name, const Generate& generate, const Exchange& exchange);

// The builder finds or builds the module, links it and sends it; a receiver receives it; a waiter finds it in the cache
// afterwards. The other processes can continue even after a failure here; the first failure is thrown. Collective.
ModulePointer play(Role role, const Request& request, Loader& loader, const Exchange& exchange,
                   const std::function<ModulePointer()>& find_or_build);

}  // namespace dijitso
