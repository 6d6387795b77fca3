// pybind11 stores the data that modules share in Python's builtins, under a name with version, compiler, C++ library
// and ABI, such as __pybind11_internals_v4_gcc_libstdcpp_cxxabi1017__. This extension is not among them, because it has
// its own name (python/CMakeLists.txt). If there are several, the newest ABI is that of the system. If there is none,
// the ABI of the compiler that built dijitso is used, so that a module gets the same flags in every program. Tested in
// tests/python/loaders_test.py.

#include "pybind11_id.h"

#include <algorithm>
#include <array>
#include <memory>
#include <regex>
#include <string>
#include <vector>

namespace dijitso::python {
namespace {

struct Id {
  std::string compiler = "_gcc";
  std::string library = "_libstdcpp";
  std::string abi = "_cxxabi" PYBIND11_TOSTRING(__GXX_ABI_VERSION);

  // A number with more digits is greater.
  auto rank() const { return std::make_tuple(abi.size(), abi, compiler); }
};

Id id_of_loaded_modules() {
  static const std::regex pattern("__pybind11_internals_v\\d+(?:_without_thread)?(_[a-z]+)(_lib[a-z]+)(_cxxabi\\d+)__");
  std::vector<Id> found;
  const auto names = py::reinterpret_borrow<py::dict>(PyEval_GetBuiltins());
  for (const auto& [key, value] : names) {
    const std::string name = text_of(key);
    std::smatch match;
    if (std::regex_match(name, match, pattern) && match[1] != "_dijitso")
      found.push_back({match[1], match[2], match[3]});
  }
  if (found.empty()) return {};
  return *std::ranges::max_element(found, {}, [](const Id& id) { return id.rank(); });
}

}  // namespace

ParamsPointer with_pybind11_id(const Params& params) {
  const Id id = id_of_loaded_modules();
  auto result = std::make_shared<Params>(params);
  std::vector<std::string>& flags = result->build.cxxflags;
  const auto define = [&](const std::string& name, const std::string& value) {
    const std::string flag = "-D" + name + "=";
    const auto is_given = [&](const std::string& given) { return given.starts_with(flag) || given == "-U" + name; };
    if (std::ranges::none_of(flags, is_given)) flags.push_back(flag + "\"" + value + "\"");
  };
  define("PYBIND11_COMPILER_TYPE", id.compiler);
  define("PYBIND11_STDLIB", id.library);
  define("PYBIND11_BUILD_ABI", id.abi);
  return result;
}

}  // namespace dijitso::python
