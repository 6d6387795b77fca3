// Tested in unittests/jit/package_flags_test.cpp.
#include "jit/request/package_flags.h"

#include "jit/packages/mpi.h"
#include "llvm-config/host.h"

#include <dijitso/build.h>

#include <utility>

namespace dijitso {
namespace {

// The name of a kind of machine in the names of directories, such as "x86_64-linux-gnu".
std::string machine_of(const Request& request) { return llvm_config::triple_without_vendor(request.target_triple); }

void add(const PackageFlags& more, PackageFlags& flags) {
  const auto append_to = [](auto& list, const auto& items) { list.insert(list.end(), items.begin(), items.end()); };
  append_to(flags.packages, more.packages);
  append_to(flags.include_dirs, more.include_dirs);
  append_to(flags.compile, more.compile);
  append_to(flags.link, more.link);
}

}  // namespace

PackageFlags package_flags(const BuildParams& build, Request& request) {
  PackageFlags flags;
  if (build.packages.empty() && !build.mpi) return flags;
  const PackagePlaces places = package_places(machine_of(request), is_foreign(request));
  request.is_relative |= places.is_relative;
  std::vector<PackageNeed> wanted;
  for (const std::string& names : build.packages)
    for (PackageNeed& need : parse_needs(names, "build.packages")) wanted.push_back(std::move(need));
  if (!wanted.empty()) add(find_packages(wanted, places, "build.packages"), flags);
  if (build.mpi) add(find_mpi(places, machine_of(request), request.is_c, is_foreign(request)), flags);
  return flags;
}

std::vector<build::PackageFacts> build::packages(const BuildParams& build_params) {
  Request request;
  request.target_triple = llvm_config::resolve_triple(build_params.target_triple);
  request.is_c = build_params.language == "c";
  std::vector<PackageFacts> facts;
  const auto add_each = [&](const BuildParams& one) {
    const PackageFlags found = package_flags(one, request);
    for (const FoundPackage& package : found.packages) {
      std::vector<std::string> flags;
      for (const std::string& dir : found.include_dirs) flags.push_back("-I" + dir);
      flags.insert(flags.end(), found.compile.begin(), found.compile.end());
      flags.insert(flags.end(), found.link.begin(), found.link.end());
      facts.push_back({package.name, package.version, package.file, std::move(flags)});
    }
  };
  BuildParams one;
  for (const std::string& name : build_params.packages) {
    one.packages = {name};
    add_each(one);
  }
  one.packages.clear();
  one.mpi = build_params.mpi;
  add_each(one);
  return facts;
}

}  // namespace dijitso
