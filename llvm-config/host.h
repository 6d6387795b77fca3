// What machine this is and which compiler we have, without loading libLLVM (the few functions come from static
// archives).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::llvm_config {

// The folder of the library that contains this code: a relocated tree has its other libraries there. Empty in a program
// that was found through PATH, whose folder is not known by name; the current directory must not stand in for it.
std::filesystem::path own_directory();

// "22.1.8", fixed when dijitso was built.
std::string_view llvm_version();

// Identifies the build of LLVM that will be loaded: what its package or repository calls it, "1~deb12u1", which is the
// same for all architectures; or the build id of its shared library, when it is not the one that dijitso was built
// with, or says no more than its version.
const std::string& llvm_revision();

// "x86_64-pc-linux-gnu"
const std::string& host_triple();

// The triple that is meant by build.target_triple, complete: that of the host for "" and for all that differ from it by
// the vendor only. InvalidArgument for what is no triple, or one of machines for which dijitso makes no objects: they
// are those of Linux, 64 bits wide and little-endian.
std::string resolve_triple(const std::string& target_triple);

// A triple without its vendor, who does not matter for the code: "x86_64-linux-gnu".
std::string triple_without_vendor(const std::string& triple);

// The ISA features of this processor, sorted; tuning flags are not among them.
const std::vector<std::string>& host_features();

// A CPU with ISA features switched on beyond it.
struct Target {
  std::string cpu;                    // as -march takes it
  std::vector<std::string> features;  // sorted
};

// "baseline", "native" or the name of a CPU of the triple's architecture; ",+" and the name of an ISA feature may
// follow, any number of times. InvalidArgument for any other name, and for "native" when the triple is not the host's.
Target resolve_target(const std::string& target_cpu, const std::string& triple = host_triple());

// The text that resolve_target takes for this.
std::string target_text(const Target& target);

// What all of them have: code for it runs wherever code for one of them does. They are not empty.
Target common_target(const std::vector<Target>& targets);

// Whether llvm::sys::getHostCPUFeatures can tell that a processor of this triple's architecture has the feature. Others
// are ways of making code, or cannot be asked for.
bool is_detectable(const std::string& triple, std::string_view feature);

// Those of `features` that this processor does not have.
std::vector<std::string> missing_features(const std::vector<std::string>& features);

}  // namespace dijitso::llvm_config
