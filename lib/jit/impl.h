// What is behind a Jit.
#pragma once

#include "jit/context.h"

#include <dijitso/jit.h>

namespace dijitso {

struct Jit::Impl {
  Context context;
};

}  // namespace dijitso
