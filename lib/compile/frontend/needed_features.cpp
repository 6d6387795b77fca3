// The name of a CPU implies all its features, but a compiler never uses some of them unless asked: instructions for
// memory protection keys, enclaves, random numbers, processor state, cache control, matrix tiles. Hypervisors often
// hide these features, and code for that CPU runs all the same. Code that does use such an instruction calls an LLVM
// intrinsic, which is visible in the module. Tested in unittests/compile/needed_features_test.cpp.

#include "compile/frontend/needed_features.h"

#include "llvm-config/host.h"

#include <clang/Basic/TargetOptions.h>
#include <llvm/ADT/StringExtras.h>

#include <algorithm>
#include <array>
#include <memory>

namespace dijitso::compilation {
namespace {

struct OnRequest {
  llvm::StringRef feature;    // a '*' at the end matches all names that begin so
  llvm::StringRef functions;  // prefixes of the intrinsics' names, after "llvm.x86." or "llvm.aarch64."
};

// Features without intrinsics are used in assembler text only, which is not checked.
constexpr std::array on_request = {
    OnRequest{"aes", "aesni"},
    OnRequest{"amx-*", "tile tdp tcmm tcvt tmm ldtilecfg sttilecfg"},
    OnRequest{"avx512vp2intersect", "avx512.vp2intersect"},
    OnRequest{"cldemote", "cldemote"},
    OnRequest{"clflushopt", "clflushopt"},
    OnRequest{"clwb", "clwb"},
    OnRequest{"clzero", "clzero"},
    OnRequest{"enqcmd", "enqcmd"},
    OnRequest{"fsgsbase", "rdfsbase rdgsbase wrfsbase wrgsbase"},
    OnRequest{"hreset", ""},
    OnRequest{"invpcid", "invpcid"},
    OnRequest{"kl", "loadiwkey encodekey aesenc aesdec"},
    OnRequest{"lwp", "lwp llwpcb slwpcb"},
    OnRequest{"movdir64b", "movdir64b"},
    OnRequest{"movdiri", "directstore"},
    OnRequest{"movrs", "movrs prefetchrs"},
    OnRequest{"mwaitx", "monitorx mwaitx"},
    OnRequest{"pconfig", ""},
    OnRequest{"pku", "rdpkru wrpkru"},
    OnRequest{"ptwrite", "ptwrite"},
    OnRequest{"rand", "rndr"},
    OnRequest{"rdpid", "rdpid"},
    OnRequest{"rdpru", "rdpru"},
    OnRequest{"rdrnd", "rdrand"},
    OnRequest{"rdseed", "rdseed"},
    OnRequest{"rtm", "xabort xbegin xend xtest"},
    OnRequest{"serialize", "serialize"},
    OnRequest{"sgx", ""},
    OnRequest{"sha", "sha1 sha256"},
    OnRequest{"sha512", "vsha512"},
    OnRequest{"shstk", "incssp rdssp saveprevssp rstorssp wrss wruss setssbsy clrssbsy"},
    OnRequest{"sm3", "vsm3"},
    OnRequest{"sm4", "vsm4"},
    OnRequest{"tsxldtrk", "xsusldtrk xresldtrk"},
    OnRequest{"uintr", "clui stui testui senduipi"},
    OnRequest{"usermsr", "urdmsr uwrmsr"},
    OnRequest{"vaes", "aesni"},
    OnRequest{"waitpkg", "umonitor umwait tpause"},
    OnRequest{"wbnoinvd", "wbnoinvd"},
    OnRequest{"widekl", "aesencwide aesdecwide"},
    OnRequest{"xsave", "xsave xrstor xgetbv xsetbv"},
    OnRequest{"xsavec", "xsavec"},
    OnRequest{"xsaveopt", "xsaveopt"},
    OnRequest{"xsaves", "xsaves xrstors"},
};

bool matches(const OnRequest& row, llvm::StringRef feature) {
  llvm::StringRef name = row.feature;
  return name.consume_back("*") ? feature.starts_with(name) : feature == name;
}

bool calls_one_of(const llvm::Module& module, llvm::StringRef beginnings) {
  llvm::SmallVector<llvm::StringRef> names;
  llvm::SplitString(beginnings, names);
  return llvm::any_of(module, [&](const llvm::Function& function) {
    llvm::StringRef called = function.getName();
    if (function.use_empty() || !(called.consume_front("llvm.x86.") || called.consume_front("llvm.aarch64.")))
      return false;
    return llvm::any_of(names, [&](llvm::StringRef name) { return called.starts_with(name); });
  });
}

bool may_use(const llvm::Module& module, llvm::StringRef feature) {
  const auto* row = std::ranges::find_if(on_request, [&](const OnRequest& one) { return matches(one, feature); });
  return row == on_request.end() || calls_one_of(module, row->functions);
}

}  // namespace

// The compiler's list of features also contains code generation options (-mretpoline, -moutline-atomics). Every
// processor can run the code that these options make.
std::vector<std::string> needed_features(const clang::TargetInfo& target, clang::DiagnosticsEngine& diagnostics,
                                         const llvm::Module& module) {
  clang::TargetOptions plain;
  plain.Triple = target.getTriple().str();
  plain.CPU = target.getTriple().isX86() ? "x86-64" : "generic";
  if (target.getTriple().isAArch64()) plain.FeaturesAsWritten = {"+fp-armv8", "+neon"};  // the driver adds them
  const std::unique_ptr<clang::TargetInfo> baseline(clang::TargetInfo::CreateTargetInfo(diagnostics, plain));
  std::vector<std::string> features;
  for (const auto& feature : target.getTargetOpts().FeatureMap)
    if (feature.second && llvm_config::is_detectable(plain.Triple, feature.first()) &&
        !(baseline && baseline->getTargetOpts().FeatureMap.lookup(feature.first())) && may_use(module, feature.first()))
      features.push_back(feature.first().str());
  std::sort(features.begin(), features.end());
  return features;
}

}  // namespace dijitso::compilation
