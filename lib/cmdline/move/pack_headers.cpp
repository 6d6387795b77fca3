// The command pack-headers. Making a pack loads the compiler, which finds the directories of the system's headers.
// Tested in tests/cli/pack_headers_test.py.
#include "cmdline/core/options.h"
#include "cmdline/core/output.h"
#include "cmdline/core/progress.h"

#include <dijitso/build.h>

#include <nlohmann/json.hpp>

namespace dijitso::cmdline {
namespace {

void print_as_json(std::ostream& out, const build::HeaderPackFacts& pack) {
  Json document = json_document();
  document["file"] = pack.file;
  document["digest"] = pack.digest;
  document["bytes"] = pack.bytes;
  Json& list = document["directories"] = Json::array();
  for (const build::PackedHeaders& directory : pack.directories)
    list.push_back({{"kind", directory.kind},
                    {"name", directory.name},
                    {"digest", directory.digest},
                    {"paths", directory.paths},
                    {"files", directory.files},
                    {"bytes", directory.bytes}});
  print_json(out, document);
}

void print_as_text(std::ostream& out, const build::HeaderPackFacts& pack) {
  const Style style(out);
  out << style.bold(printable(pack.file)) << ": " << human_size(pack.bytes) << "\ndigest " << pack.digest << '\n';
  for (const build::PackedHeaders& directory : pack.directories) {
    out << printable(directory.name) << " (" << directory.kind << "): " << counted(directory.files, "file") << ", "
        << human_size(directory.bytes) << '\n';
    for (const std::string& path : directory.paths) out << "  " << printable(path) << '\n';
  }
}

}  // namespace

void args_pack_headers(Parser& parser) {
  add_text(parser, {"-o", "--output"}, "output", "FILE", "The pack to write, such as headers.pack");
  add_flag(parser, "--default", "default", "Pack the headers of Clang, libstdc++ and the C library");
  add_flag(parser, "--libc++", "libcxx", "Pack those of libc++ too");
  parser.add_argument(
      {.names = {"-I", "--include-dir"},
       .dest = "include_dirs",
       .kind = Kind::list,
       .metavar = "DIR[:PART,...]",
       .help = "Pack this directory, or of it only some files and folders; may be given several times"});
  add_text(parser, {"--list"}, "list", "FILE", "Verify a pack and show what is in it, instead of making one");
  parser.add_argument(json_argument());
  parser.set_epilog(
      "A pack takes the place of directories with headers where these are missing: name it in build.header_packs.\n"
      "There build.include_dirs go on naming the directories as they were called here. The same headers always give\n"
      "the same digest, wherever they lie. Whoever passes a pack on passes on what is in it: mind the licences.\n"
      "Exit code of --list: 0 when everything in the pack is as it was written, else 1.");
}

int cmd_pack_headers(const Args& args, const ParamsDict&, std::ostream& out) {
  const Options options(args_pack_headers, args);
  const auto listed = options.text("list");
  const auto output = options.text("output");
  if (listed.has_value() == output.has_value()) throw UsageError("give either --output or --list");
  ProgressBar bar(listed ? "verifying" : "packing");
  const build::HeaderPackFacts pack =
      listed ? build::read_header_pack(*listed, bar.progress())
             : build::pack_headers(*output,
                                   {options.flag("default"), options.flag("libcxx"), options.list("include_dirs")},
                                   bar.progress());
  if (options.flag("json"))
    print_as_json(out, pack);
  else
    print_as_text(out, pack);
  return 0;
}

}  // namespace dijitso::cmdline
