// All that changes the code makes a miss and gives the new code; going back is a hit, and the old code; unchanged is a
// hit.
#include "tests/support/modules.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <array>
#include <cstdlib>
#include <ctime>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

// How the counters changed between two looks.
struct Change {
  std::uint64_t compiles, hits;
  bool operator==(const Change&) const = default;
};

Change change(const Counters& before, const Counters& after) {
  return {after.compiles - before.compiles,
          after.disk_hits + after.memory_hits - before.disk_hits - before.memory_hits};
}

constexpr Change miss{1, 0};
constexpr Change hit{0, 1};

// Sets variant 0 and 1 by turns, three times; each time the answer must be the variant's own, and compiled only at
// first.
template <class Select>
void back_and_forth(const Place& place, const Generate& generate, std::array<int, 2> values, Select select) {
  const bool new_process = GENERATE(false, true);
  CAPTURE(new_process);
  Jit same;
  for (int round = 0; round < 3; ++round)
    for (int which : {0, 1}) {
      Params params = place.params;
      select(which, params);
      Jit fresh;
      Jit& jit = new_process ? fresh : same;
      const Counters before = jit.counters();
      CHECK(value(jit.jit("m", params, generate)) == values[which]);
      CHECK(change(before, jit.counters()) == (round == 0 ? miss : hit));
      CHECK(value(jit.jit("m", params, never)) == values[which]);
    }
  CHECK(names_in(place.cache / "obj").size() == 2);
}

const Generate macro_value = gives("extern \"C\" int value() { return VALUE; }");

}  // namespace

TEST_CASE("changed flags") {
  Place place;
  back_and_forth(place, macro_value, {1, 2}, [](int which, Params& params) {
    params.build.cxxflags_opt = {"-O1", "-DVALUE=" + std::to_string(which + 1)};
  });
}

TEST_CASE("debug or not") {
  Place place;
  place.params.build.cxxflags_debug = {"-O0", "-DVALUE=0"};
  place.params.build.cxxflags_opt = {"-O1", "-DVALUE=1"};
  back_and_forth(place, macro_value, {1, 0}, [](int which, Params& params) { params.build.debug = which == 1; });
}

TEST_CASE("changed generator parameters") {
  Place place;
  const Generate generate = [](const std::string&, const std::string&, const GeneratorParams& generator) {
    return Generated{"", value_source(static_cast<int>(std::get<std::int64_t>(generator.at("degree")))), {}};
  };
  back_and_forth(place, generate, {4, 5}, [](int which, Params& params) { params.generator["degree"] = 4 + which; });
}

TEST_CASE("another language") {
  Place place;
  place.params.build.cxxflags = {"-fPIC"};
  const Generate generate =
      gives("#ifdef __cplusplus\nextern \"C\"\n#endif\nint value() { return sizeof('a') == 1; }\n");
  back_and_forth(place, generate, {1, 0},
                 [](int which, Params& params) { params.build.language = which ? "c" : "c++"; });
}

TEST_CASE("a relative directory means the one below the current directory") {
  Place place;
  for (int which : {0, 1}) {
    fs::create_directories(place.scratch / std::to_string(which) / "inc");
    write_text(place.scratch / std::to_string(which) / "inc" / "number.h",
               "#define NUMBER " + std::to_string(which + 8) + "\n");
  }
  const bool by_flag = GENERATE(false, true);
  const InDirectory back_afterwards(place.scratch.path());
  back_and_forth(place, gives("#include <number.h>\nextern \"C\" int value() { return NUMBER; }"), {8, 9},
                 [&](int which, Params& params) {
                   fs::current_path(place.scratch / std::to_string(which));
                   (by_flag ? params.build.cxxflags : params.build.include_dirs).push_back(by_flag ? "-Iinc" : "inc");
                 });
}

TEST_CASE("changed CPATH") {
  Place place;
  write_text(place.scratch / "number.h", "");
  for (int which : {0, 1}) {
    fs::create_directory(place.scratch / std::to_string(which));
    write_text(place.scratch / std::to_string(which) / "number.h",
               "#define NUMBER " + std::to_string(which + 8) + "\n");
  }
  const Generate generate = gives("#include <number.h>\nextern \"C\" int value() { return NUMBER; }");
  const bool new_process = GENERATE(false, true);
  Jit same;
  for (int round = 0; round < 3; ++round)
    for (int which : {0, 1}) {
      REQUIRE(setenv("CPATH", (place.scratch / std::to_string(which)).c_str(), 1) == 0);
      Jit fresh;
      Jit& jit = new_process ? fresh : same;
      const Counters before = jit.counters();
      CHECK(value(jit.jit("m", place.params, generate)) == which + 8);
      CHECK(change(before, jit.counters()) == (round == 0 ? miss : hit));
    }
  unsetenv("CPATH");
}

