#include "cache/format/shared_library.h"
#include "support/claim.h"
#include "support/gzip.h"
#include "unittests/cache/store_fixture.h"
#include "unittests/support/sample_library.h"

#include <dijitso/cache.h>

#include <catch2/catch.hpp>

using namespace dijitso;
using namespace dijitso::cache;
using namespace dijitso::testing;

namespace {

Entry entry_of(const std::string& name) {
  Entry entry = sample_entry();
  entry.signature = name;
  entry.header = "header of " + name;
  entry.source = blake3("source of " + name);
  entry.dependencies.clear();
  return entry;
}

// A module "base" and one "top" that depends on it, with all that is derived.
struct Sound : CachePlace {
  Sound() {
    base = entry_of("base");
    top = entry_of("top");
    top.dependencies = {{"base", blake3("request"), base.build, base.identity()}};
    for (const Entry& entry : {base, top}) publish_entry(entry);
    for (const Entry& entry : {base, top}) make_library(entry);
  }
  // The library of an entry, as it is exported.
  void make_library(const Entry& entry, bool for_python = false) const {
    SampleLibrary library;
    for (const Dependency& dependency : entry.dependencies)
      library.needed.push_back("libdijitso-" + dependency.signature + ".so");
    library.needed.push_back("libelse.so");
    const std::string bytes = library_bytes(library);
    const fs::path file = lib(entry.signature);
    fs::create_directories(file.parent_path());
    const Digest origin = origin_of_library(entry.identity(), file.filename(), for_python);
    write_text(file, as_text(stamp_library(Bytes(bytes.begin(), bytes.end()), origin)));
  }
  void publish_entry(const Entry& entry) const {
    Store(params).publish(entry.signature, slot, encode(entry, sample_object()), entry.header,
                          "source of " + entry.signature, "log", true);
  }
  fs::path obj(const std::string& name) const { return Layout(params).obj_file(name, slot); }
  fs::path lib(const std::string& name) const { return create_lib_filename(name, params); }

  // The reason for the one file that does not fit.
  std::string only_fault(const fs::path& file) const {
    const IntegrityReport report = check_cache_integrity(params);
    if (report.size() != 1 || !report.contains(file)) {
      std::string all = "other faults:";
      for (const auto& [name, reasons] : report) all += "\n" + name + ": " + reasons[0];
      return all;
    }
    return report.at(file).size() == 1 ? report.at(file)[0] : "several reasons";
  }
  Entry base, top;
};

}  // namespace

TEST_CASE("a sound cache, an empty one and none at all are intact", "[integrity]") {
  const Sound cache;
  CHECK(check_cache_integrity(cache.params).empty());
  const CachePlace none;
  CHECK(check_cache_integrity(none.params).empty());
  CHECK_FALSE(fs::exists(none.root()));
}

TEST_CASE("the current directory does not matter", "[integrity]") {
  const Sound cache;
  CHECK(in_child([&] {
          expect(::chdir((cache.root() / "lib").c_str()) == 0, "chdir");
          fs::remove(cache.lib("base"));
          write_text("libdijitso-base.so", "x");
          fs::remove("libdijitso-base.so");
          expect(check_cache_integrity(cache.params).size() == 1, "the missing library is not noticed");
        }) == "");
}

TEST_CASE("a damaged entry, with the reason", "[integrity]") {
  const Sound cache;
  std::string bytes = read_text(cache.obj("top"));
  bytes[100] ^= 1;
  write_text(cache.obj("top"), bytes);
  CHECK_THAT(cache.only_fault(cache.obj("top")), Catch::Contains("damaged") && Catch::Contains("digest"));
  write_text(cache.obj("top"), bytes.substr(0, 100));
  CHECK_THAT(cache.only_fault(cache.obj("top")), Catch::Contains("damaged"));
  CHECK(fs::exists(cache.obj("top")));
}

