// The key of an entry names the host, so it is needed even when nothing is compiled or linked. Loading libLLVM for that
// would cost 15 ms; the functions used here are linked from LLVM's static archives instead. Tested in
// unittests/llvm-config/host_test.cpp.

#include "llvm-config/host.h"

#include <dijitso/error.h>
#include <dlfcn.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/TargetParser/AArch64TargetParser.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>
#include <llvm/TargetParser/X86TargetParser.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <set>

namespace dijitso::llvm_config {
namespace {

llvm::Triple::ArchType host_arch() { return llvm::Triple(host_triple()).getArch(); }

std::vector<std::string> cpu_names() {
  llvm::SmallVector<llvm::StringRef> names;
  if (host_arch() == llvm::Triple::x86_64) llvm::X86::fillValidCPUArchList(names, /*Only64Bit=*/true);
  if (host_arch() == llvm::Triple::aarch64) llvm::AArch64::fillValidCPUArchList(names);
  return {names.begin(), names.end()};
}

bool is_cpu_name(const std::string& name) {
  const std::vector<std::string> names = cpu_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The ISA features of a CPU and of what it is said to have besides.
std::set<std::string> all_features(const Target& target) {
  std::set<std::string> features(target.features.begin(), target.features.end());
  if (host_arch() == llvm::Triple::x86_64) {
    llvm::SmallVector<llvm::StringRef> of_cpu;
    llvm::X86::getFeaturesForCPU(target.cpu, of_cpu);
    for (const llvm::StringRef feature : of_cpu) features.insert(feature.str());
  } else if (const auto cpu = llvm::AArch64::parseCpu(target.cpu); host_arch() == llvm::Triple::aarch64 && cpu) {
    std::vector<llvm::StringRef> of_cpu;
    llvm::AArch64::getExtensionFeatures(cpu->getImpliedExtensions(), of_cpu);
    for (const llvm::StringRef feature : of_cpu) features.insert(feature.ltrim('+').str());
  }
  return features;
}

// Of any CPU that the compiler knows, or of this one.
bool is_feature_name(const std::string& name) {
  static const std::set<std::string> known = [] {
    std::set<std::string> names(host_features().begin(), host_features().end());
    for (const std::string& cpu : cpu_names()) names.merge(all_features({cpu, {}}));
    return names;
  }();
  return known.contains(name);
}

}  // namespace

std::filesystem::path own_directory() {
  Dl_info info{};
  const auto address = reinterpret_cast<void*>(&own_directory);
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr || !std::strchr(info.dli_fname, '/')) return {};
  return std::filesystem::absolute(info.dli_fname).parent_path();
}

std::string_view llvm_version() { return LLVM_VERSION_STRING; }

const std::string& host_triple() {
  static const std::string triple = llvm::sys::getDefaultTargetTriple();
  return triple;
}

const std::vector<std::string>& host_features() {
  static const std::vector<std::string> features = [] {
    std::vector<std::string> present;
    for (const auto& feature : llvm::sys::getHostCPUFeatures())
      if (feature.second) present.push_back(feature.first().str());
    std::sort(present.begin(), present.end());
    return present;
  }();
  return features;
}

namespace {

Target resolve_name(const std::string& name, const std::string& target_cpu) {
  const std::string plain = host_arch() == llvm::Triple::x86_64 ? "x86-64" : "";
  if (name == "baseline") return {plain, {}};
  if (name == "native") return {plain, host_features()};
  if (is_cpu_name(name)) return {name, {}};
  throw InvalidArgument("build.target_cpu '" + target_cpu + "' is no processor that the compiler knows for " +
                        host_triple() + "; use 'baseline', 'native' or a name that clang takes after -march= there");
}

}  // namespace

Target resolve_target(const std::string& target_cpu) {
  std::size_t comma = target_cpu.find(',');
  Target target = resolve_name(target_cpu.substr(0, comma), target_cpu);
  std::set<std::string> features(target.features.begin(), target.features.end());
  while (comma != target_cpu.npos) {
    const std::size_t next = target_cpu.find(',', comma + 1);
    const std::string feature = target_cpu.substr(comma + 1, next == target_cpu.npos ? next : next - comma - 1);
    if (!feature.starts_with('+') || !is_feature_name(feature.substr(1)))
      throw InvalidArgument("build.target_cpu '" + target_cpu + "': '" + feature +
                            "' is no ISA feature that the compiler knows for " + host_triple() +
                            "; behind the processor may follow features such as '+avx2', separated by commas");
    features.insert(feature.substr(1));
    comma = next;
  }
  target.features.assign(features.begin(), features.end());
  return target;
}

std::string target_text(const Target& target) {
  std::string text = target.cpu.empty() ? "baseline" : target.cpu;
  for (const std::string& feature : target.features) text += ",+" + feature;
  return text;
}

Target common_target(const std::vector<Target>& targets) {
  const auto is_first = [&](const Target& t) {
    return t.cpu == targets.front().cpu && t.features == targets.front().features;
  };
  if (std::ranges::all_of(targets, is_first)) return targets.front();
  std::set<std::string> common = all_features(targets.front());
  for (const Target& target : targets) {
    const std::set<std::string> features = all_features(target);
    std::erase_if(common, [&](const std::string& feature) { return !features.contains(feature); });
  }
  Target result = resolve_target("baseline");
  const std::set<std::string> plain = all_features(result);
  std::ranges::set_difference(common, plain, std::back_inserter(result.features));
  return result;
}

std::vector<std::string> missing_features(const std::vector<std::string>& features) {
  std::vector<std::string> missing;
  const std::vector<std::string>& present = host_features();
  for (const std::string& feature : features)
    if (!std::binary_search(present.begin(), present.end(), feature)) missing.push_back(feature);
  return missing;
}

}  // namespace dijitso::llvm_config
