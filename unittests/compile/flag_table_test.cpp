// The table has every option that LLVM's has. Every option that the compiler's driver knows is tried: whatever it
// means, a compile in this process ends, prints nothing and leaves no file behind. Which options are refused, and why,
// is in arguments_test.cpp.

#include "compile/driver/flag_table.h"

#include "compile/driver/arguments.h"
#include "requests.h"

#include <clang/Options/Options.h>
#include <fcntl.h>
#include <llvm/Option/OptTable.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <stdexcept>

using namespace dijitso;
using namespace dijitso::compilation;
using namespace dijitso::testing;

namespace {

// The option with as many values as it takes.
Flags flags_with(const llvm::opt::Option& option, const std::string& value) {
  using Kind = llvm::opt::Option;
  const std::string name = option.getPrefixedName().str();
  switch (option.getKind()) {
    case Kind::FlagClass:
      return {name};
    case Kind::JoinedClass:
    case Kind::CommaJoinedClass:
      return {name + value};
    case Kind::JoinedAndSeparateClass:
      return {name + value, value};
    default:
      return {name, value};
  }
}

// Those that a command line can name, and not the names of groups.
bool is_flag(const llvm::opt::Option& option, unsigned visibility) {
  using Kind = llvm::opt::Option;
  const auto kind = option.getKind();
  return kind != Kind::GroupClass && kind != Kind::InputClass && kind != Kind::UnknownClass &&
         option.hasVisibilityFlag(visibility);
}

std::vector<Flags> all_driver_flags(const std::string& value) {
  std::vector<Flags> all;
  const llvm::opt::OptTable& table = clang::getDriverOptTable();
  for (unsigned i = 1; i <= table.getNumOptions(); ++i) {
    const llvm::opt::Option option = table.getOption(i);
    if (is_flag(option, clang::options::ClangOption)) all.push_back(flags_with(option, value));
  }
  return all;
}

void expect_empty(const fs::path& directory, const Flags& flags) {
  expect(fs::is_empty(directory), flags[0] + " writes a file");
}

// In a process of its own: `flags` may end it.
void compile_with_each(const std::vector<Flags>& all, const Scratch& scratch) {
  const fs::path output = scratch / "output";
  for (const fs::path& directory : {scratch / "cwd", scratch / "tmp"}) fs::create_directory(directory);
  fs::current_path(scratch / "cwd");
  ::setenv("TMPDIR", (scratch / "tmp").c_str(), 1);
  ::setenv("HOME", (scratch / "tmp").c_str(), 1);
  const int fd = ::open(output.c_str(), O_RDWR | O_CREAT | O_APPEND, 0600);
  ::dup2(fd, 1);
  ::dup2(fd, 2);
  int compiled = 0;
  for (const Flags& flags : all) {
    write_text(scratch / "current", flags[0]);
    try {
      compiled += compile_cxx("int f(int n) { int s = 0; while (n) s += n--; return s; }\n", flags).ok;
    } catch (const InvalidArgument&) {  // refused
    }
    expect_empty(scratch / "cwd", flags);
    expect_empty(scratch / "tmp", flags);
    expect(fs::file_size(output) == 0, flags[0] + " prints");
  }
  expect(compiled > 1000, "only " + std::to_string(compiled) + " options were accepted");
}

}  // namespace

TEST_CASE("every option of the driver and of the compiler proper has a verdict") {
  const llvm::opt::OptTable& table = clang::getDriverOptTable();
  std::string missing;
  for (unsigned i = 1; i <= table.getNumOptions(); ++i) {
    const llvm::opt::Option option = table.getOption(i);
    if (!is_flag(option, clang::options::ClangOption) && !is_flag(option, clang::options::CC1Option)) continue;
    const std::string name = option.getUnaliasedOption().getPrefixedName().str();
    if (verdict_on(name) == Verdict::unknown) missing += " " + name;
  }
  INFO("add to lib/compile/driver/flag_table.inc:" << missing);
  CHECK(missing == "");
}

TEST_CASE("an option that the table lacks is unknown, and no option is known by a part of its name") {
  CHECK(verdict_on("-fPIC") == Verdict::taken);
  for (const char* name : {"", "-", "-fPI", "-fPICx", "-zzz", "-an-option-of-a-later-version"})
    CHECK(verdict_on(name) == Verdict::unknown);
}

// The driver takes some for others of its own: -load for library "oad", -unoptimized-cfg for a symbol.
TEST_CASE("an option of the compiler proper never gets there") {
  const llvm::opt::OptTable& table = clang::getDriverOptTable();
  ArgumentTranslator translator;
  const Flags plain = translator.translate(cxx_request("")).arguments;
  int refused = 0;
  for (unsigned i = 1; i <= table.getNumOptions(); ++i) {
    const llvm::opt::Option option = table.getOption(i);
    if (!is_flag(option, clang::options::CC1Option) || option.hasVisibilityFlag(clang::options::ClangOption)) continue;
    Flags flags = flags_with(option, "1");
    INFO(flags[0]);
    flags.insert(flags.begin(), "-O1");
    bool is_refused = false;
    Flags arguments = plain;
    try {
      arguments = translator.translate(cxx_request("", flags)).arguments;
    } catch (const InvalidArgument&) {
      is_refused = true;
    }
    refused += is_refused;
    CHECK(arguments == plain);
  }
  CHECK(refused > 300);
}

TEST_CASE("no option of the compiler's driver prints, writes a file or ends the process") {
  for (const char* value : {"x", "1"}) {
    const Scratch scratch;
    const std::vector<Flags> all = all_driver_flags(value);
    REQUIRE(all.size() > 2000);
    const std::string fault = in_child([&] { compile_with_each(all, scratch); });
    INFO(read_text(scratch / "current"));
    CHECK(fault == "");
  }
}
