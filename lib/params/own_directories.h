// The directories within a cache directory whose names are fixed. A parameter must not name one of them: if
// cache.obj_dir were "pch", cleaning precompiled headers would remove every module.
#pragma once

#include <array>

namespace dijitso::params {

inline constexpr const char* temp_dir = "tmp";
inline constexpr const char* claims_dir = "claims";
inline constexpr const char* quarantine_dir = "quarantine";
inline constexpr const char* pins_dir = "pins";
inline constexpr const char* stats_dir = "stats";
inline constexpr const char* precompiled_dir = "pch";

inline constexpr std::array own_directories = {temp_dir, claims_dir, quarantine_dir,
                                               pins_dir, stats_dir,  precompiled_dir};

}  // namespace dijitso::params
