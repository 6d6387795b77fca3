/* Where a program begins on a machine that has no start files (crt1.o). Since glibc 2.34 the C library itself runs the
   constructors of the program, so this is all that they would do. The object of this file is part of
   libdijitso-compiler. Tested in tests/deploy/compiler_command_test.py. */

extern int main(int, char**, char**);
extern int __libc_start_main(int (*program)(int, char**, char**), int count, char** words, void (*construct)(void),
                             void (*destroy)(void), void (*end_of_loader)(void), void* end_of_stack);

#if defined __x86_64__
__asm__(
    ".globl _start\n.type _start, @function\n_start:\n"
    ".cfi_startproc\n.cfi_undefined rip\n"
    "xorl %ebp, %ebp\nmovq %rsp, %rdi\nmovq %rdx, %rsi\nandq $-16, %rsp\ncall dijitso_start_program\nhlt\n"
    ".cfi_endproc\n.size _start, . - _start\n");
#elif defined __aarch64__
__asm__(
    ".globl _start\n.type _start, %function\n_start:\n"
    ".cfi_startproc\n.cfi_undefined x30\n"
    "mov x29, #0\nmov x30, #0\nmov x1, x0\nmov x0, sp\nbl dijitso_start_program\nbrk #1\n"
    ".cfi_endproc\n.size _start, . - _start\n");
#else
#error "what the kernel gives a program is not known for this machine"
#endif

/* `stack` is as the kernel made it: the number of words of the command line, and then these. */
__attribute__((visibility("hidden"), used)) void dijitso_start_program(long* stack, void (*end_of_loader)(void)) {
  __libc_start_main(main, (int)stack[0], (char**)(stack + 1), 0, 0, end_of_loader, stack);
}
