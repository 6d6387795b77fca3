// dijitso_compile: the functions of <dijitso/compile.h>. Tested in tests/capi/compile_test.c.
#include "capi/calls.h"

#include <dijitso/compile.h>

namespace dijitso::capi {
namespace {

std::string text_or_none(const char* text) { return text ? text : ""; }

CompileOptions options_of(const dijitso_compile_options_t* given) {
  if (!given) return {};
  if (given->struct_size != sizeof *given)
    throw InvalidArgument("struct_size of dijitso_compile_options_t is " + std::to_string(given->struct_size) +
                          ", not " + std::to_string(sizeof *given) + ": set it to sizeof(dijitso_compile_options_t)");
  CompileOptions options{.name = text_or_none(given->name),
                         .language = text_or_none(given->language),
                         .standard = text_or_none(given->standard),
                         .flags = need_texts(given->flags, given->flag_count, "flags"),
                         .include_dirs = need_texts(given->include_dirs, given->include_dir_count, "include_dirs"),
                         .libraries = need_texts(given->libraries, given->library_count, "libraries"),
                         .library_dirs = need_texts(given->library_dirs, given->library_dir_count, "library_dirs")};
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
