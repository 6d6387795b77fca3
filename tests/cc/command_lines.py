"""Command lines of a C and C++ compiler, for a folder with the files of `FILES`, and with `STDIN` to be read. Each is carried out by dijitso-cc
and by Clang's own command, and both must end in the same way and leave the same files."""

STDIN = '#include "a.h"\nint from_stdin = A;\n'

FILES = {
    "a.h": "#define A 4\nint b(int);\n",
    "a.c": '#include "a.h"\nint a(int x) { return A + b(x); }\n',
    "b.c": "int b(int x) { return 2 * x; }\n",
    "main.c": "int a(int);\nint main(void) { return a(3) == 10 ? 0 : 1; }\n",
    "alone.c": "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n",
    "bad.c": "int f(void) { return x; }\n",
    "warn.c": "int f(void) { int unused; return 1; }\n",
    "undefined.c": "int g(void);\nint main(void) { return g(); }\n",
    "threads.c": "#include <pthread.h>\nstatic void *f(void *x) { return x; }\n"
                 "int main(void) { pthread_t t; return pthread_create(&t, 0, f, 0) || pthread_join(t, 0); }\n",
    "math.c": "#include <math.h>\ndouble f(double x) { return sin(x); }\nint main(int n, char **v) { return f(n) > 2; }\n",
    "macro.c": "#ifndef N\n#error N\n#endif\nint n = N;\n",
    "name.c": "const char *name = __FILE__;\n",
    "t.cpp": "#include <string>\nstd::string f() { return std::string(20, 'x'); }\n"
             "int main() { try { throw f(); } catch (std::string &s) { return s.size() == 20 ? 0 : 1; } }\n",
    "u.cc": "namespace n { template <class T> T twice(T x) { return x + x; } }\nint u(int x) { return n::twice(x); }\n",
    "v.cxx": "int v() { return 1; }\n",
    "s.s": ".globl s\n.text\ns:\n\tret\n",
    "m.S": "#define NAME m\n.globl NAME\n.text\nNAME:\n\tret\n",
    "bad.s": "\tnonsense %eax\n",
    "p.i": "# 1 \"p.c\"\nint p(void) { return 1; }\n",
    "q.ii": "int q() { return 1; }\n",
    "text.txt": "int t(void) { return 1; }\n",
    "with space.c": '#include "a.h"\nint w = A;\n',
    "include/deep.h": "#include \"deeper.h\"\n",
    "include/deeper.h": "#define DEEP 1\n",
    "deep.c": "#include <deep.h>\nint d = DEEP;\n",
    "src/here.c": '#include "here.h"\nint h = HERE;\n',
    "src/here.h": "#define HERE 1\n",
    "flags.rsp": "-O2 -DN='1 + 1' \"-DM=2\"\n",
    "nested.rsp": "@flags.rsp -c macro.c\n",
    "circle.rsp": "@circle.rsp\n",
    "first.rsp": "-O1 @second.rsp\n",
    "second.rsp": "@first.rsp\n",
    "broken.rsp": "-c a.c @missing.rsp\n",
    "empty.rsp": "",
    "include/inner.rsp": "-c 'with space.c' -o with\\ space.o\n",
    "empty.c": "",
    "embed.c": "const unsigned char e[] = {\n#embed \"text.txt\"\n};\n",
    "inline.c": "inline int i(int x) { return x; }\nextern int i(int);\nint j(void) { return i(1); }\n",
    "vla.c": "int f(int n) { int a[n]; a[0] = 1; return a[0]; }\n",
    "gnu.c": "int f(int x) { return ({ int y = x; y; }); }\n",
    "simd.c": "#include <immintrin.h>\n__m256d f(__m256d a) { return _mm256_add_pd(a, a); }\n",
    "omp.c": "int f(int n) { int s = 0;\n#pragma omp simd reduction(+:s)\nfor (int i = 0; i < n; ++i) s += i;\nreturn s; }\n",
    "thread_local.c": "_Thread_local int t; int f(void) { return t; }\n",
    "constructor.cpp": "struct S { S(); ~S(); }; S s; S::S() {} S::~S() {}\nint main() {}\n",
    "symbols.map": "{ global: a; local: *; };\n",
}

