// Where work runs that needs much stack.
#include "support/stack_space.h"

#include <catch2/catch.hpp>

#include <pthread.h>

#include <stdexcept>
#include <string>
#include <thread>

using namespace dijitso;

namespace {

// Runs `function` on a thread with so much stack.
void on_thread_with(std::size_t bytes, const std::function<void()>& function) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, bytes) == 0);
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&function)) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

// Whether work that is called on a thread with so much stack stays on it.
bool stays_with(std::size_t bytes) {
  bool stays = false;
  on_thread_with(bytes, [&] {
    const auto caller = std::this_thread::get_id();
    with_enough_stack([&] {
      volatile char deep[enough_stack / 2] = {};
      stays = std::this_thread::get_id() == caller && deep[0] == 0;
    });
  });
  return stays;
}

}  // namespace

TEST_CASE("work stays on a thread that has stack for it") {
  const auto caller = std::this_thread::get_id();
  with_enough_stack([&] { CHECK(std::this_thread::get_id() == caller); });
  CHECK(stays_with(2 * enough_stack));
  CHECK_FALSE(stays_with(enough_stack / 4));
}

TEST_CASE("what work throws on another thread arrives at the caller") {
  std::string text;
  on_thread_with(enough_stack / 4, [&] {
    try {
      with_enough_stack([] { throw std::runtime_error("from there"); });
    } catch (const std::runtime_error& error) {
      text = error.what();
    }
  });
  CHECK(text == "from there");
}
