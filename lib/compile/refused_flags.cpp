// The flags come from parameters, environment and configuration files. One that loads code, starts a program, writes a
// file, prints, or reads what the cache cannot watch is right for a compiler that is a program of its own, and wrong
// here. Options are compared by the name that Clang's option table gives them, so aliases (--verbose, --dependencies)
// and values joined to a name do not slip through. Tested in unittests/compile/arguments_test.cpp.

#include "compile/refused_flags.h"

#include <clang/Options/Options.h>
#include <llvm/Option/Option.h>

#include <algorithm>
#include <array>

namespace dijitso::compile {
namespace {

constexpr std::string_view loads = "it would load code into this process";
constexpr std::string_view bypasses =
    "it hands options to a part of the compiler past these checks; use the driver's own flag";
constexpr std::string_view is_global = "it would change the compiler for the whole process";
constexpr std::string_view reads_flags = "it would read flags from a file; give them directly";
constexpr std::string_view reads = "it would read files that the cache cannot watch";
constexpr std::string_view writes = "it would write files beside the object";
constexpr std::string_view measures = "it would read or write files of measurements beside the object";
constexpr std::string_view prints = "it would print to the output of this process";
constexpr std::string_view no_object = "the result would not be an object; leave it out";
constexpr std::string_view other_target =
    "objects are made for the machine that build.target_triple names, this one by default; leave it out";
constexpr std::string_view convention = "functions of this process expect numbers in those registers";
constexpr std::string_view starts = "it would start other programs; leave it out";
constexpr std::string_view chosen = "dijitso chooses input and output itself";

struct Refusal {
  std::string_view name;  // of an option, without its dashes; with '*' at the end of all that begin so
  std::string_view reason;
};

// Flags that Clang's driver does not know, or would take for something else; compared as text.
constexpr std::array foreign = {Refusal{"@*", reads_flags},       Refusal{"-specs*", reads_flags},
                                Refusal{"--specs*", reads_flags}, Refusal{"-wrapper*", starts},
                                Refusal{"-load", loads},          Refusal{"-plugin*", loads},
                                Refusal{"-add-plugin", loads}};

constexpr std::array refusals = {
    Refusal{"fplugin*", loads},
    Refusal{"fpass-plugin*", loads},
    Refusal{"hipspv-pass-plugin*", loads},
    Refusal{"Xclang*", bypasses},
    Refusal{"Xpreprocessor", bypasses},
    Refusal{"Xassembler", bypasses},
    Refusal{"Xarch*", bypasses},
    Refusal{"Xopenmp*", bypasses},
    Refusal{"Xanalyzer", bypasses},
    Refusal{"mllvm*", is_global},
    Refusal{"mmlir", is_global},
    Refusal{"flimited-precision*", is_global},
    Refusal{"fdebug-pass-*", is_global},
    Refusal{"config*", reads_flags},
    Refusal{"include-pch", reads},
    Refusal{"ivfsoverlay", reads},
    Refusal{"vfsoverlay", reads},
    Refusal{"working-directory*", reads},
    Refusal{"fmodule*", reads},
    Refusal{"fcxx-modules", reads},
    Refusal{"fimplicit-module*", reads},
    Refusal{"fprebuilt-*", reads},
    Refusal{"fbuild-session*", reads},
    Refusal{"fsystem-module", reads},
    Refusal{"gmodules", reads},
    Refusal{"fauto-profile*", reads},
    Refusal{"fsanitize-ignorelist*", reads},
    Refusal{"save-temps*", writes},
    Refusal{"save-stats*", writes},
    Refusal{"ftime-trace*", writes},
    Refusal{"ftest-coverage", measures},
    Refusal{"fsave-optimization-record*", writes},
    Refusal{"foptimization-record-*", writes},
    Refusal{"fstack-usage", writes},
    Refusal{"gsplit-dwarf*", writes},
    Refusal{"MJ", writes},
    Refusal{"gen-*", writes},
    Refusal{"dependency-*", writes},
    Refusal{"module-dependency-*", writes},
    Refusal{"serialize-diagnostics", writes},
    Refusal{"fproc-stat-report*", writes},
    Refusal{"fcrash-diagnostics*", writes},
    Refusal{"fprofile-*", measures},
    Refusal{"fcs-profile-*", measures},
    Refusal{"fmemory-profile*", measures},
    Refusal{"coverage", measures},
    Refusal{"v", prints},
    Refusal{"###", prints},
    Refusal{"H", prints},
    Refusal{"help*", prints},
    Refusal{"version", prints},
    Refusal{"print-*", prints},
    Refusal{"dump*", prints},
    Refusal{"autocomplete=", prints},
    Refusal{"ccc-*", prints},
    Refusal{"ftime-report*", prints},
    Refusal{"fshow-skipped-includes", prints},
    Refusal{"target-help", prints},
    Refusal{"flto*", no_object},
    Refusal{"fthin*", no_object},
    Refusal{"fembed-bitcode*", no_object},
    Refusal{"emit-*", no_object},
    Refusal{"target=", other_target},
    Refusal{"target", other_target},
    Refusal{"arch", other_target},
    Refusal{"m16", other_target},
    Refusal{"m32", other_target},
    Refusal{"mx32", other_target},
    Refusal{"miamcu", other_target},
    Refusal{"fopenmp-targets=", other_target},
    Refusal{"fsycl*", other_target},
    Refusal{"foffload-*", other_target},
    Refusal{"fembed-offload-object=", other_target},
    Refusal{"offload*", other_target},
    Refusal{"cuda*", other_target},
    Refusal{"hip*", other_target},
    Refusal{"mno-sse", convention},
    Refusal{"mno-sse2", convention},
    Refusal{"msoft-float", convention},
    Refusal{"fno-integrated-as", starts},
    Refusal{"via-file-asm", starts},
    Refusal{"o", chosen},
    Refusal{"x", chosen},
    Refusal{"analyze", chosen},
    Refusal{"driver-mode=", chosen},
};

bool has_name(std::string_view pattern, std::string_view name) {
  return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : name == pattern;
}

template <class Table>
std::string_view reason_in(const Table& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Refusal& r) { return has_name(r.name, name); });
  return found == table.end() ? std::string_view() : found->reason;
}

// -Wp, hands its values to the compiler proper; distributions use it for macros, which is harmless.
bool defines_macros(const llvm::opt::Arg& arg) {
  const auto is_macro = [](llvm::StringRef value) { return value.starts_with("-D") || value.starts_with("-U"); };
  return std::all_of(arg.getValues().begin(), arg.getValues().end(), is_macro);
}

}  // namespace

std::string_view reason_to_refuse(std::string_view flag) { return reason_in(foreign, flag); }

std::string_view reason_to_refuse(const llvm::opt::Arg& arg) {
  using namespace clang::options;
  const llvm::opt::Option& option = arg.getOption();
  if (option.matches(OPT_Action_Group) || option.matches(OPT_M_Group) || option.matches(OPT__DASH_DASH)) return chosen;
  if (option.matches(OPT_Wp_COMMA) && !defines_macros(arg)) return bypasses;
  return reason_in(refusals, option.getUnaliasedOption().getName());
}

}  // namespace dijitso::compile
