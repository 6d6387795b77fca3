/* Callbacks: what they are given, what they answer, how they fail, and jit inside of generate. */
#include "capi.h"

#include <stdio.h>

/* Writes a power of x, of the generator's exponent. */
static dijitso_status_t generate_power(const char* name, const char* signature, const dijitso_params_t* params,
                                       dijitso_reply_t* reply, void* user_data) {
  dijitso_error_t* e = NULL;
  int64_t exponent = 0;
  char source[128];
  CHECK(strcmp(name, "power") == 0 && strcmp(signature, "power") == 0);
  CHECK(*(int*)user_data == 1);
  ++*(int*)user_data;
  SUCCEEDS(dijitso_params_get_int(params, "generator", "exponent", &exponent, &e));
  snprintf(source, sizeof source, "#include <cmath>\nextern \"C\" int value() { return (int)std::pow(3.0, %d); }",
           (int)exponent);
  SUCCEEDS(dijitso_reply_set_header(reply, "extern \"C\" int value();", &e));
  SUCCEEDS(dijitso_reply_set_source(reply, "thrown away", &e));
  SUCCEEDS(dijitso_reply_set_source(reply, source, &e));
  memset(source, '?', sizeof source); /* it was copied */
  return DIJITSO_OK;
}

void test_callbacks_generate(void) {
  place_t place;
  dijitso_library_t* library = NULL;
  dijitso_error_t* e = NULL;
  int calls = 1;
  open_place(&place);
  SUCCEEDS(dijitso_params_set_int(place.params, "generator", "exponent", 4, &e));
  SUCCEEDS(dijitso_jit(NULL, "power", place.params, generate_power, &calls, &library, &e));
  CHECK(value_of(library) == 81 && calls == 2);
  dijitso_library_release(library);
  close_place(&place);
}

/* A module that needs "base", which the user data gives. */
static dijitso_status_t generate_user(const char* name, const char* signature, const dijitso_params_t* params,
                                      dijitso_reply_t* reply, void* base_source) {
  dijitso_library_t* base = NULL;
  dijitso_error_t* e = NULL;
  dijitso_status_t status;
  (void)name, (void)signature;
  if (dijitso_jit(NULL, "base", params, give_source, base_source, &base, &e) != DIJITSO_OK) {
    dijitso_reply_set_error(reply, e, NULL);
    status = dijitso_error_code(e);
    dijitso_error_free(e);
    return status;
  }
  SUCCEEDS(dijitso_reply_add_dependency(reply, "base", &e));
  SUCCEEDS(dijitso_reply_set_source(reply, "int base(); extern \"C\" int value() { return base() + 2; }", &e));
  dijitso_library_release(base);
  return DIJITSO_OK;
}

void test_callbacks_nested(void) {
  place_t place;
  dijitso_library_t* library = NULL;
  dijitso_error_t* e = NULL;
  open_place(&place);
  /* The failure inside is the failure outside, with all that it carries. */
  CHECK(dijitso_jit(NULL, "user", place.params, generate_user, "int base() { return mistake; }", &library, &e) ==
        DIJITSO_COMPILE_FAILED);
  CHECK_CONTAINS(dijitso_error_message(e), "'base' does not compile");
  CHECK(dijitso_error_diagnostic_count(e) == 1);
  CHECK(file_exists(dijitso_error_failure_file(e, DIJITSO_SRC_FILENAME)));
  dijitso_error_free(e);
  e = NULL;
  SUCCEEDS(dijitso_jit(NULL, "user", place.params, generate_user, "int base() { return 40; }", &library, &e));
  CHECK(value_of(library) == 42);
  dijitso_library_release(library);
  close_place(&place);

  open_place(&place); /* in another cache, as this "base" would be published */
  CHECK(dijitso_jit(NULL, "user", place.params, generate_user, "int gone(); int base() { return gone(); }", &library,
                    &e) == DIJITSO_LINK_FAILED);
  CHECK(strcmp(dijitso_error_missing_symbol(e, 0), "gone()") == 0);
  dijitso_error_free(e);
  close_place(&place);
}

/* Fails as the user data says. */
typedef struct {
  int status;
  const char* message;
  dijitso_error_t* error;
} failing_t;

static dijitso_status_t fail(dijitso_reply_t* reply, const failing_t* how) {
  dijitso_error_t* e = NULL;
  if (how->message) SUCCEEDS(dijitso_reply_set_message(reply, how->message, &e));
  if (how->error) SUCCEEDS(dijitso_reply_set_error(reply, how->error, &e));
  return (dijitso_status_t)how->status;
}

