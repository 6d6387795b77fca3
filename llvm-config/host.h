// Describes this machine and LLVM without loading libLLVM (the functions come from static archives).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dijitso::llvm_config {

// The folder of the library that contains this code; a relocated installation has its other libraries there. Empty when
// the file name has no folder, as for a program found through PATH: the current directory must not be used instead.
std::filesystem::path own_directory();

// "22.1.8", fixed when dijitso was built.
std::string_view llvm_version();

// Identifies the build of LLVM that will be loaded: the name that its package or repository gives it, such as
// "1~deb12u1", which is the same for all architectures. If there is no such name, or the shared library is not the one
// that dijitso was built with, the build id of the shared library.
const std::string& llvm_revision();

// "x86_64-pc-linux-gnu"
const std::string& host_triple();

// The complete triple for build.target_triple. It is the host's triple for "" and for all triples that differ from it
// only by the vendor. InvalidArgument for a malformed triple, and for machines that dijitso cannot make objects for:
// they must be 64-bit, little-endian and run Linux.
std::string resolve_triple(const std::string& target_triple);

// A triple without the vendor, which does not change the code: "x86_64-linux-gnu".
std::string triple_without_vendor(const std::string& triple);

// The ISA features of this processor, sorted, without tuning flags.
const std::vector<std::string>& host_features();

// A CPU and the ISA features that are enabled in addition.
struct Target {
  std::string cpu;                    // as for -march
  std::vector<std::string> features;  // sorted
};

// Parses "baseline", "native" or the name of a CPU of the triple's architecture, followed by any number of ",+" and the
// name of an ISA feature. InvalidArgument for any other name, and for "native" when the triple is not the host's.
Target resolve_target(const std::string& target_cpu, const std::string& triple = host_triple());

// The text that resolve_target parses to this target.
std::string target_text(const Target& target);

// The features that all targets have, so that code for the result runs on each of them. `targets` must not be empty.
Target common_target(const std::vector<Target>& targets);

// Whether llvm::sys::getHostCPUFeatures can detect the feature on processors of this triple's architecture. Other
// features are options of code generation, or cannot be queried.
bool is_detectable(const std::string& triple, std::string_view feature);

// The items of `features` that this processor does not have.
std::vector<std::string> missing_features(const std::vector<std::string>& features);

}  // namespace dijitso::llvm_config