TEST_CASE("an entry under the name of another module", "[integrity]") {
  const Sound cache;
  const fs::path wrong = Layout(cache.params).obj_file("wrong", slot);
  fs::copy_file(cache.obj("top"), wrong);
  CHECK_THAT(cache.only_fault(wrong), Catch::Contains("'top'"));
}

TEST_CASE("a dependency that is missing, or there in another variant only", "[integrity]") {
  const Sound cache;
  for (const char* kind : {"include/base.h", "src/base.cpp.gz", "log/base.txt"}) fs::remove(cache.root() / kind);
  Entry other = cache.base;
  other.header += " changed";
  other.build = blake3("other");
  write_text(cache.obj("base"), as_text(encode(other, sample_object())));
  CHECK_THAT(cache.only_fault(cache.obj("top")), Catch::Contains("variant of the module 'base'"));
  fs::remove(cache.obj("base"));
  fs::remove(cache.lib("base"));
  fs::remove(cache.lib("top"));
  CHECK_THAT(cache.only_fault(cache.obj("top")), Catch::Contains("'base', which is not in the cache"));
}

TEST_CASE("a dependency in a read-only directory counts", "[integrity]") {
  const Sound there;
  CachePlace here;
  Store(here.params).publish("top", slot, encode(there.top, sample_object()), "", "", "", true);
  CHECK(check_cache_integrity(here.params).size() == 1);
  here.params.readonly_dirs = {there.root()};
  CHECK(check_cache_integrity(here.params).empty());
}

TEST_CASE("a header or source of no variant", "[integrity]") {
  const Sound cache;
  store_inc("top", "edited", cache.params);
  CHECK_THAT(cache.only_fault(create_inc_filename("top", cache.params)), Catch::Contains("any variant"));
  store_inc("top", cache.top.header, cache.params);
  store_src("top", "edited", cache.params);
  CHECK_THAT(cache.only_fault(create_src_filename("top", cache.params)), Catch::Contains("any variant"));
  fs::remove(create_src_filename("top", cache.params));
  const fs::path packed = create_src_filename("top", cache.params) + ".gz";
  write_text(packed, "no gzip");
  CHECK_THAT(cache.only_fault(packed), Catch::Contains("gzip"));
}

TEST_CASE("files of no module", "[integrity]") {
  const Sound cache;
  for (const auto store : {store_inc, store_src, store_log}) {
    const fs::path file = store("gone", "text", cache.params);
    CHECK_THAT(cache.only_fault(file), Catch::Contains("module 'gone', which is not in the cache"));
    fs::remove(file);
  }
  Entry gone = entry_of("gone");
  cache.make_library(gone);
  CHECK_THAT(cache.only_fault(cache.lib("gone")), Catch::Contains("module 'gone', which is not in the cache"));
}

TEST_CASE("a library that is none, or lacks another one", "[integrity]") {
  const Sound cache;
  fs::remove(cache.lib("base"));
  CHECK_THAT(cache.only_fault(cache.lib("top")),
             Catch::Contains("needs the library 'libdijitso-base.so', which is not in the cache"));
  write_text(cache.lib("base"), library_bytes({}).substr(0, 80));
  CHECK_THAT(cache.only_fault(cache.lib("base")), Catch::Contains("whole shared library"));
}

TEST_CASE("a library that is damaged, truncated, of another version or of another maker", "[integrity]") {
  const Sound cache;
  const fs::path file = cache.lib("top");
  const std::string whole = read_text(file);
  const auto fault_of = [&](const std::string& content) {
    write_text(file, content);
    return cache.only_fault(file);
  };
  std::string changed = whole;
  changed[whole.size() - 100] ^= 1;
  CHECK_THAT(fault_of(changed), Catch::Contains("damaged: its digest does not match"));
  CHECK_THAT(fault_of(whole + "x"), Catch::Contains("was not made by dijitso, or was changed"));
  CHECK_THAT(fault_of(whole.substr(0, whole.size() - 1)), Catch::Contains("truncated"));
  CHECK_THAT(fault_of(whole.substr(0, whole.size() - 70)), Catch::Contains("truncated"));
  std::string newer = whole;
  newer[whole.size() - 80] = 2;
  CHECK_THAT(fault_of(newer), Catch::Contains("another version of dijitso"));
  const std::string foreign = whole.substr(0, whole.size() - 88);
  write_library_binary({foreign.begin(), foreign.end()}, "top", cache.params);
  CHECK_THAT(cache.only_fault(file), Catch::Contains("was not made by dijitso"));
  write_library_binary({whole.begin(), whole.end()}, "top", cache.params);
  CHECK(check_cache_integrity(cache.params).empty());
}