static dijitso_status_t generate_fails(const char* name, const char* signature, const dijitso_params_t* params,
                                       dijitso_reply_t* reply, void* how) {
  (void)name, (void)signature, (void)params;
  return fail(reply, how);
}

static dijitso_status_t wait_fails(dijitso_reply_t* reply, void* how) { return fail(reply, how); }

static dijitso_status_t send_fails(const void* bytes, size_t size, dijitso_reply_t* reply, void* how) {
  CHECK(bytes != NULL && size > 0);
  return fail(reply, how);
}

/* A generate that passes on what it got, and frees it. */
static void passes_on(place_t* place, dijitso_error_t* cause, dijitso_status_t code) {
  failing_t how;
  dijitso_library_t* library = NULL;
  dijitso_error_t* e = NULL;
  how.status = DIJITSO_UNKNOWN, how.message = NULL, how.error = cause;
  CHECK(dijitso_error_code(cause) == code);
  FAILS(dijitso_jit(NULL, "m", place->params, generate_fails, &how, &library, &e), code, dijitso_error_message(cause));
  dijitso_error_free(cause);
}

void test_callbacks_failures(void) {
  place_t place;
  failing_t how = {DIJITSO_GENERATE_FAILED, "the mesh is flat", NULL};
  dijitso_exchange_t exchange = {sizeof exchange, NULL, send_fails, NULL, wait_fails};
  dijitso_library_t* library = (dijitso_library_t*)&place;
  dijitso_error_t *e = NULL, *cause = NULL;
  open_place(&place);
  FAILS(dijitso_jit(NULL, "m", place.params, generate_fails, &how, &library, &e), DIJITSO_GENERATE_FAILED,
        "generate of 'm' failed: the mesh is flat");
  CHECK(library == NULL);
  how.status = DIJITSO_OK; /* without a source */
  FAILS(dijitso_jit(NULL, "m", place.params, generate_fails, &how, &library, &e), DIJITSO_GENERATE_FAILED,
        "generate of 'm' failed: it gave no source: call dijitso_reply_set_source()");
  how.status = DIJITSO_GENERATE_FAILED;
  how.status = 42;
  FAILS(dijitso_jit(NULL, "m", place.params, generate_fails, &how, &library, &e), DIJITSO_CALLBACK_FAILED,
        "generate of 'm' failed: the mesh is flat");
  how.message = NULL;
  FAILS(dijitso_jit(NULL, "m", place.params, generate_fails, &how, &library, &e), DIJITSO_CALLBACK_FAILED,
        "generate of 'm' failed: it returned status 42");
  exchange.user_data = &how;
  FAILS(dijitso_jit_exchange(NULL, "m", place.params, NULL, NULL, &exchange, &library, &e), DIJITSO_CALLBACK_FAILED,
        "wait of 'm' failed: it returned status 42");
  FAILS(dijitso_jit_exchange(NULL, "sent", place.params, give_source, "", &exchange, &library, &e),
        DIJITSO_CALLBACK_FAILED, "send of 'sent' failed");

  dijitso_jit(NULL, "m", place.params, generate_fails, &how, &library, &cause);
  passes_on(&place, cause, DIJITSO_CALLBACK_FAILED);
  dijitso_params_validate(NULL, &cause);
  passes_on(&place, cause, DIJITSO_INVALID_ARGUMENT);
  how.status = DIJITSO_GENERATE_FAILED;
  dijitso_jit(NULL, "m", place.params, generate_fails, &how, &library, &cause);
  passes_on(&place, cause, DIJITSO_GENERATE_FAILED);
  close_place(&place);
}

/* One process that sends, and another that receives. */
typedef struct {
  char* bytes;
  size_t size;
  int sent, received, waited;
} wire_t;

static dijitso_status_t wire_send(const void* bytes, size_t size, dijitso_reply_t* reply, void* user_data) {
  wire_t* wire = user_data;
  (void)reply;
  free(wire->bytes);
  wire->bytes = malloc(size);
  memcpy(wire->bytes, bytes, size);
  wire->size = size;
  ++wire->sent;
  return DIJITSO_OK;
}

static dijitso_status_t wire_receive(dijitso_reply_t* reply, void* user_data) {
  wire_t* wire = user_data;
  ++wire->received;
  return dijitso_reply_set_bytes(reply, wire->bytes, wire->size, NULL);
}

static dijitso_status_t wire_wait(dijitso_reply_t* reply, void* user_data) {
  (void)reply;
  ++((wire_t*)user_data)->waited;
  return DIJITSO_OK;
}

