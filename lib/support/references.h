// Releases long chains of objects that refer to each other, without recursion: destroying an object releases its
// references, which may destroy further objects. Tested in unittests/jit/module_test.cpp and
// unittests/orc/lifetime_test.cpp.
#pragma once

#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace dijitso {

// For destructors: releases references. References that other destructors release meanwhile on the same thread are
// added to the list of the outermost call. Thread-safety: may be called from any thread.
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
