// pybind11 stores the data that modules share in Python's builtins, under a name with version, compiler, C++ library
// and ABI, such as __pybind11_internals_v4_gcc_libstdcpp_cxxabi1017__. This extension is not among them, because it has
// its own name (python/CMakeLists.txt). If there are several, the newest ABI is that of the system. If there is none,
// the ABI of the compiler that built dijitso is used, so that a module gets the same flags in every program. Newer
// versions, with Python 3.12, store it in the dictionary of the interpreter. Since 3.0 Clang's and GCC's names are the
// same, made of other parts: nothing is defined then. Tested in tests/python/loaders_test.py.

#include "pybind11_id.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <regex>
#include <string>
#include <string_view>
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
  for (PyObject* place : {PyEval_GetBuiltins(), PyInterpreterState_GetDict(PyInterpreterState_Get())}) {
    for (const auto& [key, value] : py::reinterpret_borrow<py::dict>(place)) {
      if (!py::isinstance<py::str>(key)) continue;
      const std::string name = text_of(key);
      std::smatch match;
      if (std::regex_match(name, match, pattern) && match[1] != "_dijitso")
        found.push_back({match[1], match[2], match[3]});
    }
  }
  if (found.empty()) return {};
  return *std::ranges::max_element(found, {}, [](const Id& id) { return id.rank(); });
}

// The directories that are searched for headers, as far as they are named, in this order.
std::vector<std::string> include_dirs(const BuildParams& build) {
  std::vector<std::string> dirs;
  for (const std::vector<std::string>* flags :
       {&build.cxxflags, build.debug ? &build.cxxflags_debug : &build.cxxflags_opt})
    for (auto flag = flags->begin(); flag != flags->end(); ++flag) {
      const bool is_alone = *flag == "-I" || *flag == "-isystem";
      if (is_alone && flag + 1 != flags->end()) dirs.push_back(*++flag);
      if (!is_alone && flag->starts_with("-I")) dirs.push_back(flag->substr(2));
    }
  dirs.insert(dirs.end(), build.include_dirs.begin(), build.include_dirs.end());
  dirs.insert(dirs.end(), {"/usr/local/include", "/usr/include"});
  return dirs;
}

// The major version of the first pybind11 that is found there; 0 when there is none.
int pybind11_version(const BuildParams& build) {
  constexpr std::string_view definition = "#define PYBIND11_VERSION_MAJOR ";
  for (const std::string& dir : include_dirs(build)) {
    std::ifstream header(dir + "/pybind11/detail/common.h");
    for (std::string line; std::getline(header, line);)
      if (line.starts_with(definition)) return std::atoi(line.c_str() + definition.size());
  }
  return 0;
}

}  // namespace

ParamsPointer with_pybind11_id(const Params& params) {
  if (params.build.language == "c") return std::make_shared<Params>(params);
  const int version = pybind11_version(params.build);
  if (version == 0 || version >= 3) return std::make_shared<Params>(params);
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
