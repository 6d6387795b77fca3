// One .pc file of pkg-config: what it says a package needs. Pure. Errors: InvalidArgument, naming the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dijitso {

// "fftw3", or "fftw3 >= 3.3".
struct PackageNeed {
  std::string name;
  std::string comparison = {};  // "=", "!=", "<", "<=", ">" or ">="; empty when any version will do
  std::string version = {};

  bool operator==(const PackageNeed&) const = default;
};

// Reads names with conditions, as in the field Requires: at white space and commas. `where` begins error messages.
std::vector<PackageNeed> parse_needs(std::string_view text, const std::string& where);

// Whether a package of this version is what is needed.
bool is_enough(const PackageNeed& need, std::string_view version);

// Negative, 0 or positive: numbers in versions are compared as numbers, letters as texts.
int compare_versions(std::string_view one, std::string_view other);

struct PcFile {
  std::string version;
  std::vector<PackageNeed> needs;          // Requires
  std::vector<PackageNeed> private_needs;  // Requires.private: only flags for the compiler are taken from these
  std::vector<std::string> compile_flags;
  std::vector<std::string> link_flags;
};

// Expands variables where they are used; ${pcfiledir} is the directory of `path`, and ${pc_sysrootdir} is `sysroot`, or
// "/" when that is empty.
PcFile parse_pc_file(std::string_view text, const std::string& path, const std::string& sysroot);

}  // namespace dijitso
