// A value that is computed at its first use and never destroyed. Threads that use it first at the same time all compute
// it, and one result is kept. So there is no lock that a child of fork() could inherit locked.
#pragma once

#include <atomic>
#include <memory>

namespace dijitso::llvm_config {

template <class T>
class Computed {
 public:
  template <class Compute>
  const T& get(const Compute& compute) {
    const T* value = value_.load(std::memory_order_acquire);
    if (value) return *value;
    auto fresh = std::make_unique<const T>(compute());
    if (value_.compare_exchange_strong(value, fresh.get())) return *fresh.release();
    return *value;
  }

 private:
  std::atomic<const T*> value_ = nullptr;
};

}  // namespace dijitso::llvm_config