TEST_CASE("a library of another variant, module or name", "[integrity]") {
  const Sound cache;
  Entry other = cache.top;
  other.source = blake3("another");
  cache.make_library(other);
  const auto reason = Catch::Contains("of no variant of the module 'top' that is in the cache");
  CHECK_THAT(cache.only_fault(cache.lib("top")), reason);
  write_text(cache.lib("top"), read_text(cache.lib("base")));
  CHECK_THAT(cache.only_fault(cache.lib("top")), reason);
  cache.make_library(cache.top, true);  // for Python it is another library, which fits as well
  CHECK(check_cache_integrity(cache.params).empty());
  // Of a damaged module nothing can be said.
  std::string bytes = read_text(cache.obj("top"));
  bytes[100] ^= 1;
  write_text(cache.obj("top"), bytes);
  cache.make_library(other);
  CHECK_THAT(cache.only_fault(cache.obj("top")), Catch::Contains("damaged"));
}

TEST_CASE("a library that needs one which was made anew of another variant", "[integrity]") {
  const Sound cache;
  Entry other = cache.base;
  other.build = blake3("other");
  other.request += "other flags\n";
  const Digest elsewhere = blake3("another slot");
  Store(cache.params)
      .publish("base", elsewhere, encode(other, sample_object()), other.header, "source of base", "log", true);
  CHECK(check_cache_integrity(cache.params).empty());
  cache.make_library(other);
  CHECK_THAT(cache.only_fault(cache.lib("top")),
             Catch::Contains("'libdijitso-base.so' that it needs was made anew of another variant"));
}

TEST_CASE("the report", "[integrity]") {
  std::vector<std::string> lines;
  const auto out = [&](const std::string& line) { lines.push_back(line); };
  report_cache_integrity({{"/a", {"one", "two"}}, {"/b", {"three"}}}, out);
  CHECK(lines == std::vector<std::string>{"/a: one", "/a: two", "/b: three"});
  lines.clear();
  report_cache_integrity({}, out);
  CHECK(lines == std::vector<std::string>{"The cache is intact."});
  const Warnings warnings;
  report_cache_integrity({{"/a", {"one"}}});
  CHECK(warnings.only() == "/a: one");
}

TEST_CASE("a module that is just being built is not judged", "[integrity]") {
  const Sound cache;
  Entry other = cache.top;
  other.header = "another header";
  {
    Store store(cache.params);
    const Claim claim = store.claim("top", slot);
    // As between publishing the entry and what is derived from it.
    write_text(cache.obj("top"), as_text(encode(other, sample_object())));
    fs::remove(cache.lib("top"));
    CHECK(check_cache_integrity(cache.params).empty());
  }
  CHECK_THAT(cache.only_fault(create_inc_filename("top", cache.params)), Catch::Contains("any variant"));
}

TEST_CASE("an entry that cannot be read is no missing one", "[integrity]") {
  const Sound cache;
  fs::permissions(cache.obj("base"), fs::perms::owner_all);
  fs::resize_file(cache.obj("base"), std::uintmax_t{1} << 40);
  CHECK_THAT(cache.only_fault(cache.obj("base")), Catch::Contains("File too large"));
}

TEST_CASE("in a directory with other things, files that are not dijitso's are no faults", "[integrity]") {
  const Sound cache;
  fs::remove(cache.root() / "CACHEDIR.TAG");
  write_text(cache.root() / "include/mine.h", "theirs");
  CHECK(check_cache_integrity(cache.params).empty());
}
