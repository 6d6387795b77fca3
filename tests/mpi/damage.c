/* Damages real messages: loaded before libmpi (LD_PRELOAD), it stands between a program and MPI with MPI's profiling
   interface. The environment variable DIJITSO_TEST_DAMAGE, which the program may change while it runs, says what to do:
     RANK:CALL:OFFSET   on this rank of MPI_COMM_WORLD, flip the lowest bit of byte OFFSET (from the end when negative)
                        of the CALLth message that it receives with MPI_Bcast or MPI_Ibcast. CALL counts from 0 since
   the variable was set, empty messages and those that the rank sends itself not included; -1 is all. RANK:CALL:error
   let this call fail as MPI does, through the communicator's error handler. What follows is ignored, but makes the text
   another one, at which counting begins anew. For one thread that communicates. Every one of these functions says what
   it did on standard error: a test that damaged nothing would prove nothing. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char seen[256];
static int count;

/* A broadcast that goes on until its request completes. */
static struct {
  MPI_Request request;
  unsigned char* byte;
} pending = {MPI_REQUEST_NULL, NULL};

enum { LEAVE_IT = 0, FLIP = 1, FAIL = 2 };

/* What to do with this message; for FLIP, *byte is the place. */
static int wanted(void* buffer, int items, MPI_Datatype type, int root, MPI_Comm comm, unsigned char** byte) {
  const char* text = getenv("DIJITSO_TEST_DAMAGE");
  int world_rank, rank, item_size, victim, call;
  char what[32];
  if (text == NULL || sscanf(text, "%d:%d:%31s", &victim, &call, what) != 3) return LEAVE_IT;
  if (strncmp(text, seen, sizeof seen - 1) != 0) {
    strncpy(seen, text, sizeof seen - 1);
    count = 0;
  }
  PMPI_Comm_rank(MPI_COMM_WORLD, &world_rank);
  PMPI_Comm_rank(comm, &rank);
  PMPI_Type_size(type, &item_size);
  const long size = (long)items * item_size;
  if (world_rank != victim || rank == root || size == 0) return LEAVE_IT;
  const int number = count++;
  if (call >= 0 && number != call) return LEAVE_IT;
  fprintf(stderr, "damage: rank %d, message %d of %ld bytes: %s\n", world_rank, number, size, what);
  if (strcmp(what, "error") == 0) return FAIL;
  const long offset = atol(what);
  const long place = offset < 0 ? size + offset : offset;
  if (place < 0 || place >= size) return LEAVE_IT;
  *byte = (unsigned char*)buffer + place;
  return FLIP;
}

static int fail(MPI_Comm comm) {
  PMPI_Comm_call_errhandler(comm, MPI_ERR_OTHER);
  return MPI_ERR_OTHER;
}

int MPI_Bcast(void* buffer, int items, MPI_Datatype type, int root, MPI_Comm comm) {
  unsigned char* byte = NULL;
  const int what = wanted(buffer, items, type, root, comm, &byte);
  const int code = PMPI_Bcast(buffer, items, type, root, comm);
  if (what == FAIL) return fail(comm);
  if (what == FLIP) *byte ^= 1;
  return code;
}

int MPI_Ibcast(void* buffer, int items, MPI_Datatype type, int root, MPI_Comm comm, MPI_Request* request) {
  unsigned char* byte = NULL;
  const int what = wanted(buffer, items, type, root, comm, &byte);
  const int code = PMPI_Ibcast(buffer, items, type, root, comm, request);
  if (what == FAIL) {
    PMPI_Wait(request, MPI_STATUS_IGNORE);
    return fail(comm);
  }
  if (what == FLIP) {
    pending.request = *request;
    pending.byte = byte;
  }
  return code;
}

/* The requests are compared before MPI completes them, for then they are MPI_REQUEST_NULL. */
static int is_pending(int requests, const MPI_Request* request) {
  for (int i = 0; i < requests; ++i)
    if (pending.byte != NULL && request[i] == pending.request) return 1;
  return 0;
}

static void completed(int is_ours) {
  if (!is_ours) return;
  *pending.byte ^= 1;
  pending.byte = NULL;
}

int MPI_Wait(MPI_Request* request, MPI_Status* status) {
  const int is_ours = is_pending(1, request);
  const int code = PMPI_Wait(request, status);
  completed(is_ours);
  return code;
}

int MPI_Test(MPI_Request* request, int* is_done, MPI_Status* status) {
  const int is_ours = is_pending(1, request);
  const int code = PMPI_Test(request, is_done, status);
  completed(is_ours && *is_done);
  return code;
}

int MPI_Waitall(int requests, MPI_Request* request, MPI_Status* status) {
  const int is_ours = is_pending(requests, request);
  const int code = PMPI_Waitall(requests, request, status);
  completed(is_ours);
  return code;
}

int MPI_Testall(int requests, MPI_Request* request, int* is_done, MPI_Status* status) {
  const int is_ours = is_pending(requests, request);
  const int code = PMPI_Testall(requests, request, is_done, status);
  completed(is_ours && *is_done);
  return code;
}
