// LLVM's header of OpenMP (build.openmp). Its library is found where it is linked: orc/library_search.h.
#pragma once

#include "support/packs/header_pack.h"

#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

// The directory that must be searched for omp.h; empty when the compiler finds it anyway, or when there is none.
std::string openmp_include_dir(const HeaderPacks& packs);

// The same for the directories in which Clang and other versions of it have their headers.
std::string openmp_include_dir(const HeaderPacks& packs, const std::string& of_clang,
                               const std::vector<std::string>& others);

// For a compile that did not find omp.h: where it was looked for, and what to install.
std::string openmp_advice();

}  // namespace dijitso
