// Letting go of long chains of objects that hold each other, without recursion: dropping the last reference to one
// drops those that it holds, and so on. Tested in unittests/jit/module_test.cpp and unittests/orc/lifetime_test.cpp.
#pragma once

#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace dijitso {

// For destructors: drops references. Those that this makes other destructors drop on the same thread are put on the
// list of the call that runs first. Thread-safety: may be called from any thread.
template <class T>
void drop_references(std::vector<std::shared_ptr<T>> references) {
  thread_local std::vector<std::shared_ptr<T>>* pending = nullptr;
  if (pending) {
    pending->insert(pending->end(), std::move_iterator(references.begin()), std::move_iterator(references.end()));
    return;
  }
  pending = &references;
  while (!references.empty()) {
    const std::shared_ptr<T> next = std::move(references.back());
    references.pop_back();
  }
  pending = nullptr;
}

}  // namespace dijitso
