// The types behind the handles of <dijitso/dijitso.h>.
#pragma once

#include <dijitso/dijitso.h>
#include <dijitso/jit.h>
#include <dijitso/library.h>
#include <dijitso/params.h>

#include "support/failure.h"
#include "support/fork.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct dijitso_error_t : dijitso::Failure {
  dijitso_status_t code = DIJITSO_OK;
};

struct dijitso_list_t {
  std::vector<std::string> items;
};

// The values that were set, and their combination with the other layers, which is computed at the first use after a
// change.
struct dijitso_params_t {
  struct Resolved {
    dijitso::Params params;
    dijitso::ParamsDict dict;  // the same values
  };

  dijitso::ParamsDict given;
  mutable dijitso::forking::Mutex mutex;
  mutable std::shared_ptr<const Resolved> resolved DIJITSO_GUARDED_BY(mutex);
};

struct dijitso_reply_t {
  dijitso::Generated generated;
  bool has_source = false;  // distinguishes an empty source from a missing one
  std::vector<std::uint8_t> bytes;
  std::string message;
  std::optional<dijitso_error_t> error;
};

struct dijitso_library_t {
  explicit dijitso_library_t(dijitso::Library of) : library(std::move(of)) {}

  dijitso::Library library;
  std::atomic<std::size_t> references = 1;
};

struct dijitso_jit_t {
  dijitso::Jit jit;
};
