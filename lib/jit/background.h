// Work that nobody waits for, on a thread that has ended before the process tears down what it uses.
#pragma once

#include <functional>
#include <future>

namespace dijitso {

// Runs `work` on a thread of its own; the future is ready when it has ended. An exception it throws is dropped. To be
// called after the libraries that it uses were opened: at the end of the process, threads are waited for before the
// static objects of these libraries are destroyed.
std::shared_future<void> run_in_background(std::function<void()> work);

}  // namespace dijitso
