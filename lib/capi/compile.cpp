// dijitso_compile: the functions of <dijitso/compile.h>. Tested in tests/capi/compile_test.c.
#include "capi/calls.h"

#include <dijitso/compile.h>

#include <cstddef>
#include <cstring>

namespace dijitso::capi {
namespace {

std::string text_or_none(const char* text) { return text ? text : ""; }

// The options of a caller with this header, or with the one before it, which ended where `packages` begins.
dijitso_compile_options_t complete(const dijitso_compile_options_t& given) {
  dijitso_compile_options_t options = {};
  if (given.struct_size != sizeof options && given.struct_size != offsetof(dijitso_compile_options_t, packages))
    throw InvalidArgument("struct_size of dijitso_compile_options_t is " + std::to_string(given.struct_size) +
                          ", not " + std::to_string(sizeof options) + ": set it to sizeof(dijitso_compile_options_t)");
  std::memcpy(&options, &given, given.struct_size);
  return options;
}

CompileOptions options_of(const dijitso_compile_options_t* given) {
  if (!given) return {};
  const dijitso_compile_options_t whole = complete(*given);
  given = &whole;
  CompileOptions options{.name = text_or_none(given->name),
                         .language = text_or_none(given->language),
                         .standard = text_or_none(given->standard),
                         .flags = need_texts(given->flags, given->flag_count, "flags"),
                         .include_dirs = need_texts(given->include_dirs, given->include_dir_count, "include_dirs"),
                         .libraries = need_texts(given->libraries, given->library_count, "libraries"),
                         .library_dirs = need_texts(given->library_dirs, given->library_dir_count, "library_dirs"),
                         .packages = need_texts(given->packages, given->package_count, "packages"),
                         .mpi = given->mpi != 0,
                         .openmp = given->openmp != 0,
                         .lenient = given->lenient != 0};
  for (std::size_t i = 0; i < given->dependency_count; ++i)
    options.dependencies.push_back(need((&need(given->dependencies, "dependencies"))[i], "dependencies").library);
  if (given->params) options.params = resolve(*given->params)->params;
  return options;
}

}  // namespace
}  // namespace dijitso::capi

using namespace dijitso::capi;

dijitso_status_t dijitso_compile(const char* source, const dijitso_compile_options_t* options,
                                 dijitso_library_t** library, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_library_t*& place = result_at(library, "library");
    const std::string text = need_text(source, "source");
    dijitso::CompileOptions complete = options_of(options);
    if (complete.language.empty()) complete.language = "c";
    place = new dijitso_library_t(dijitso::compile(text, complete));
  });
}

dijitso_status_t dijitso_compile_file(const char* filename, const dijitso_compile_options_t* options,
                                      dijitso_library_t** library, dijitso_error_t** error) {
  return guarded(error, [&] {
    dijitso_library_t*& place = result_at(library, "library");
    const std::string name = need_text(filename, "filename");
    place = new dijitso_library_t(dijitso::compile_file(name, options_of(options)));
  });
}
