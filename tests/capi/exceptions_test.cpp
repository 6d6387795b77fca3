// Callbacks written in C++ may throw: what leaves the C API is a status, whatever it was and whoever waited for it. And
// the other way round: C++ callers that share a jit with C callers see exceptions of the documented classes.
#include "tests/support/modules.h"

#include <dijitso/dijitso.h>
#include <pthread.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <thread>

using namespace dijitso;
using namespace dijitso::testing;
using Catch::Matchers::Contains;

namespace {

struct Freed {
  void operator()(dijitso_params_t* params) const { dijitso_params_free(params); }
  void operator()(dijitso_error_t* error) const { dijitso_error_free(error); }
};

// The same cache as `place`, for C.
std::unique_ptr<dijitso_params_t, Freed> params_of(const Place& place) {
  dijitso_params_t* params = nullptr;
  REQUIRE(dijitso_params_create(&params, nullptr) == DIJITSO_OK);
  std::unique_ptr<dijitso_params_t, Freed> owner(params);
  for (const auto& [name, value] : {std::pair{"cache_dir", place.params.cache.cache_dir},
                                    std::pair{"fail_dir_root", *place.params.cache.fail_dir_root}})
    REQUIRE(dijitso_params_set_text(params, "cache", name, value.c_str(), nullptr) == DIJITSO_OK);
  return owner;
}

using Action = std::function<dijitso_status_t(dijitso_reply_t*)>;

dijitso_status_t act(const char*, const char*, const dijitso_params_t*, dijitso_reply_t* reply, void* action) {
  return (*static_cast<Action*>(action))(reply);
}

struct Outcome {
  dijitso_status_t status;
  std::string message;
};

// A request whose generate does this.
Outcome request(const Place& place, Action action, const dijitso_exchange_t* exchange = nullptr) {
  dijitso_error_t* error = nullptr;
  dijitso_library_t* library = nullptr;
  const auto status =
      dijitso_jit_exchange(nullptr, "m", params_of(place).get(), act, &action, exchange, &library, &error);
  const std::unique_ptr<dijitso_error_t, Freed> owner(error);
  CHECK(dijitso_error_code(error) == status);
  dijitso_library_release(library);
  return {status, dijitso_error_message(error)};
}

template <class Exception>
Outcome after_throwing(const Exception& exception) {
  const Place place;
  return request(place, [&](dijitso_reply_t*) -> dijitso_status_t { throw exception; });
}

}  // namespace

TEST_CASE("an exception of a callback becomes a status") {
  const auto is = [](const Outcome& outcome, dijitso_status_t status, const std::string& text) {
    CHECK(outcome.status == status);
    CHECK_THAT(outcome.message, Contains(text));
  };
  is(after_throwing(std::domain_error("flat")), DIJITSO_CALLBACK_FAILED, "generate of 'm' failed: flat");
  is(after_throwing(42), DIJITSO_CALLBACK_FAILED, "not a std::exception");
  is(after_throwing(std::bad_alloc()), DIJITSO_OUT_OF_MEMORY, "out of memory");
  is(after_throwing(InvalidArgument("flat")), DIJITSO_INVALID_ARGUMENT, "flat");
  is(after_throwing(GenerateFailed("flat")), DIJITSO_GENERATE_FAILED, "flat");
  is(after_throwing(CompileFailed("flat", {}, {})), DIJITSO_COMPILE_FAILED, "flat");
  is(after_throwing(LinkFailed("flat")), DIJITSO_LINK_FAILED, "flat");
  is(after_throwing(CacheError("flat")), DIJITSO_CACHE_ERROR, "flat");
  is(after_throwing(CommunicationError("flat")), DIJITSO_COMMUNICATION_ERROR, "flat");
  is(after_throwing(Error("flat")), DIJITSO_UNKNOWN, "flat");
}

