#!/bin/sh
# Reproduces the failed compile with an ordinary compiler.
cd "$(dirname "$0")" || exit 1
${CC:-cc} -O2 -Dsin=no_such_function -std=gnu17 -march=x86-64 -I. -I/usr/lib/python3/dist-packages/ffcx/codegeneration -c libffcx_forms_17258fe975dd0bec2799e8cdc4edfb1ce1518755.c -o libffcx_forms_17258fe975dd0bec2799e8cdc4edfb1ce1518755.o
