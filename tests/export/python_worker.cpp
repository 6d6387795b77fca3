// Builds a Python extension module, which depends on another module, and prints the name of its file.

#include <dijitso/build.h>
#include <dijitso/jit.h>

#include <cstdio>
#include <exception>

int main() {
  try {
    dijitso::Params params =
        dijitso::validate_params({{"cache", {{"lib_loader", "import"}, {"lib_prefix", ""}, {"lib_basename", ""}}},
                                  {"build", {{"include_dirs", {PYTHON_INCLUDE}}}}});
    dijitso::build::build_shared_library("helper", "int helper(int);\n", "int helper(int i) { return 21 * i; }", {},
                                         params);
    const std::string file = dijitso::build::build_shared_library("answer_module", "", R"(
#include <Python.h>
#include <helper.h>
static PyObject* answer(PyObject*, PyObject* number) { return PyLong_FromLong(helper(PyLong_AsLong(number))); }
static PyMethodDef methods[] = {{"answer", answer, METH_O, ""}, {}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "answer_module", "", -1, methods};
PyMODINIT_FUNC PyInit_answer_module() { return PyModule_Create(&definition); }
)",
                                                                  {"helper"}, params);
    std::puts(file.c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