TEST_CASE("exceptions of send, receive and wait become a status") {
  const Place place;
  dijitso_exchange_t exchange{sizeof exchange, nullptr, nullptr, nullptr, nullptr};
  exchange.wait = [](dijitso_reply_t*, void*) -> dijitso_status_t { throw std::domain_error("no barrier"); };
  const Outcome waited = request(place, [](dijitso_reply_t*) { return DIJITSO_GENERATE_FAILED; }, &exchange);
  CHECK(waited.status == DIJITSO_GENERATE_FAILED);  // what went wrong first
  exchange.send = [](const void*, size_t, dijitso_reply_t*, void*) -> dijitso_status_t { throw 1; };
  const Outcome sent =
      request(place, [](dijitso_reply_t* reply) { return dijitso_reply_set_source(reply, "", nullptr); }, &exchange);
  CHECK(sent.status == DIJITSO_CALLBACK_FAILED);
  CHECK_THAT(sent.message, Contains("send of 'm'"));

  exchange.send = nullptr;
  exchange.receive = [](dijitso_reply_t*, void*) -> dijitso_status_t { throw std::domain_error("no line"); };
  dijitso_error_t* error = nullptr;
  dijitso_library_t* library = nullptr;
  CHECK(dijitso_jit_exchange(nullptr, "other", params_of(place).get(), nullptr, nullptr, &exchange, &library, &error) ==
        DIJITSO_CALLBACK_FAILED);
  CHECK_THAT(dijitso_error_message(error), Contains("receive of 'other' failed: no line"));
  dijitso_error_free(error);
}

TEST_CASE("what a handler of messages throws is swallowed") {
  const auto throws = [](int, const char*, void*) { throw std::domain_error("unheard"); };
  REQUIRE(dijitso_set_log_handler(throws, nullptr, nullptr, nullptr) == DIJITSO_OK);
  CHECK(dijitso_log(DIJITSO_LEVEL_ERROR, "a message", nullptr) == DIJITSO_OK);
  REQUIRE(dijitso_set_log_handler(nullptr, nullptr, nullptr, nullptr) == DIJITSO_OK);
}

namespace {

// Two requests for one module: the second comes while the first generates.
void while_generating(const std::uint64_t waits_before) {
  while (default_jit().counters().waits == waits_before) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

TEST_CASE("a C caller that waits for a C++ caller gets a status") {
  const Place place;
  std::atomic<bool> generating = false;
  const std::uint64_t waits = default_jit().counters().waits;
  std::thread builder([&] {
    try {
      jit("m",
          validate_params(
              {{"cache",
                {{"cache_dir", place.params.cache.cache_dir}, {"fail_dir_root", *place.params.cache.fail_dir_root}}}}),
          [&](auto&&...) -> Generated {
            generating = true;
            while_generating(waits);
            throw 42;
          });
    } catch (int) {
    }
  });
  while (!generating) std::this_thread::yield();
  const Outcome outcome = request(place, [](dijitso_reply_t*) { return DIJITSO_OK; });
  builder.join();
  CHECK(outcome.status == DIJITSO_UNKNOWN);
  CHECK_THAT(outcome.message, Contains("not a std::exception"));
}

TEST_CASE("a C++ caller that waits for a C caller gets an exception of the family") {
  const Place place;
  std::atomic<bool> generating = false;
  const std::uint64_t waits = default_jit().counters().waits;
  std::thread builder([&] {
    request(place, [&](dijitso_reply_t* reply) {
      generating = true;
      while_generating(waits);
      dijitso_reply_set_message(reply, "the mesh is flat", nullptr);
      return static_cast<dijitso_status_t>(42);
    });
  });
  while (!generating) std::this_thread::yield();
  std::exception_ptr failure;
  try {
    jit("m", place.params, never);
  } catch (...) {
    failure = std::current_exception();
  }
  builder.join();
  REQUIRE(failure);
  const auto error = thrown<GenerateFailed>([&] { std::rethrow_exception(failure); });
  CHECK_THAT(error.what(), Contains("generate of 'm' failed: the mesh is flat"));
}

// pthread_exit unwinds the stack without an exception of C++; to stop it would end the process.
TEST_CASE("a thread that ends itself in a handler of messages ends") {
  const auto ends = [](int, const char*, void*) { pthread_exit(PTHREAD_CANCELED); };
  REQUIRE(dijitso_set_log_handler(ends, nullptr, nullptr, nullptr) == DIJITSO_OK);
  void* result = nullptr;
  pthread_t thread;
  const auto body = [](void*) -> void* {
    dijitso_log(DIJITSO_LEVEL_ERROR, "the last", nullptr);
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, nullptr, body, nullptr) == 0);
  REQUIRE(pthread_join(thread, &result) == 0);
  CHECK(result == PTHREAD_CANCELED);
  REQUIRE(dijitso_set_log_handler(nullptr, nullptr, nullptr, nullptr) == DIJITSO_OK);
}
