// Converts texts; returns the version. Tested in tests/capi.
#include "capi/calls.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace dijitso::capi {

std::vector<std::string> need_texts(const char* const* items, std::size_t count, const char* name) {
  if (count > 0) need(items, name);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) texts.push_back(need_text(items[i], name));
  return texts;
}

char* new_string(const std::string& text) {
  void* memory = std::malloc(text.size() + 1);
  if (!memory) throw std::bad_alloc();
  return static_cast<char*>(std::memcpy(memory, text.c_str(), text.size() + 1));
}

dijitso_list_t* new_list(std::vector<std::string> items) { return new dijitso_list_t{std::move(items)}; }

}  // namespace dijitso::capi

size_t dijitso_list_size(const dijitso_list_t* list) { return list ? list->items.size() : 0; }

const char* dijitso_list_item(const dijitso_list_t* list, size_t index) {
  return list && index < list->items.size() ? list->items[index].c_str() : "";
}

void dijitso_list_free(dijitso_list_t* list) { delete list; }

void dijitso_string_free(char* string) { std::free(string); }

const char* dijitso_version() { return DIJITSO_VERSION_STRING; }

int dijitso_version_number() {
  return DIJITSO_VERSION_MAJOR * 10000 + DIJITSO_VERSION_MINOR * 100 + DIJITSO_VERSION_PATCH;
}
