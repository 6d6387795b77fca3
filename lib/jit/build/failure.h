// What people see of a compile: the equivalent command of an ordinary compiler, the build log, and after a failure a
// directory to reproduce it.
#pragma once

#include "compile/compiler.h"
#include "jit/request/key.h"

#include <dijitso/error.h>
#include <dijitso/params.h>

#include <string>
#include <vector>

namespace dijitso {

// The command with which an ordinary compiler compiles `source_file` to an object, quoted for a shell.
std::string compile_command(const Request& request, const Params& params, const std::string& source_file);

// The text of the build log.
std::string build_log(const std::string& command, const compilation::CompileResult& result);

// Writes jitfailure-<signature>/ in cache.fail_dir_root or the current directory, and makes the exception. When the
// directory cannot be written, the exception says so after the compiler's messages, and its paths are empty.
CompileFailed make_compile_failure(const compilation::CompileRequest& compiled,
                                   const compilation::CompileResult& result, const Request& request,
                                   const Params& params);

}  // namespace dijitso
