// The key of an entry names the host, so it is needed even when nothing is compiled or linked. Loading libLLVM for that
// would take 15 ms, so the functions used here are linked from LLVM's static archives. Tested in
// unittests/llvm-config/host_test.cpp.

#include "llvm-config/host.h"

#include "llvm-config/computed.h"
#include "llvm-config/out_of_memory.h"

#include <dijitso/error.h>
#include <dlfcn.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/TargetParser/AArch64TargetParser.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>
#include <llvm/TargetParser/X86TargetParser.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <set>

namespace dijitso::llvm_config {
namespace {

[[maybe_unused]] const bool throws = (throw_instead_of_ending(), true);

using Arch = llvm::Triple::ArchType;

Arch arch_of(const std::string& triple) { return llvm::Triple(triple).getArch(); }

std::vector<std::string> cpu_names(Arch arch) {
  llvm::SmallVector<llvm::StringRef> names;
  if (arch == llvm::Triple::x86_64) llvm::X86::fillValidCPUArchList(names, /*Only64Bit=*/true);
  if (arch == llvm::Triple::aarch64) llvm::AArch64::fillValidCPUArchList(names);
  return {names.begin(), names.end()};
}

bool is_cpu_name(const std::string& name, Arch arch) {
  const std::vector<std::string> names = cpu_names(arch);
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The ISA features of the CPU and the additional ones of the target.
std::set<std::string> all_features(const Target& target, Arch arch) {
  std::set<std::string> features(target.features.begin(), target.features.end());
  if (arch == llvm::Triple::x86_64) {
    llvm::SmallVector<llvm::StringRef> of_cpu;
    llvm::X86::getFeaturesForCPU(target.cpu, of_cpu);
    for (const llvm::StringRef feature : of_cpu) features.insert(feature.str());
  } else if (const auto cpu = llvm::AArch64::parseCpu(target.cpu); arch == llvm::Triple::aarch64 && cpu) {
    std::vector<llvm::StringRef> of_cpu;
    llvm::AArch64::getExtensionFeatures(cpu->getImpliedExtensions(), of_cpu);
    for (const llvm::StringRef feature : of_cpu) features.insert(feature.ltrim('+').str());
  }
  return features;
}

std::set<std::string> features_of_cpus(Arch arch) {
  std::set<std::string> names;
  for (const std::string& cpu : cpu_names(arch)) names.merge(all_features({cpu, {}}, arch));
  return names;
}

// Whether any CPU of this architecture that the compiler knows has the feature.
bool is_cpu_feature(std::string_view name, Arch arch) {
  static constinit Computed<std::set<std::string>> of_x86, of_arm;
  if (arch != llvm::Triple::x86_64 && arch != llvm::Triple::aarch64) return false;
  Computed<std::set<std::string>>& known = arch == llvm::Triple::x86_64 ? of_x86 : of_arm;
  return known.get([arch] { return features_of_cpus(arch); }).contains(std::string(name));
}

bool is_feature_name(const std::string& name, Arch arch) {
  const bool is_of_host = arch == arch_of(host_triple()) && std::ranges::binary_search(host_features(), name);
  return is_of_host || is_cpu_feature(name, arch);
}

[[noreturn]] void refuse_triple(const std::string& target_triple) {
  throw InvalidArgument(
      "build.target_triple '" + target_triple +
      "' is not a 64-bit little-endian machine with Linux, so no objects can be made for it; use '' for "
      "this machine, or a triple such as 'aarch64-linux-gnu'");
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
  static constinit Computed<std::string> triple;
  return triple.get(llvm::sys::getDefaultTargetTriple);
}

const std::vector<std::string>& host_features() {
  static constinit Computed<std::vector<std::string>> features;
  return features.get([] {
    std::vector<std::string> present;
    for (const auto& feature : llvm::sys::getHostCPUFeatures())
      if (feature.second) present.push_back(feature.first().str());
    std::sort(present.begin(), present.end());
    return present;
  });
}

std::string resolve_triple(const std::string& target_triple) {
  if (target_triple.empty()) return host_triple();
  llvm::Triple triple(llvm::Triple::normalize(target_triple));
  if (triple.getArch() != llvm::Triple::UnknownArch)
    triple.setArchName(llvm::Triple::getArchTypeName(triple.getArch()));
  // An unknown environment is refused, because it would be part of the key without a meaning.
  const bool is_known = triple.getArch() != llvm::Triple::UnknownArch && triple.isOSLinux() &&
                        (triple.getEnvironment() != llvm::Triple::UnknownEnvironment || !triple.hasEnvironment());
  if (!is_known || !triple.isArch64Bit() || !triple.isLittleEndian() || !triple.isOSBinFormatELF())
    refuse_triple(target_triple);
  const bool is_host = triple_without_vendor(triple.str()) == triple_without_vendor(host_triple());
  return is_host ? host_triple() : triple.str();
}

std::string triple_without_vendor(const std::string& text) {
  const llvm::Triple triple(llvm::Triple::normalize(text));
  return (triple.getArchName() + "-" + triple.getOSAndEnvironmentName()).str();
}

namespace {

Target resolve_name(const std::string& name, const std::string& target_cpu, const std::string& triple) {
  const std::string plain = arch_of(triple) == llvm::Triple::x86_64 ? "x86-64" : "";
  if (name == "baseline") return {plain, {}};
  if (name == "native" && triple == host_triple()) return {plain, host_features()};
  if (name == "native")
    throw InvalidArgument("build.target_cpu 'native' is the processor of this machine, which is no " + triple +
                          " (build.target_triple): use 'baseline' or the name of a processor");
  if (is_cpu_name(name, arch_of(triple))) return {name, {}};
  throw InvalidArgument("build.target_cpu '" + target_cpu + "' is not a processor that the compiler knows for " +
                        triple + "; use 'baseline', 'native' or a name that clang takes after -march= or -mcpu= there");
}

}  // namespace

Target resolve_target(const std::string& target_cpu, const std::string& triple) {
  std::size_t comma = target_cpu.find(',');
  Target target = resolve_name(target_cpu.substr(0, comma), target_cpu, triple);
  std::set<std::string> features(target.features.begin(), target.features.end());
  while (comma != target_cpu.npos) {
    const std::size_t next = target_cpu.find(',', comma + 1);
    const std::string feature = target_cpu.substr(comma + 1, next == target_cpu.npos ? next : next - comma - 1);
    if (!feature.starts_with('+') || !is_feature_name(feature.substr(1), arch_of(triple)))
      throw InvalidArgument("build.target_cpu '" + target_cpu + "': '" + feature +
                            "' is no ISA feature that the compiler knows for " + triple +
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
  const Arch arch = arch_of(host_triple());
  std::set<std::string> common = all_features(targets.front(), arch);
  for (const Target& target : targets) {
    const std::set<std::string> features = all_features(target, arch);
    std::erase_if(common, [&](const std::string& feature) { return !features.contains(feature); });
  }
  Target result = resolve_target("baseline");
  const std::set<std::string> plain = all_features(result, arch);
  std::ranges::set_difference(common, plain, std::back_inserter(result.features));
  return result;
}

bool is_detectable(const std::string& triple, std::string_view feature) {
  // On x86, the map of the function has all features that it can detect, present or not. On ARM it has only those that
  // are present, so its features are listed here; elsewhere it has none.
  static constinit Computed<llvm::StringMap<bool>> of_host;
  constexpr std::array of_arm = {"neon", "fp-armv8", "crc", "lse",  "rand",    "aes",      "sha2",
                                 "sha3", "sm4",      "sve", "sve2", "sve-aes", "sve-sha3", "sve-sm4"};
  const Arch arch = arch_of(triple);
  if (arch == llvm::Triple::aarch64) return std::ranges::find(of_arm, feature) != of_arm.end();
  if (arch == arch_of(host_triple()))
    return of_host.get([] { return llvm::sys::getHostCPUFeatures(); }).contains(feature);
  return arch == llvm::Triple::x86_64 && is_cpu_feature(feature, arch);
}

std::vector<std::string> missing_features(const std::vector<std::string>& features) {
  std::vector<std::string> missing;
  const std::vector<std::string>& present = host_features();
  for (const std::string& feature : features)
    if (!std::binary_search(present.begin(), present.end(), feature)) missing.push_back(feature);
  return missing;
}

}  // namespace dijitso::llvm_config