#ifdef __x86_64__
TEST_CASE("another processor") {
  Place place;
  const Generate generate =
      gives("extern \"C\" int value() {\n#ifdef __SSE4_2__\nreturn 42;\n#else\nreturn 2;\n#endif\n}");
  const int native = __builtin_cpu_supports("sse4.2") ? 42 : 2;
  SECTION("native") {
    back_and_forth(place, generate, {2, native},
                   [](int which, Params& params) { params.build.target_cpu = which ? "native" : "baseline"; });
  }
  SECTION("native by flag") {
    back_and_forth(place, generate, {2, native}, [](int which, Params& params) {
      if (which) params.build.cxxflags.push_back("-march=native");
    });
  }
  SECTION("by name") {
    REQUIRE(native == 42);
    back_and_forth(place, generate, {2, 42},
                   [](int which, Params& params) { params.build.target_cpu = which ? "nehalem" : "baseline"; });
  }
}

TEST_CASE("code for a processor that this one is not is compiled and kept, but not run") {
  Place place;
  place.params.build.cxxflags.push_back("-mxop");  // only one family of processors ever had it
  REQUIRE_FALSE(__builtin_cpu_supports("xop"));
  const auto error = thrown<LinkFailed>([&] { Jit().jit("m", place.params, gives_value(1)); });
  CHECK_THAT(error.what(), Contains("xop") && Contains("'m'") && Contains("target_cpu"));
}
#endif

TEST_CASE("an unknown processor is an error that changes nothing") {
  Place place;
  place.params.build.target_cpu = "imaginary-9000";
  const auto error = thrown<InvalidArgument>([&] { Jit().jit("m", place.params, gives_value(1)); });
  CHECK_THAT(error.what(), Contains("imaginary-9000"));
  CHECK_FALSE(fs::exists(place.cache));
}

TEST_CASE("an edited header") {
  Place place;
  const fs::path header = place.scratch / "inc" / "number.h";
  fs::create_directory(header.parent_path());
  place.params.build.include_dirs = {header.parent_path().string()};
  const Generate generate = gives("#include <number.h>\nextern \"C\" int value() { return NUMBER; }");
  const auto edit = [&](int number) { write_text(header, "#define NUMBER " + std::to_string(number) + "\n"); };

  for (int round = 0; round < 3; ++round)
    for (int number : {6, 7}) {
      edit(number);
      Jit jit;
      CHECK(value(jit.jit("m", place.params, generate)) == number);
      CHECK(jit.counters().compiles == (round == 0 ? 1 : 0));
      CHECK(value(jit.jit("m", place.params, never)) == number);

      edit(99);  // memory is trusted until it is told to forget
      CHECK(value(jit.jit("m", place.params, never)) == number);
      edit(number);
      jit.forget();
      CHECK(value(jit.jit("m", place.params, never)) == number);
      CHECK(jit.counters().compiles == (round == 0 ? 1 : 0));
    }
  CHECK(names_in(place.cache / "obj").size() == 2);

  // Old enough to be recognised by its time: the same time and content are a hit, touched ones too.
  edit(6);
  for (int age : {5000, 4000}) {
    const timespec times[2] = {{std::time(nullptr) - age, 0}, {std::time(nullptr) - age, 0}};
    REQUIRE(utimensat(AT_FDCWD, header.c_str(), times, 0) == 0);
    CHECK(value(Jit().jit("m", place.params, never)) == 6);
  }
}

TEST_CASE("a directory above a symbolic link is the one above its target") {
  Place place;
  const fs::path target = place.scratch / "target", header = target / "inc" / "number.h";
  fs::create_directories(target / "deep");
  fs::create_directories(header.parent_path());
  fs::create_directories(place.scratch / "inc");
  write_text(place.scratch / "inc" / "number.h", "#define NUMBER 1\n");  // as if the link were a directory
  fs::create_directory_symlink("target/deep", place.scratch / "link");
  const bool by_include = GENERATE(false, true);
  place.params.build.include_dirs = {(place.scratch / (by_include ? "link" : "link/../inc")).string()};
  const Generate generate = gives(std::string("#include <") + (by_include ? "../inc/" : "") +
                                  "number.h>\nextern \"C\" int value() { return NUMBER; }");
  for (int number : {6, 7}) {
    write_text(header, "#define NUMBER " + std::to_string(number) + "\n");
    CHECK(value(Jit().jit("m", place.params, generate)) == number);
    CHECK(value(Jit().jit("m", place.params, never)) == number);
  }
}

TEST_CASE("the content decides where the time of a header says nothing") {
  Place place;
  const fs::path header = place.scratch / "number.h";
  const std::time_t soon = std::time(nullptr) + 3600;
  const auto write_number = [&](int number) {
    write_text(header, "#define NUMBER " + std::to_string(number) + "\n");
    const timespec future[2] = {{soon, 0}, {soon, 0}};
    REQUIRE(utimensat(AT_FDCWD, header.c_str(), future, 0) == 0);
  };
  place.params.build.include_dirs = {place.scratch.path().string()};
  const Generate generate = gives("#include <number.h>\nextern \"C\" int value() { return NUMBER; }");
  write_number(3);
  CHECK(value(Jit().jit("m", place.params, generate)) == 3);
  CHECK(value(Jit().jit("m", place.params, never)) == 3);
  write_number(4);  // of the same size and time
  CHECK(value(Jit().jit("m", place.params, generate)) == 4);
  CHECK(value(Jit().jit("m", place.params, never)) == 4);
}

