/* Prints /etc/used, and ends with 0 if it could. Needs no C library, so that clang alone compiles it for another
 * machine: clang --target=aarch64-linux-gnu -ffreestanding -nostdlib -static -fuse-ld=lld */

static long call(long number, long a, long b, long c, long d)
{
#ifdef __aarch64__
	register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c,
			 x3 __asm__("x3") = d;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
#else
	register long r10 __asm__("r10") = d;
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
#endif
}

#ifdef __aarch64__
enum { OPENAT = 56, READ = 63, WRITE = 64, EXIT = 93 };
#else
enum { OPENAT = 257, READ = 0, WRITE = 1, EXIT = 60 };
#endif

void _start(void)
{
	static char text[256];
	const long fd = call(OPENAT, -100, (long)"/etc/used", 0, 0);
	const long n = call(READ, fd, (long)text, sizeof(text), 0);
	call(WRITE, 1, (long)text, n > 0 ? n : 0, 0);
	call(EXIT, n > 0 ? 0 : 1, 0, 0, 0);
}