# The command lines of C. Their names of programs are left out.
C_LINES = """
-c a.c
-c a.c -o x.o
-c -o x.o a.c
-ox.o -c a.c
-c a.c b.c
-c a.c b.c main.c
-c a.c b.c -o x.o
-c ./a.c
-c src/here.c
-c src/here.c -o src/here.o
-c src/../a.c
-c "with space.c"
-c a.c -O0
-c a.c -O1
-c a.c -O2
-c a.c -O3
-c a.c -Os
-c a.c -Oz
-c a.c -Og
-c a.c -Ofast
-c a.c -O
-c a.c -O2 -g
-c a.c -g
-c a.c -g1
-c a.c -g3
-c a.c -ggdb
-c a.c -g -gdwarf-4
-c a.c -g0
-c a.c -g -ffile-prefix-map=a=b
-c a.c -fPIC
-c a.c -fpic
-c a.c -fPIE
-c a.c -fno-pic
-c a.c -fno-pie
-c a.c -fvisibility=hidden
-c a.c -ffunction-sections -fdata-sections
-c a.c -fno-strict-aliasing -fwrapv
-c a.c -fstack-protector-strong
-c a.c -fno-omit-frame-pointer
-c a.c -fno-common
-c a.c -ffast-math
-c a.c -fno-math-errno
-c a.c -fno-builtin
-c a.c -ffreestanding
-c a.c -funroll-loops
-c a.c -fno-inline
-c a.c -fexceptions
-c a.c -fno-asynchronous-unwind-tables
-c a.c -fstack-clash-protection -fcf-protection
-c a.c -fno-plt
-c a.c -fno-semantic-interposition
-c a.c -fsigned-char
-c a.c -funsigned-char
-c a.c -fshort-enums
-c a.c -m64
-c a.c -mtune=generic
-c a.c -pthread
-c a.c -pipe
-c a.c -w
-c a.c -Wall -Wextra -pedantic
-c a.c -std=c99
-c a.c -std=c11
-c a.c -std=gnu11
-c a.c -std=c17
-c a.c -std=c2x
-c a.c -ansi
-c a.c -std=nonsense
-c vla.c -std=c99
-c vla.c -Wvla
-c vla.c -Werror=vla
-c gnu.c -std=c99 -pedantic
-c gnu.c -std=c99 -pedantic-errors
-c warn.c
-c warn.c -Wall
-c warn.c -Wall -Werror
-c warn.c -Wall -Werror=unused-variable
-c warn.c -Wall -Werror -Wno-unused-variable
-c warn.c -Wall -Werror -Wno-error=unused-variable
-c warn.c -Wno-nonsense
-c warn.c -Wnonsense
-c warn.c -Wnonsense -Werror
-c bad.c
-c bad.c -o x.o
-c a.c bad.c b.c
-c missing.c
-c a.c missing.c
-c src
-c
a.c -c -o missing/x.o
-c a.c -o src
-c empty.c
-c macro.c
-c macro.c -DN=1
-c macro.c -D N=1
-c macro.c -DN
-c macro.c -D
-c macro.c -DN -UN
-c macro.c -UN -DN
-c macro.c -include a.h -DN=A
-c macro.c -includea.h -DN=A
-c macro.c -imacros a.h -DN=A
-c macro.c -include missing.h -DN
-c deep.c
-c deep.c -Iinclude
-c deep.c -I include
-c deep.c -I./include
-c deep.c -isystem include
-c deep.c -iquote include
-c deep.c -idirafter include
-c deep.c -iprefix include -iwithprefix ""
-c deep.c --include-directory=include
-c deep.c --include-directory include
-c deep.c -I
-c name.c
-c ./name.c
-c embed.c
-c inline.c
-c simd.c
-c simd.c -mavx
-c simd.c -march=haswell
-c simd.c -march=x86-64-v3
-c simd.c -march=nonsense
-c simd.c -mavx -mno-avx
-c simd.c -mavx512f -mavx
-c omp.c -fopenmp-simd
-c thread_local.c
-c thread_local.c -fPIC -ftls-model=local-dynamic
-c alone.c -nostdinc
-c alone.c -nostdlibinc
-c alone.c -undef
-c alone.c --sysroot=/
-c alone.c -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -O2
-c alone.c -Wp,-D_FORTIFY_SOURCE=2 -O2
-c p.i
-c q.ii
-c -x c text.txt
-c -xc text.txt
-c -x c++ a.c
-c -x c text.txt -x none a.c
-c -x none a.c
-c -x c p.i
-c -x nonsense a.c
-c -x
-c text.txt
-c s.s
-c s.s -o x.o
-c m.S
-c m.S -DNAME2
-c s.s m.S a.c
-c -x assembler text.txt
-c bad.s
-c s.s -g
-c -Wa,--noexecstack s.s
-c -Wa,--noexecstack a.c
-c -- a.c
-- -c a.c
-c a.c --
-c a.c -nonsense
-c a.c -fnonsense
-c a.c -mnonsense
-c a.c --nonsense
-c a.c -fno-gcse
-c a.c -fno-tree-vectorize
-c a.c -falign-functions=32
-c a.c --param ssp-buffer-size=4
-c a.c --param=ssp-buffer-size=4
-c a.c -fdiagnostics-color=never
-c a.c -fno-diagnostics-color
-c a.c -fmessage-length=0
-c a.c -lm
-c a.c -L. -Wl,-z,now -shared
-c a.c -o /dev/null
-c bad.c -o /dev/null
-c a.c -MD
-c a.c -MMD
-c a.c -MD -o x.o
-c a.c -MD -MF x.d
-c a.c -MMD -MF x.d -MT target
-c a.c -MMD -MF x.d -MT one -MT two
-c a.c -MMD -MF x.d -MQ "a $b"
-c a.c -MMD -MF x.d -MT "a $b"
-c a.c -MMD -MP
-c a.c -MMD -MP -MF x.d -MTy.o
-c a.c -MD -MMD
-c a.c -MMD -MD
-c a.c -MF x.d
-c a.c -MD -MF missing/x.d
-c a.c -MD -MF
-c a.c -Wp,-MD,x.d
-c a.c -Wp,-MMD,x.d
-c "with space.c" -MMD
-c src/here.c -MMD
-c src/here.c -MMD -o src/x.o
-c deep.c -Iinclude -MMD -MP
-c deep.c -isystem include -MMD
-c deep.c -isystem include -MD -MF x.d
-c alone.c -MD -O2
-c a.c b.c -MMD
-c bad.c -MMD
-c m.S -MMD
-c s.s -MMD
-S a.c
-S a.c -o -
-S a.c -O2 -o x.s
-S a.c b.c
-S bad.c
-S -emit-llvm a.c
-S -fverbose-asm a.c
-S -masm=intel a.c
-c -S a.c
-E a.c
-E a.c -o x.i
-E -P a.c -o x.i
-E -C a.c -o x.i
-E -dM a.c -o x.i
-E -dD a.c -o x.i
-E bad.c -o x.i
-E macro.c -o x.i
-E -c a.c -o x.i
-E a.h -o x.i
-E alone.c -o x.i
-E -x c text.txt -o x.i
-E missing.c
-M a.c
-M a.c -o x.d
-MM a.c
-MM a.c -MF x.d
-MM a.c -MT t -MF x.d
-MM a.c b.c
-MM deep.c -MG -MF x.d
-M deep.c
-fsyntax-only a.c
-fsyntax-only bad.c
-fsyntax-only warn.c -Wall -Werror
-fsyntax-only a.h
a.c b.c main.c
a.c b.c main.c -o x
-o x a.c b.c main.c -O2
alone.c
alone.c -o x
alone.c -o x -s
alone.c -o x -static
alone.c -o x -no-pie -fno-pie
alone.c -o x -pie -fPIE
alone.c -o x -rdynamic
alone.c -o x -Wl,-z,now
alone.c -o x -Wl,-rpath,/nowhere -Wl,--as-needed
alone.c -o x -Xlinker -rpath -Xlinker /nowhere
alone.c -o x -Wl,--nonsense
alone.c -o x -lnonsense
alone.c -o x -L/nowhere
alone.c -o x -nostdlib
alone.c -o x -nodefaultlibs
alone.c -o x -nodefaultlibs -lc
alone.c -o x -nostartfiles
alone.c -o x -Wl,-e,main -nostartfiles
alone.c -o x -T symbols.missing
alone.c -o missing/x
alone.c -o src
alone.c -o x -MMD
alone.c -o x -MMD -MF y.d
alone.c s.s -o x
alone.c m.S -o x
alone.c bad.c -o x
bad.c -o x
undefined.c -o x
undefined.c -o x -Wl,--unresolved-symbols=ignore-all
-shared undefined.c -o x.so -fPIC
-shared undefined.c -o x.so -fPIC -Wl,-z,defs
-shared -fPIC a.c b.c -o x.so
-shared -fPIC a.c b.c -o x.so -Wl,-soname,x.so.1
-shared -fPIC a.c b.c -o x.so -Wl,--version-script=symbols.map
-shared -fPIC a.c b.c -o x.so -Wl,--version-script,symbols.map
-shared -fPIC a.c b.c -o x.so -Wl,--version-script=missing.map
-shared -fPIC a.c -o x.so -nostdlib
-shared -fPIC a.c
-r a.c b.c -o x -nostdlib
threads.c -o x -pthread
threads.c -o x -lpthread
math.c -o x -lm
math.c -lm -o x
-lm math.c -o x
-x c text.txt alone.c -o x
main.c a.c b.c -o x -Wl,--gc-sections -ffunction-sections
text.txt
symbols.map
alone.c -o x -fuse-ld=lld
@flags.rsp -c macro.c
-c @flags.rsp macro.c
@nested.rsp
@circle.rsp -c a.c
@missing.rsp -c a.c
@broken.rsp
@empty.rsp
@empty.rsp -c a.c
@include/inner.rsp
@first.rsp -c a.c
@src -c a.c
-c -x c -
-c -x c - -o x.o
-c - -x c -o x.o
-c -x c - a.c
-c -x c - b.c -MMD
-c -x c - -o x.o -MMD -MF x.d
-c -x c++ - -o x.o -g
-c -
-c - -o x.o
-
-E -
-E - -o x.i
-E -x c - -o x.i
-M -x c - -o x.d
-S -x c - -o x.s
-S -x c -
-fsyntax-only -x c -
-x c - -o x
-x c - main.c a.c b.c -o x
-x c -shared -fPIC - -o x.so
-c .
-c src/
-c a.c/
-c a.c -o .
-c a.c -o src/
-c a.c -o a.h/x.o
-c a.c -I a.h
-c deep.c -Isrc -Iinclude
-c deep.c -isysteminclude
-c a.c -include src
-c a.c -MMD -MF src
-c a.c -MMD -MFx.d
-c a.c -MMD -MF x.d -MTt
-c a.c -MMD -MF x.d -MQ t
-E src
-S a.c -o src
alone.c src -o x
alone.c -o x -L a.c
alone.c -o x -l m
alone.c -o x -z now
alone.c -o x -e main -nostartfiles
alone.c -o x -u puts
alone.c -o x -Xlinker
alone.c -o x -Wl,
alone.c -o x -Wl,-u -Wl,puts
main.c a.c -Wl,--whole-archive -lm -Wl,--no-whole-archive b.c -o x
-lm -lc main.c a.c b.c -o x
missing.c -o x
missing.o -o x
a.c missing.o -c
-c macro.c --define-macro=N=1
-c macro.c --define-macro N=1
-c macro.c -D N=1 -U N
-c a.c --output=x.o
-c a.c --output x.o
-c a.c -o x.o -o y.o
-c vla.c --std=c99
-c vla.c -std c99
-c a.c --optimize=2
--compile a.c
--assemble a.c
--preprocess a.c -o x.i
-lm
-v
-### -c a.c
-### alone.c
-v -c a.c
--version
-dumpversion
-dumpmachine
-print-search-dirs
-print-file-name=crt1.o
-print-file-name=nonsense
-print-libgcc-file-name
-print-prog-name=nonsense
-print-multiarch
-print-resource-dir
--help
"""

