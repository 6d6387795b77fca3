// dijitso.cmdline: provides the commands and their arguments as plain data, from which dijitso/cmdline.py creates
// argparse parsers. Tested in tests/python/cmdline_test.py.

#include "bind.h"
#include "gil.h"
#include "values.h"

#include <pybind11/stl.h>

#include <dijitso/cmdline.h>

#include <exception>
#include <sstream>

namespace dijitso::python {
namespace {

py::dict as_python(const cmdline::Argument& argument) {
  py::dict result;
  result["names"] = argument.names;
  result["dest"] = argument.dest;
  result["kind"] = argument.kind == cmdline::Kind::flag     ? "flag"
                   : argument.kind == cmdline::Kind::toggle ? "toggle"
                   : argument.kind == cmdline::Kind::list   ? "list"
                                                            : "text";
  result["metavar"] = argument.metavar;
  result["help"] = argument.help;
  result["default"] = to_python(argument.default_value);
  result["required"] = argument.required;
  return result;
}

py::list arguments_of(const cmdline::Parser& parser) {
  py::list result;
  for (const cmdline::Argument& argument : parser.arguments()) result.append(as_python(argument));
  return result;
}

py::list common_arguments() {
  cmdline::Parser parser;
  cmdline::args_common(parser);
  return arguments_of(parser);
}

// Returns (name, arguments, epilog, exit code of a failure) for each command.
py::list commands() {
  py::list result;
  for (const cmdline::Command& command : cmdline::commands()) {
    cmdline::Parser parser;
    command.add_arguments(parser);
    result.append(py::make_tuple(command.name, arguments_of(parser), parser.epilog(), command.failure));
  }
  return result;
}

// Passes all output to `write`, also the output before a failure.
int run_command(const std::string& name, const py::dict& args, py::handle params, const py::object& write) {
  const cmdline::Args given = param_dict(args, "arguments", false);
  const ParamsDict runtime = params_dict(params);
  std::ostringstream out;
  int code = 0;
  std::exception_ptr failure;
  {
    const GilReleased gil_released;
    try {
      code = cmdline::find_command(name).run(given, runtime, out);
    } catch (...) {
      failure = std::current_exception();
    }
  }
  write(to_python(Value(out.str())));
  if (failure) std::rethrow_exception(failure);
  return code;
}

}  // namespace

void bind_cmdline(py::module_& m) {
  m.def("commands", &commands);
  m.def("common_arguments", &common_arguments);
  m.def("parse_categories", &cmdline::parse_categories);
  m.def("run_command", &run_command);
}

}  // namespace dijitso::python
