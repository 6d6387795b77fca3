// Marks what the shared libraries export; everything else has hidden visibility.
#pragma once

#define DIJITSO_API __attribute__((visibility("default")))