CXX_LINES = """
-c t.cpp
-c t.cpp -O2
-c t.cpp -std=c++17
-c t.cpp -std=c++20 -O2
-c t.cpp -std=c++98
-c t.cpp -fno-exceptions
-c t.cpp -g -MMD
-c u.cc v.cxx
-c u.cc -fno-rtti -fvisibility-inlines-hidden
-c a.c
-c -x c a.c
-c q.ii
-c u.cc -nostdinc++
-c t.cpp -nostdinc++
t.cpp
t.cpp -o x
t.cpp -o x -static
t.cpp -o x -static-libstdc++ -static-libgcc
t.cpp u.cc v.cxx -o x -O2
t.cpp -o x -nostdlib++
constructor.cpp -o x
-shared -fPIC u.cc -o x.so
-E u.cc -o x.i
-S u.cc
-MM t.cpp
-fsyntax-only u.cc
-x c++ text.txt -c
-v
-c -x c++ - -o x.o
-c - -o x.o
"""

# Very long ones. A word may have 128 kB.
LONG_LINES = """
-c macro.c -DN=1 {words}
-c macro.c {words} -DN=M1999
-c macro.c -DN={sum}
-c a.c -I{name}/{name}/{name} -Iinclude
-c deep.c {directories} -Iinclude
-c a.c -o {name}.o
-c a.c -o {name}{name}.o
-c {name}{name}.c
-c {path}.c
-c a.c -I{path}
-c a.c -MMD -MF x.d -MT {path}
-c a.c -MMD -MF x.d {targets}
-c {inputs}
""".format(words=" ".join("-DM%d=%d" % (i, i) for i in range(2000)), sum="1" + "+1" * 60000, name="n" * 200, path="/".join(["p" * 100] * 100),
           directories=" ".join("-Inowhere%d" % i for i in range(2000)), targets=" ".join("-MT target_%d" % i for i in range(2000)),
           inputs=" ".join(["missing.c"] * 2000))
