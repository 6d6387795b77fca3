// What the tests of the compiler share: requests, and looks at what comes out.
#pragma once

#include "compile/compiler.h"
#include "support/scratch.h"

#include <elf.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dijitso::testing {

using Flags = std::vector<std::string>;

inline const Flags default_flags = {
    "-Wall", "-shared", "-fPIC", "-std=c++11", "-O3", "-fno-math-errno", "-fno-trapping-math", "-ffinite-math-only"};

inline compilation::Compiler& compiler() {
  static const std::unique_ptr<compilation::Compiler> one = [] {
    const std::unique_ptr<std::unique_ptr<compilation::Compiler>> made(dijitso_compile_new_compiler());
    return std::move(*made);
  }();
  return *one;
}

inline compilation::CompileRequest cxx_request(std::string source, Flags flags = {"-O1"}) {
  compilation::CompileRequest request;
  request.signature = "module";
  request.source = std::move(source);
  request.arguments = std::move(flags);
#if defined(__x86_64__)
  request.target_cpu = "x86-64";
#endif
  return request;
}

// The request with its plan, so that it may be compiled with precompiled headers.
inline compilation::CompileRequest planned(compilation::CompileRequest request) {
  request.header_plan = compiler().plan_headers(request);
  return request;
}

inline compilation::CompileResult compile_cxx(std::string source, Flags flags = {"-O1"}) {
  return compiler().compile(cxx_request(std::move(source), std::move(flags)));
}

inline compilation::CompileResult compile_c(std::string source, Flags flags = {"-O1"}) {
  compilation::CompileRequest request = cxx_request(std::move(source), std::move(flags));
  request.is_c = true;
  return compiler().compile(request);
}

inline bool is_object(const Bytes& bytes) {
  if (bytes.size() < sizeof(Elf64_Ehdr)) return false;
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_type == ET_REL;
}

inline bool contains(const Bytes& bytes, std::string_view text) {
  return as_text(bytes).find(text) != std::string_view::npos;
}

// What a standard tool says of an object.
inline std::string tool_output(const std::string& tool, const Bytes& object) {
  const Scratch scratch;
  write_text(scratch / "object.o", as_text(object));
  const std::string command =
      tool + " '" + (scratch / "object.o").string() + "' > '" + (scratch / "output").string() + "'";
  if (std::system(command.c_str()) != 0) throw std::runtime_error(command + " failed");
  return read_text(scratch / "output");
}

// The text of the exception, or "" when there is none.
template <class Exception, class Work>
std::string thrown_by(Work work) {
  try {
    work();
  } catch (const Exception& error) {
    return error.what();
  }
  return "";
}

class InDirectory {
 public:
  explicit InDirectory(const fs::path& directory) : before_(fs::current_path()) { fs::current_path(directory); }
  InDirectory(const InDirectory&) = delete;
  InDirectory& operator=(const InDirectory&) = delete;
  ~InDirectory() { fs::current_path(before_); }

 private:
  fs::path before_;
};

class WithVariable {
 public:
  WithVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  WithVariable(const WithVariable&) = delete;
  WithVariable& operator=(const WithVariable&) = delete;
  ~WithVariable() {
    if (before_)
      ::setenv(name_, before_->c_str(), 1);
    else
      ::unsetenv(name_);
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace dijitso::testing
