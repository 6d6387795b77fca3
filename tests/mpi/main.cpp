// Runs the test cases of one program on all ranks of MPI_COMM_WORLD, in the same order. A rank whose test case failed
// ends the job, when it and others that failed at the same time have said why: the rest may wait for it in a collective
// operation for ever.
#define CATCH_CONFIG_RUNNER
#define CATCH_CONFIG_NO_POSIX_SIGNALS  // ranks that are killed by the end of the job have nothing to say
#include <dijitso/mpi.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <iostream>
#include <thread>

namespace {

class EndOfFailedJobs : public Catch::TestEventListenerBase {
 public:
  using TestEventListenerBase::TestEventListenerBase;
  void testCaseEnded(const Catch::TestCaseStats& stats) override {
    if (stats.totals.assertions.allOk()) return;
    // In one piece, or words of other ranks may come between.
    std::cout << stats.testInfo.name + ": this rank has failed and ends the job\n" << std::flush;
    std::this_thread::sleep_for(std::chrono::seconds(1));
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
};
CATCH_REGISTER_LISTENER(EndOfFailedJobs)

}  // namespace

int main(int argc, char** argv) {
  int provided = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
  const int failures = Catch::Session().run(argc, argv);
  MPI_Finalize();
  return failures;
}
