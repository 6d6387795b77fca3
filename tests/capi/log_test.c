/* Messages and who gets them. */
#include "capi.h"

typedef struct {
  int level, messages, released;
  char text[64];
} heard_t;

static void hear(int level, const char* message, void* user_data) {
  heard_t* heard = user_data;
  heard->level = level;
  ++heard->messages;
  strncpy(heard->text, message, sizeof heard->text - 1);
}

static void release(void* user_data) { ++((heard_t*)user_data)->released; }

/* Replaces itself while it runs. */
static void hear_once(int level, const char* message, void* user_data) {
  dijitso_error_t* e = NULL;
  hear(level, message, user_data);
  SUCCEEDS(dijitso_set_log_handler(NULL, NULL, NULL, &e));
  CHECK(((heard_t*)user_data)->released == 0);
}

void test_log_handler(void) {
  heard_t first = {0, 0, 0, ""}, second = {0, 0, 0, ""};
  dijitso_error_t* e = NULL;
  SUCCEEDS(dijitso_set_log_handler(hear, &first, release, &e));
  SUCCEEDS(dijitso_log(DIJITSO_LEVEL_INFO, "dropped", &e));
  CHECK(first.messages == 0);
  SUCCEEDS(dijitso_log(DIJITSO_LEVEL_WARNING, "heard", &e));
  CHECK(first.messages == 1 && first.level == DIJITSO_LEVEL_WARNING && strcmp(first.text, "heard") == 0);
  dijitso_set_log_level(DIJITSO_LEVEL_DEBUG);
  SUCCEEDS(dijitso_log(15, "in between", &e));
  CHECK(first.messages == 2 && first.level == 15 && first.released == 0);
  dijitso_set_log_level(DIJITSO_LEVEL_WARNING);

  SUCCEEDS(dijitso_set_log_handler(hear_once, &second, release, &e));
  CHECK(first.released == 1);
  SUCCEEDS(dijitso_log(DIJITSO_LEVEL_ERROR, "the last", &e));
  CHECK(second.messages == 1 && second.released == 1 && first.messages == 2);

  /* Without a handler there is nothing to release the data for. */
  SUCCEEDS(dijitso_set_log_handler(NULL, &first, release, &e));
  CHECK(first.released == 2);
  REFUSES(dijitso_log(DIJITSO_LEVEL_ERROR, NULL, &e), "'message'");
}
