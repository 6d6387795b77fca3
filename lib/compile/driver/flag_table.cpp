// Flags come from parameters, the environment and configuration files. Some load code, start a program, write a file,
// print, or read files that the cache cannot watch. A separate compiler process may do that; this process must not. So
// a table lists every option of Clang's driver and of the compiler proper behind it, and an option of a new Clang
// version is refused until it is added to the table. Options are compared by their names in Clang's table, so aliases
// (--verbose, --dependencies) and joined values cannot bypass the check. Tested in
// unittests/compile/flag_table_test.cpp and arguments_test.cpp.

#include "compile/driver/flag_table.h"

#include <clang/Basic/DiagnosticIDs.h>
#include <clang/Options/Options.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Option/ArgList.h>
#include <llvm/Option/OptTable.h>
#include <llvm/Option/Option.h>

#include <algorithm>
#include <initializer_list>

namespace dijitso::compilation {
namespace {

struct Row {
  std::string_view name;
  Verdict verdict;
};

using enum Verdict;

constexpr Row table[] = {
#include "compile/driver/flag_table.inc"
};

static_assert(std::ranges::is_sorted(table, {}, &Row::name));

constexpr std::string_view intel =
    "it is a flag of Intel's compilers; -march=native, or build.target_cpu=native, means the processor of this machine";
constexpr std::string_view other_openmp = "the compiler makes code for LLVM's OpenMP library; use -fopenmp";

std::string_view reason_for(Verdict verdict) {
  switch (verdict) {
    case taken:
    case dropped:
      return "";
    case loads:
      return "it would load code into this process";
    case bypasses:
      return "it hands options to a part of the compiler past these checks; use the driver's own flag";
    case inner:
      return "it is an option of the compiler proper, past these checks; use the driver's own flag";
    case is_global:
      return "it would change the compiler for the whole process";
    case reads_flags:
      return "it would read flags from a file; give them directly";
    case reads:
      return "it would read files that the cache cannot watch";
    case writes:
      return "it would write files beside the object";
    case measures:
      return "it would read or write files of measurements beside the object";
    case prints:
      return "it would print to the output of this process";
    case no_object:
      return "the result would not be an object; leave it out";
    case other_target:
      return "objects are made for the machine that build.target_triple names, this one by default; leave it out";
    case convention:
      return "functions of this process expect numbers in those registers";
    case runtime:
      return "its run-time library has to be in a program from the start and cannot be loaded later; leave it out";
    case starts:
      return "it would start other programs; leave it out";
    case chosen:
      return "dijitso chooses input and output itself";
    case unknown:
      break;
  }
  return "this version of dijitso does not know this flag; leave it out";
}

// A flag that the driver does not know may be an option of the compiler proper, and another version of the driver could
// accept it. All other unknown flags are those of other compilers.
Verdict verdict_on_unknown(const llvm::opt::Arg& arg) {
  const llvm::StringRef flag = arg.getSpelling();
  if (flag.starts_with("-wrapper")) return starts;
  unsigned missing_index = 0;
  unsigned missing_count = 0;
  const char* word = arg.getSpelling().data();
  const llvm::opt::InputArgList parsed = clang::getDriverOptTable().ParseArgs(
      word, missing_index, missing_count, llvm::opt::Visibility(clang::options::CC1Option));
  if (missing_count != 0) return verdict_on(std::string_view(flag));  // the option needs a value in the next word
  for (const llvm::opt::Arg* inner_arg : parsed)
    if (!inner_arg->getOption().matches(clang::options::OPT_UNKNOWN))
      return verdict_on(std::string_view(inner_arg->getOption().getUnaliasedOption().getPrefixedName()));
  return dropped;
}

// Whether it is a warning that Clang does not have, such as GCC's -Wlogical-op.
bool is_unknown_warning(llvm::StringRef name) {
  name.consume_front("no-");
  name.consume_front("error=");
  if (name.empty() || name == "error" || name == "everything" || name == "fatal-errors") return false;
  llvm::SmallVector<clang::diag::kind> members;
  return clang::DiagnosticIDs::create()->getDiagnosticsInGroup(clang::diag::Flavor::WarningOrError, name, members);
}

Verdict verdict_on_flag(const llvm::opt::Arg& arg) {
  using namespace clang::options;
  const llvm::opt::Option& option = arg.getOption();
  if (option.matches(OPT_INPUT)) return llvm::StringRef(arg.getValue()).starts_with("@") ? reads_flags : taken;
  if (option.matches(OPT_UNKNOWN)) return verdict_on_unknown(arg);
  if (option.matches(OPT_W_Joined) && is_unknown_warning(arg.getValue())) return dropped;
  return verdict_on(std::string_view(option.getUnaliasedOption().getPrefixedName()));
}

bool all_begin_with(const llvm::opt::Arg& arg, std::initializer_list<llvm::StringRef> beginnings) {
  return std::ranges::all_of(arg.getValues(), [&](llvm::StringRef value) {
    return std::ranges::any_of(beginnings, [&](llvm::StringRef beginning) { return value.starts_with(beginning); });
  });
}

}  // namespace

Verdict verdict_on(std::string_view name) {
  const auto* row = std::ranges::lower_bound(table, name, {}, &Row::name);
  return row != std::ranges::end(table) && row->name == name ? row->verdict : unknown;
}

namespace {

// What the values of a flag make of it.
std::string_view reason_in_values(const llvm::opt::Arg& arg) {
  using namespace clang::options;
  const llvm::opt::Option& option = arg.getOption();
  // -Wp, passes its values to the compiler proper. Distributions use it to define macros, which is harmless.
  if (option.matches(OPT_Wp_COMMA) && !all_begin_with(arg, {"-D", "-U"})) return reason_for(bypasses);
  const auto is_directory = [](llvm::StringRef value) { return value.starts_with("-I"); };
  if (option.matches(OPT_Wa_COMMA) && std::ranges::any_of(arg.getValues(), is_directory)) return reason_for(reads);
  // The driver reads "-load" as -l with the library "oad". That is never the intention.
  if (option.matches(OPT_l) && llvm::StringRef(arg.getValue()) == "oad") return reason_for(loads);
  // Flags such as -xHost or -xCORE-AVX2; names of languages are lower case.
  if (option.matches(OPT_x) && llvm::isUpper(*arg.getValue())) return intel;
  if (option.matches(OPT_fopenmp_EQ) && llvm::StringRef(arg.getValue()) == "libgomp") return other_openmp;
  return "";
}

}  // namespace

std::string_view reason_to_refuse(const llvm::opt::Arg& arg) {
  const std::string_view reason = reason_in_values(arg);
  return reason.empty() ? reason_for(verdict_on_flag(arg)) : reason;
}

std::string_view reason_to_refuse_in_command(const llvm::opt::Arg& arg) {
  if (arg.getOption().matches(clang::options::OPT_UNKNOWN) || arg.getOption().matches(clang::options::OPT_INPUT))
    return "";
  if (const std::string_view reason = reason_in_values(arg); !reason.empty()) return reason;
  switch (const Verdict verdict = verdict_on_flag(arg)) {
    case chosen:
    case prints:
    case no_object:
    case convention:
      return "";
    default:
      return reason_for(verdict);
  }
}

bool is_dropped(const llvm::opt::Arg& arg) { return verdict_on_flag(arg) == dropped; }

}  // namespace dijitso::compilation