TEST_CASE("a header of equal size and time") {
  Place place;
  for (int which : {0, 1}) {
    const fs::path dir = place.scratch / std::to_string(which);
    fs::create_directory(dir);
    write_text(dir / "number.h", "#define NUMBER " + std::to_string(which + 4) + "\n");
    const timespec old[2] = {{1, 0}, {1, 0}};
    REQUIRE(utimensat(AT_FDCWD, (dir / "number.h").c_str(), old, 0) == 0);
  }
  const fs::path current = place.scratch / "current";
  place.params.build.include_dirs = {current.string()};
  const Generate generate = gives("#include <number.h>\nextern \"C\" int value() { return NUMBER; }");
  for (int round = 0; round < 3; ++round)
    for (int which : {0, 1}) {
      fs::remove(current);
      fs::create_directory_symlink(std::to_string(which), current);
      Jit jit;
      CHECK(value(jit.jit("m", place.params, generate)) == which + 4);
      CHECK(jit.counters().compiles == (round == 0 ? 1 : 0));
    }
}

TEST_CASE("a header that appears, or that nobody wants any more") {
  Place place;
  for (const char* dir : {"first", "second"}) {
    fs::create_directory(place.scratch / dir);
    place.params.build.include_dirs.push_back((place.scratch / dir).string());
  }
  write_text(place.scratch / "second" / "number.h", "#define NUMBER 1\n");
  const auto [header, source] = GENERATE(table<std::string, std::string>(
      {{"number.h", "#include <number.h>\n"},
       {"deep/number.h",
        "#if __has_include(<deep/number.h>)\n#include <deep/number.h>\n#else\n#define NUMBER "
        "1\n#endif\n"},
       {"data", "#if __has_embed(<data>)\n#define NUMBER 2\n#else\n#define NUMBER 1\n#endif\n"}}));
  CAPTURE(header);
  place.params.build.cxxflags.push_back("--embed-dir=" + (place.scratch / "first").string());
  const Generate generate = gives(source + "extern \"C\" int value() { return NUMBER; }");
  const fs::path early = place.scratch / "first" / header;
  for (int round = 0; round < 3; ++round)
    for (const int number : {1, 2}) {
      fs::create_directories(early.parent_path());
      if (number == 2) write_text(early, "#define NUMBER 2\n");
      if (number == 1) fs::remove(early);
      if (number == 1) fs::remove(place.scratch / "first" / "deep");  // the first missing name is this one then
      Jit jit;
      CHECK(value(jit.jit("m", place.params, generate)) == number);
      CHECK(jit.counters().compiles == (round == 0 ? 1 : 0));
      CHECK(value(Jit().jit("m", place.params, never)) == number);
    }
}

TEST_CASE("another cache directory is a miss, and so is the way back after it was removed") {
  Place place, other;
  Jit jit;
  CHECK(value(jit.jit("m", place.params, gives_value(1))) == 1);
  CHECK(value(jit.jit("m", other.params, gives_value(2))) == 2);
  CHECK(value(jit.jit("m", place.params, never)) == 1);
  CHECK(value(jit.jit("m", other.params, never)) == 2);
  fs::remove_all(place.cache);
  Jit fresh;
  CHECK(value(fresh.jit("m", place.params, gives_value(3))) == 3);
  CHECK(fresh.counters().compiles == 1);
}

TEST_CASE("a cache may be moved") {
  Place place, other;
  Jit().jit("m", place.params, gives_value(1));
  fs::rename(place.cache, other.cache);
  Jit jit;
  CHECK(value(jit.jit("m", other.params, never)) == 1);
}

TEST_CASE("read-only directories are searched after the own one and never written") {
  Place site, own;
  Jit().jit("base", site.params, gives("int base() { return 5; }", "int base();"));
  Jit().jit("m", site.params, gives("#include <base.h>\nextern \"C\" int value() { return base(); }", "", {"base"}));
  const std::vector<std::string> before = files_below(site.cache);

  own.params.cache.readonly_dirs = {site.cache.string()};
  Jit jit;
  CHECK(value(jit.jit("m", own.params, never)) == 5);
  CHECK(jit.counters().disk_hits == 2);
  CHECK(value(jit.jit("new", own.params, gives_value(6))) == 6);
  CHECK(files_below(site.cache) == before);
  CHECK(fs::path(only_entry(own.cache)).filename().string().starts_with("new."));

  // A damaged entry there stays where it is, and is built into the own directory.
  for (const std::string& name : names_in(site.cache / "obj")) {
    const std::string text = read_text(site.cache / "obj" / name);
    write_text(site.cache / "obj" / name, text.substr(0, text.size() - 1));
  }
  const Warnings warnings;
  Jit again;
  CHECK(value(again.jit("m", own.params, gives_value(7))) == 7);
  CHECK(files_below(site.cache) == before);
  CHECK(again.counters().quarantined == 0);
  CHECK_THAT(warnings.all().at(0), Contains(site.cache.string()) && Contains("damaged"));
}
