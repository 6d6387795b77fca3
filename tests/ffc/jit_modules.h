// The in-process way: modules through dijitso's public interface, asked for as FFC asks for them.
#pragma once

#include "corpus.h"
#include "lookup.h"

#include <dijitso/jit.h>

#include <filesystem>

namespace ffc {

// The parameters that FFC passes, with this cache directory; an empty one leaves it to the configuration.
dijitso::Params jit_params(const Corpus& corpus, const std::filesystem::path& cache_dir);

// Asks for one module. On a miss its `generate` first asks for the dependencies and then gives their names back, as FFC
// does.
dijitso::Library jit_module(dijitso::Jit& jit, const Corpus& corpus, const Module& module,
                            const dijitso::Params& params);

Lookup lookup_in(const dijitso::Library& library);

}  // namespace ffc