void test_callbacks_exchange(void) {
  place_t here, there;
  wire_t wire = {NULL, 0, 0, 0, 0};
  dijitso_exchange_t builder = {sizeof builder, NULL, wire_send, NULL, wire_wait};
  dijitso_exchange_t receiver = {sizeof receiver, NULL, NULL, wire_receive, wire_wait};
  dijitso_library_t* library = NULL;
  dijitso_error_t *e = NULL, *cause = NULL;
  builder.user_data = receiver.user_data = &wire;
  open_place(&here);
  open_place(&there);
  SUCCEEDS(dijitso_jit_exchange(NULL, "user", here.params, generate_user, "int base() { return 40; }", &builder,
                                &library, &e));
  dijitso_library_release(library);
  CHECK(wire.sent == 1 && wire.received == 0 && wire.waited == 1);

  wire.bytes[wire.size / 2] ^= 1;
  CHECK(dijitso_jit_exchange(NULL, "user", there.params, NULL, NULL, &receiver, &library, &cause) ==
        DIJITSO_COMMUNICATION_ERROR);
  CHECK_CONTAINS(dijitso_error_message(cause), "is damaged");
  passes_on(&there, cause, DIJITSO_COMMUNICATION_ERROR);
  wire.bytes[wire.size / 2] ^= 1;

  SUCCEEDS(dijitso_jit_exchange(NULL, "user", there.params, NULL, NULL, &receiver, &library, &e));
  CHECK(value_of(library) == 42);
  CHECK(wire.sent == 1 && wire.received == 2 && wire.waited == 3);
  dijitso_library_release(library);
  wire.size = 0; /* an empty message is one, too */
  FAILS(dijitso_jit_exchange(NULL, "other", there.params, NULL, NULL, &receiver, &library, &e),
        DIJITSO_COMMUNICATION_ERROR, "0 bytes");

  builder.receive = wire_receive;
  REFUSES(dijitso_jit_exchange(NULL, "other", here.params, never, NULL, &builder, &library, &e), "generate");
  builder.struct_size = 3;
  REFUSES(dijitso_jit_exchange(NULL, "other", here.params, never, NULL, &builder, &library, &e), "struct_size is 3");
  SUCCEEDS(dijitso_jit_exchange(NULL, "other", here.params, give_source, "", NULL, &library, &e));
  dijitso_library_release(library);
  free(wire.bytes);
  close_place(&here);
  close_place(&there);
}

static dijitso_status_t generate_refused(const char* name, const char* signature, const dijitso_params_t* params,
                                         dijitso_reply_t* reply, void* user_data) {
  dijitso_error_t *e = NULL, *cause = NULL;
  volatile size_t huge = SIZE_MAX / 2 + 1; /* larger than any object */
  (void)name, (void)signature, (void)params, (void)user_data;
  dijitso_params_validate(NULL, &cause);
  REFUSES(dijitso_reply_set_header(NULL, "", &e), "'reply'");
  REFUSES(dijitso_reply_set_header(reply, NULL, &e), "'text'");
  REFUSES(dijitso_reply_set_source(NULL, "", &e), "'reply'");
  REFUSES(dijitso_reply_set_source(reply, NULL, &e), "'text'");
  REFUSES(dijitso_reply_add_dependency(NULL, "", &e), "'reply'");
  REFUSES(dijitso_reply_add_dependency(reply, NULL, &e), "'signature'");
  REFUSES(dijitso_reply_set_bytes(NULL, "", 1, &e), "'reply'");
  REFUSES(dijitso_reply_set_bytes(reply, NULL, 1, &e), "'bytes'");
  SUCCEEDS(dijitso_reply_set_bytes(reply, NULL, 0, &e));
  FAILS(dijitso_reply_set_bytes(reply, "", huge, &e), DIJITSO_OUT_OF_MEMORY, "");
  REFUSES(dijitso_reply_set_message(NULL, "", &e), "'reply'");
  REFUSES(dijitso_reply_set_message(reply, NULL, &e), "'text'");
  REFUSES(dijitso_reply_set_error(NULL, cause, &e), "'reply'");
  REFUSES(dijitso_reply_set_error(reply, NULL, &e), "'cause'");
  dijitso_error_free(cause);
  SUCCEEDS(dijitso_reply_set_source(reply, "", &e));
  return dijitso_reply_add_dependency(reply, "../evil", NULL);
}

void test_callbacks_refused(void) {
  place_t place;
  dijitso_library_t* library = NULL;
  dijitso_error_t* e = NULL;
  open_place(&place);
  REFUSES(dijitso_jit(NULL, "m", place.params, generate_refused, NULL, &library, &e), "../evil");
  close_place(&place);
}
