#!/bin/sh
# failing.sh COMMAND...: a job in which one rank fails while the others wait for it ends, with a failure, and says why.
output=$("$@" 2>&1) && { echo "it did not fail"; exit 1; }
echo "$output"
for text in 'REQUIRE( rank() == -1 )' '3 == -1' 'one rank fails while the others wait for it: this rank has failed and ends the job'; do
  echo "$output" | grep -qF "$text" || { echo "it did not say: $text"; exit 1; }
done
