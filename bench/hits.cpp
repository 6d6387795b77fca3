// The one process of a measurement of hits; hits.py starts it again and again, by turns over several caches.
//
//     hits fill DIR          compiles the corpus into the cache
//     hits disk DIR          takes every module of the corpus from the cache: the milliseconds of each
//     hits memory DIR        then asks for each again: the nanoseconds, with few parameters and with those of FFC
//     hits miss DIR NAME     compiles and publishes a module of one line: the milliseconds
//     hits entries DIR A B   writes the small entries with the numbers A to B-1, by the cache's own code
//
// Prints JSON. What is measured is the public interface, called as FFC calls it.
#include "cache/format/entry.h"
#include "cache/format/layout.h"
#include "jit_modules.h"
#include "stopwatch.h"

#include <nlohmann/json.hpp>

#include <elf.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <stdexcept>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Options {
  std::string manifest = FFC_MANIFEST;
  std::vector<std::string> families;
  std::string cache_dir;
  std::string name;
  int first = 0, last = 0;
};

ffc::Corpus corpus_of(const Options& options) {
  return ffc::read_corpus(options.manifest).restricted_to(options.families);
}

json fill(const Options& options) {
  const auto corpus = corpus_of(options);
  const auto params = ffc::jit_params(corpus, options.cache_dir);
  dijitso::Jit jit;
  for (const auto& module : corpus.modules) ffc::jit_module(jit, corpus, module, params);
  jit.wait_for_background();
  return {{"modules", corpus.modules.size()}, {"compiles", jit.counters().compiles}};
}

json disk(const Options& options) {
  const auto corpus = corpus_of(options);
  const auto params = ffc::jit_params(corpus, options.cache_dir);
  dijitso::Jit jit;
  std::vector<double> times;
  for (const auto& module : corpus.modules)
    times.push_back(bench::milliseconds([&] { ffc::jit_module(jit, corpus, module, params); }));
  if (jit.counters().compiles != 0) throw std::runtime_error("not every module was in the cache " + options.cache_dir);
  return {{"milliseconds", times}};
}

// The parameters that FFC passes to generate, which take part in the comparison.
dijitso::Params with_parameters_of_ffc(dijitso::Params params, const std::string& manifest) {
  std::ifstream file(manifest);
  const json parsed = json::parse(file), parameters = parsed.value("generator_parameters", json::object());
  for (const auto& [name, value] : parameters.items()) {
    if (value.is_boolean()) params.generator[name] = value.get<bool>();
    if (value.is_number_integer()) params.generator[name] = value.get<std::int64_t>();
    if (value.is_number_float()) params.generator[name] = value.get<double>();
    if (value.is_string()) params.generator[name] = value.get<std::string>();
    if (value.is_null()) params.generator[name] = dijitso::Value();
  }
  return params;
}

double nanoseconds_of_a_hit(dijitso::Jit& jit, const ffc::Corpus& corpus, const dijitso::Params& params) {
  constexpr int calls = 1000;
  std::vector<double> times;
  for (const auto& module : corpus.modules) {
    const double batch = bench::milliseconds([&] {
      for (int i = 0; i < calls; ++i) jit.jit(module.name, params);
    });
    times.push_back(batch / calls * 1e6);
  }
  return bench::median(times);
}

json memory(const Options& options) {
  const auto corpus = corpus_of(options);
  const auto few = ffc::jit_params(corpus, options.cache_dir);
  const auto many = with_parameters_of_ffc(few, options.manifest);
  dijitso::Jit jit, with_many;
  for (const auto& module : corpus.modules) ffc::jit_module(jit, corpus, module, few);
  json result = {{"nanoseconds", nanoseconds_of_a_hit(jit, corpus, few)}};
  // Other parameters are another key: one module is enough.
  const auto one = corpus.restricted_to({corpus.families.front().name});
  for (const auto& module : one.modules) ffc::jit_module(with_many, one, module, many);
  result["nanoseconds_with_parameters_of_ffc"] = nanoseconds_of_a_hit(with_many, one, many);
  result["parameters_of_ffc"] = many.generator.size();
  return result;
}

json miss(const Options& options) {
  const auto params = dijitso::validate_params({{"cache", {{"cache_dir", options.cache_dir}}}});
  const auto generate = [](const std::string& name, auto&&...) {
    return dijitso::Generated{"", "extern \"C\" int " + name + "() { return 0; }\n", {}};
  };
  dijitso::Jit jit;
  jit.jit(options.name + "_start_up", params, generate);  // loads the compiler
  const double time = bench::milliseconds([&] { jit.jit(options.name, params, generate); });
  if (jit.counters().compiles != 2 || jit.counters().published != 2)
    throw std::runtime_error("'" + options.name + "' was there already, or could not be published");
  return {{"milliseconds", time}};
}

// The smallest ELF object that has a name table.
dijitso::Bytes small_object() {
  const std::string names("\0.shstrtab\0", 11);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 2;
  header.e_shstrndx = 1;
  header.e_shoff = sizeof header + names.size();
  Elf64_Shdr sections[2]{};
  sections[1].sh_name = 1;
  sections[1].sh_type = SHT_STRTAB;
  sections[1].sh_offset = sizeof header;
  sections[1].sh_size = names.size();
  std::string text(reinterpret_cast<const char*>(&header), sizeof header);
  text += names + std::string(reinterpret_cast<const char*>(sections), sizeof sections);
  return {text.begin(), text.end()};
}

json entries(const Options& options) {
  const auto params = dijitso::validate_params({{"cache", {{"cache_dir", options.cache_dir}}}});
  const dijitso::cache::Layout layout(params.cache);
  const auto object = small_object();
  fs::create_directories(layout.obj_dir());
  for (const auto& dir : {layout.root(), layout.obj_dir()}) fs::permissions(dir, fs::perms::owner_all);
  for (int i = options.first; i < options.last; ++i) {
    dijitso::cache::Entry entry;
    entry.signature = "entry_" + std::to_string(i);
    entry.request = "schema 0\n";
    const auto bytes = encode(entry, object);
    std::ofstream file(layout.obj_file(entry.signature, dijitso::blake3(entry.request)), std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + entry.signature + " into " + options.cache_dir);
  }
  return {{"entries", options.last - options.first}};
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  std::function<json(const Options&)> measure;
  CLI::App app("Hits from disk and from memory.");
  app.require_subcommand(1);
  const auto command = [&](const char* name, const char* what, json (*function)(const Options&)) {
    auto* sub = app.add_subcommand(name, what);
    sub->add_option("cache", options.cache_dir, "the cache directory")->required();
    sub->add_option("--manifest", options.manifest, "modules.json of make_modules.py");
    sub->add_option("--families", options.families, "only these, separated by commas")->delimiter(',');
    sub->callback([&measure, function] { measure = function; });
    return sub;
  };
  command("fill", "compiles the corpus", fill);
  command("disk", "takes the corpus from disk", disk);
  command("memory", "takes the corpus from memory", memory);
  command("miss", "compiles one more module", miss)->add_option("name", options.name)->required();
  auto* many = command("entries", "writes small entries", entries);
  many->add_option("first", options.first)->required();
  many->add_option("last", options.last)->required();
  CLI11_PARSE(app, argc, argv);
  try {
    std::cout << measure(options).dump() << "\n";
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hits: %s\n", error.what());
    return 1;
  }
}
