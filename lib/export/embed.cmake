# cmake -DINPUT=<file> -DOUTPUT=<file> -P embed.cmake: the bytes of a file as the inner part of a C array.
file(READ ${INPUT} content HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," content "${content}")
file(WRITE ${OUTPUT} "${content}\n")
