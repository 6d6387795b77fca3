// The memory that modules share: how many mappings they need, and that they give it back.
#include "object_maker.h"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <set>
#include <string>
#include <vector>

using namespace orc_test;

namespace {

// Where written pages cannot be made executable, each module has a memory file, which is a mapping: those do not count.
std::ptrdiff_t count_of_mappings() {
  std::ifstream maps("/proc/self/maps");
  std::ptrdiff_t count = 0;
  for (std::string line; std::getline(maps, line);) count += line.find("dijitso-code") == line.npos ? 1 : 0;
  return count;
}

// The pages in memory.
std::size_t resident_pages() {
  std::ifstream file("/proc/self/statm");
  std::size_t size = 0, resident = 0;
  file >> size >> resident;
  return resident;
}

// Has something of each protection, and throws and catches an exception.
const std::string all_kinds = R"(
  extern const int constant = 2;
  int variable = 3;
  extern "C" int next() { return variable++; }
  extern "C" int caught() { try { throw constant; } catch (int x) { return x; } })";

}  // namespace

TEST_CASE("many modules need few mappings, and give back their memory") {
  constexpr int count = 2000;
  const auto session = new_session();
  const auto object = compile(all_kinds);
  const auto first = link(session, "m", object);
  const auto mappings = count_of_mappings();
  const auto resident = resident_pages();
  std::vector<ModulePtr> modules;
  for (int i = 0; i < count; ++i) modules.push_back(link(session, "m", object));
  CHECK(count_of_mappings() - mappings < 60);
  CHECK(resident_pages() - resident > count);
  for (int i = 0; i < count; i += 100) {
    CHECK(function<int()>(modules[static_cast<std::size_t>(i)], "next")() == 3);
    CHECK(function<int()>(modules[static_cast<std::size_t>(i)], "caught")() == 2);
  }
  CHECK(function<int()>(first, "next")() == 3);
  modules.clear();
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep what is freed
  CHECK(count_of_mappings() - mappings < 20);
  CHECK(static_cast<std::ptrdiff_t>(resident_pages() - resident) < count);
#endif
  CHECK(function<int()>(first, "next")() == 4);
}

TEST_CASE("the pages of a module that is gone are used again, and their content is new") {
  const auto session = new_session();
  const auto object = compile(all_kinds);
  const auto stays = link(session, "m", object);
  std::set<void*> places;
  for (int i = 0; i < 100; ++i) {
    const auto module = link(session, "m", object);
    places.insert(module->find("next"));
    CHECK(function<int()>(module, "next")() == 3);
    CHECK(function<int()>(module, "caught")() == 2);
  }
  CHECK(places.size() == 1);
}

TEST_CASE("modules of many sizes come and go") {
  const auto session = new_session();
  std::vector<dijitso::SharedBytes> objects;
  for (const int size : {1, 5000, 70000, 3000000})
    objects.push_back(compile("char zeros[" + std::to_string(size) + "]; extern \"C\" int f() { return zeros[" +
                              std::to_string(size - 1) + "]++; }"));
  std::vector<ModulePtr> modules(40);
  unsigned random = 1;
  for (int i = 0; i < 400; ++i) {
    random = random * 1103515245 + 12345;
    auto& place = modules[random / 65536 % modules.size()];
    place.reset();
    place = link(session, "m", objects[random / 256 % objects.size()]);
    CHECK(function<int()>(place, "f")() == 0);
    CHECK(function<int()>(place, "f")() == 1);
  }
  std::ptrdiff_t mappings = count_of_mappings();
  modules.clear();
  CHECK(count_of_mappings() <= mappings);
}
