"""Functions of the C library and the compiler's support library: how they are called, and which are taken over.

Only names that a program is not expected to define itself are listed: ISO C, POSIX, the compiler's own, and common
Linux and GNU ones. A function of the program being translated goes before a row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prototype:
    """``args`` has one letter for each named parameter, ``result`` one for the result:

    ``p`` pointer or 64-bit integer, ``i`` int, ``u`` unsigned, ``d`` double, ``f`` float, ``q`` 16 bytes in two integer
    registers, ``z`` two doubles in two vector registers (complex), ``v`` nothing. Narrower integers are ``i`` or ``u``:
    x86-64 callers extend them to 32 bits.
    """

    args: str
    result: str
    variadic: bool = False
    noreturn: bool = False


SIGNATURES: Mapping[str, str] = {
    ">d": "drand48",
    ">i": (
        "__libc_current_sigrtmax __libc_current_sigrtmin clearenv fegetexcept fegetround fork getchar "
        "getchar_unlocked getpagesize getpgrp getpid getppid gettid inotify_init munlockall pause "
        "pthread_getconcurrency rand sched_getcpu sched_yield setpgrp setsid vhangup"
    ),
    ">p": (
        "__ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc __errno_location __h_errno_location clock dlerror "
        "getgrent gethostent gethostid getlogin getnetent getprotoent getpwent getservent if_nameindex localeconv "
        "lrand48 mrand48 pthread_self random thrd_current tmpfile tmpfile64"
    ),
    ">u": "arc4random getegid geteuid getgid getuid getwchar",
    ">v": (
        "__chk_fail __stack_chk_fail __stack_chk_fail_local abort closelog endgrent endhostent endnetent endprotoent "
        "endpwent endservent pthread_testcancel setgrent setpwent sync thrd_yield tzset"
    ),
    "d>d": (
        "__acos_finite __asin_finite __exp2_finite __exp_finite __log10_finite __log2_finite __log_finite "
        "__sqrt_finite acos acosh asin asinh atan atanh cbrt ceil cos cosh erf erfc exp exp10 exp2 expm1 fabs floor "
        "lgamma log log10 log1p log2 logb nearbyint rint round sin sinh sqrt tan tanh tgamma trunc"
    ),
    "d>i": "__finite __fpclassify __isinf __isnan __issignaling __signbit finite ilogb isinf isnan",
    "d>p": "__fixdfdi __fixunsdfdi llrint llround lrint lround",
    "d>q": "__fixdfti __fixunsdfti",
    "f>f": (
        "acosf acoshf asinf asinhf atanf atanhf cbrtf ceilf cosf coshf erfcf erff exp10f exp2f expf expm1f fabsf "
        "floorf lgammaf log10f log1pf log2f logbf logf nearbyintf rintf roundf sinf sinhf sqrtf tanf tanhf tgammaf "
        "truncf"
    ),
    "f>i": "__finitef __fpclassifyf __isinff __isnanf __issignalingf __signbitf finitef ilogbf isinff isnanf",
    "f>p": "__fixsfdi __fixunssfdi llrintf llroundf lrintf lroundf",
    "f>q": "__fixsfti __fixunssfti",
    "i>i": (
        "__absvsi2 __getpgid __negvsi2 _tolower _toupper abs close dup dysize epoll_create epoll_create1 fchdir "
        "fdatasync feclearexcept fedisableexcept feenableexcept feraiseexcept fesetround fetestexcept ffs fsync "
        "getpgid getsid grantpt inotify_init1 isalnum isalpha isatty isblank iscntrl isdigit isgraph islower isprint "
        "ispunct isspace isupper isxdigit mlockall mq_close posix_openpt pthread_setconcurrency putchar "
        "putchar_unlocked raise sched_get_priority_max sched_get_priority_min sched_getscheduler setlogmask sighold "
        "sigignore sigpause sigrelse sockatmark syncfs tcdrain tcgetpgrp tcgetsid tolower toupper unlockpt unshare "
        "wcwidth"
    ),
    "i.>i": "prctl",
    "i>p": (
        "fdopendir gai_strerror getprotobynumber nl_langinfo ptsname sigabbrev_np strerror strerrordesc_np "
        "strerrorname_np strsignal sysconf ttyname"
    ),
    "i>u": "btowc putwchar",
    "i>v": "_Exit _exit exit quick_exit sethostent setnetent setprotoent setservent thrd_exit",
    "p>d": "__floatdidf __floatundidf atof erand48 nan",
    "p>f": "__floatdisf __floatundisf nanf",
    "p>i": (
        "_IO_feof _IO_ferror _IO_getc _IO_puts __clzdi2 __ctzdi2 __cxa_guard_acquire __ffsdi2 __paritydi2 "
        "__popcountdi2 __uflow _setjmp acct at_quick_exit atexit atoi brk catclose chdir chroot closedir "
        "cnd_broadcast cnd_init cnd_signal dirfd dlclose fclose fegetenv feholdexcept feof feof_unlocked ferror "
        "ferror_unlocked fesetenv feupdateenv fflush fflush_unlocked ffsl ffsll fgetc fgetc_unlocked fileno "
        "fileno_unlocked ftrylockfile getc getc_unlocked iconv_close malloc_trim mbsinit mkstemp mkstemp64 mq_unlink "
        "mtx_lock mtx_trylock mtx_unlock pclose pipe posix_spawn_file_actions_destroy posix_spawn_file_actions_init "
        "posix_spawnattr_destroy posix_spawnattr_init pthread_attr_destroy pthread_attr_init pthread_barrier_destroy "
        "pthread_barrier_wait pthread_barrierattr_destroy pthread_barrierattr_init pthread_cancel "
        "pthread_cond_broadcast pthread_cond_destroy pthread_cond_signal pthread_condattr_destroy "
        "pthread_condattr_init pthread_detach pthread_mutex_consistent pthread_mutex_destroy pthread_mutex_lock "
        "pthread_mutex_trylock pthread_mutex_unlock pthread_mutexattr_destroy pthread_mutexattr_init "
        "pthread_rwlock_destroy pthread_rwlock_rdlock pthread_rwlock_tryrdlock pthread_rwlock_trywrlock "
        "pthread_rwlock_unlock pthread_rwlock_wrlock pthread_rwlockattr_destroy pthread_rwlockattr_init "
        "pthread_spin_destroy pthread_spin_lock pthread_spin_trylock pthread_spin_unlock putenv puts rand_r remove "
        "rmdir sem_close sem_destroy sem_post sem_trywait sem_unlink sem_wait setjmp shm_unlink sigemptyset "
        "sigfillset sigisemptyset sigpending sigsuspend system thrd_detach timer_delete timer_getoverrun uname unlink "
        "unsetenv wait"
    ),
    "p.>i": "__isoc23_scanf __isoc99_scanf __isoc99_wscanf printf scanf wprintf wscanf",
    "p>p": (
        "__absvdi2 __bswapdi2 __fdelt_chk __fdelt_warn __negvdi2 __sched_cpualloc __strdup __strlen_chk "
        "__tls_get_addr __xpg_basename asctime atol atoll basename canonicalize_file_name ctermid ctime dirname "
        "duplocale ftell ftello ftello64 getdate getenv getgrnam gethostbyname getnetbyname getprotobyname getpwnam "
        "gmtime imaxabs inet_ntoa jrand48 labs llabs localtime malloc malloc_usable_size mkdtemp mktime nrand48 "
        "opendir pvalloc readdir readdir64 sbrk secure_getenv seed48 setstate strdup strlen telldir time timegm "
        "timelocal times tmpnam uselocale valloc wcsdup wcslen wctrans wctype"
    ),
    "p>u": "cfgetispeed cfgetospeed fgetwc getwc if_nametoindex inet_addr inet_lnaof inet_netof inet_network",
    "p>v": (
        "__cxa_finalize __fortify_fail cfmakeraw clearerr clearerr_unlocked cnd_destroy flockfile free freeaddrinfo "
        "freelocale funlockfile globfree if_freenameindex mtx_destroy perror pthread_exit regfree rewind rewinddir "
        "setlinebuf srand48"
    ),
    "q>d": "__floattidf __floatuntidf",
    "q>f": "__floattisf __floatuntisf",
    "q>i": "__clzti2 __ctzti2 __ffsti2 __parityti2 __popcountti2",
    "q>q": "__absvti2 __negti2 __negvti2",
    "u>i": (
        "__clzsi2 __ctzsi2 __ffssi2 __paritysi2 __popcountsi2 iswalnum iswalpha iswblank iswcntrl iswdigit iswgraph "
        "iswlower iswprint iswpunct iswspace iswupper iswxdigit pthread_key_delete setegid seteuid setgid setuid "
        "usleep wctob"
    ),
    "u>p": "getgrgid getpwuid pthread_getspecific tss_get",
    "u>u": "__bswapsi2 alarm arc4random_uniform htonl htons ntohl ntohs sleep towlower towupper umask",
    "u>v": "srand srandom tss_delete",
    "dd>d": (
        "__atan2_finite __fmod_finite __hypot_finite __pow_finite atan2 cabs carg cimag copysign creal fdim fmax fmin "
        "fmod hypot nextafter pow remainder"
    ),
    "dd>i": "__iseqsig",
    "dd>z": "cacos cacosh casin casinh catan catanh ccos ccosh cexp clog conj cproj csin csinh csqrt ctan ctanh",
    "di>d": "__powidf2 ldexp scalbn",
    "dp>d": "frexp modf scalbln",
    "ff>f": "atan2f copysignf fdimf fmaxf fminf fmodf hypotf nextafterf powf remainderf",
    "ff>i": "__iseqsigf",
    "fi>f": "__powisf2 ldexpf scalbnf",
    "fp>f": "frexpf modff scalblnf",
    "ii>i": (
        "__addvsi3 __mulvsi3 __subvsi3 daemon dup2 flock inotify_rm_watch kill killpg listen mallopt setns setpgid "
        "shutdown siginterrupt tcflow tcflush tcsendbreak tcsetpgrp timerfd_create"
    ),
    "ii.>i": "fcntl",
    "ii>p": "div fpathconf",
    "ip>i": (
        "_IO_putc clock_adjtime clock_getcpuclockid clock_getres clock_gettime clock_settime eventfd_read "
        "eventfd_write fputc fputc_unlocked fremovexattr fstat fstat64 fstatfs fstatfs64 fstatvfs fstatvfs64 "
        "ftruncate ftruncate64 futimens futimes getgroups getrusage isalnum_l isalpha_l isblank_l iscntrl_l isdigit_l "
        "isgraph_l islower_l isprint_l ispunct_l isspace_l isupper_l isxdigit_l mq_getattr mq_notify "
        "pthread_setcancelstate pthread_setcanceltype putc putc_unlocked sched_getparam sched_rr_get_interval "
        "sched_setparam tcgetattr timerfd_gettime tolower_l toupper_l ungetc"
    ),
    "ip.>i": "__printf_chk __wprintf_chk dprintf ioctl",
    "ip>p": "fdopen getservbyport nl_langinfo_l setlocale signal sigset strerror_l",
    "ip>u": "fputwc putwc",
    "ip>v": "psignal",
    "ip.>v": "syslog",
    "iu>i": "fchmod",
    "pi>i": (
        "__open64_2 __open_2 __overflow __sigsetjmp access backtrace eaccess euidaccess fegetexceptflag "
        "fesetexceptflag fwide getloadavg mkostemp mkstemps mtx_init pipe2 posix_spawn_file_actions_addclose "
        "posix_spawnattr_setflags posix_spawnattr_setpgroup posix_spawnattr_setschedpolicy "
        "pthread_attr_setdetachstate pthread_attr_setinheritsched pthread_attr_setschedpolicy pthread_attr_setscope "
        "pthread_barrierattr_setpshared pthread_condattr_setclock pthread_condattr_setpshared pthread_kill "
        "pthread_mutexattr_setprioceiling pthread_mutexattr_setprotocol pthread_mutexattr_setpshared "
        "pthread_mutexattr_setrobust pthread_mutexattr_settype pthread_rwlockattr_setkind_np "
        "pthread_rwlockattr_setpshared pthread_setschedprio pthread_spin_init sigaddset sigdelset sigismember "
        "sigsetjmp timespec_get timespec_getres wctomb"
    ),
    "pi.>i": "mq_open open open64",
    "pi>p": (
        "backtrace_symbols catopen dlopen pathconf rawmemchr rindex strchr strchrnul strrchr wcschr wcschrnul wcsrchr"
    ),
    "pi.>p": "sem_open",
    "pi>v": "__longjmp_chk _longjmp longjmp siglongjmp",
    "pp>d": "difftime strtod wcstod",
    "pp>f": "strtof wcstof",
    "pp>i": (
        "__isoc23_vscanf __isoc99_vscanf __sched_cpucount adjtime alphasort alphasort64 cnd_wait dl_iterate_phdr "
        "dladdr execv execvp fgetpos fgetpos64 fputs fputs_unlocked fputws fsetpos fsetpos64 getdate_r getdomainname "
        "getentropy gethostname getlogin_r gettimeofday link lremovexattr lstat lstat64 lutimes mblen mlock "
        "mtx_timedlock munlock munmap nanosleep posix_spawnattr_getflags posix_spawnattr_getpgroup "
        "posix_spawnattr_getschedparam posix_spawnattr_getschedpolicy posix_spawnattr_getsigdefault "
        "posix_spawnattr_getsigmask posix_spawnattr_setschedparam posix_spawnattr_setsigdefault "
        "posix_spawnattr_setsigmask pthread_attr_getdetachstate pthread_attr_getguardsize "
        "pthread_attr_getinheritsched pthread_attr_getschedparam pthread_attr_getschedpolicy pthread_attr_getscope "
        "pthread_attr_getstackaddr pthread_attr_getstacksize pthread_attr_setguardsize pthread_attr_setschedparam "
        "pthread_attr_setstackaddr pthread_attr_setstacksize pthread_barrierattr_getpshared pthread_cond_init "
        "pthread_cond_wait pthread_condattr_getclock pthread_condattr_getpshared pthread_equal pthread_getattr_np "
        "pthread_getcpuclockid pthread_join pthread_key_create pthread_mutex_getprioceiling pthread_mutex_init "
        "pthread_mutex_timedlock pthread_mutexattr_getprioceiling pthread_mutexattr_getprotocol "
        "pthread_mutexattr_getpshared pthread_mutexattr_getrobust pthread_mutexattr_gettype pthread_once "
        "pthread_rwlock_init pthread_rwlock_timedrdlock pthread_rwlock_timedwrlock pthread_rwlockattr_getkind_np "
        "pthread_rwlockattr_getpshared pthread_setname_np pthread_tryjoin_np random_r removexattr rename sem_getvalue "
        "sem_timedwait setdomainname setgroups sethostname settimeofday sigaltstack sigwait sigwaitinfo stat stat64 "
        "statfs statfs64 statvfs statvfs64 strcasecmp strcmp strcoll strverscmp symlink thrd_equal thrd_join "
        "thrd_sleep timer_gettime truncate truncate64 tss_create utime utimes vprintf vscanf vwprintf vwscanf "
        "wcscasecmp wcscmp wcscoll wcswidth"
    ),
    "pp.>i": (
        "__isoc23_fscanf __isoc23_sscanf __isoc99_fscanf __isoc99_fwscanf __isoc99_sscanf __isoc99_swscanf asprintf "
        "execl execle execlp fprintf fscanf fwprintf fwscanf sprintf sscanf swscanf"
    ),
    "pp>p": (
        "__addvdi3 __divdi3 __gets_chk __moddi3 __muldi3 __mulvdi3 __subvdi3 __udivdi3 __umoddi3 aligned_alloc "
        "asctime_r calloc ctime_r dlsym fopen fopen64 getcwd getservbyname gmtime_r iconv_open localtime_r memalign "
        "open_memstream open_wmemstream popen realloc realpath stpcpy strcasestr strcat strcpy strcspn strndup "
        "strnlen strpbrk strsep strspn strstr strtok tempnam wcpcpy wcscat wcscpy wcscspn wcsnlen wcspbrk wcsspn "
        "wcsstr wcswcs wctrans_l wctype_l"
    ),
    "pp>q": "imaxdiv ldiv lldiv",
    "pp>v": "__explicit_bzero_chk arc4random_buf bzero call_once explicit_bzero psiginfo seekdir setbuf tdestroy twalk",
    "pu>i": "cfsetispeed cfsetospeed cfsetspeed chmod creat creat64 initgroups lchmod memfd_create mkdir mkfifo",
    "qi>q": "__ashlti3 __ashrti3 __lshrti3",
    "qq>i": "__cmpti2 __ucmpti2",
    "qq>q": "__addvti3 __divti3 __modti3 __multi3 __mulvti3 __subvti3 __udivti3 __umodti3",
    "ui>i": "eventfd",
    "ui>p": "getnetbyaddr",
    "up>i": (
        "getitimer getrlimit getrlimit64 iswalnum_l iswalpha_l iswblank_l iswcntrl_l iswctype iswdigit_l iswgraph_l "
        "iswlower_l iswprint_l iswpunct_l iswspace_l iswupper_l iswxdigit_l pthread_setspecific setrlimit setrlimit64 "
        "srandom_r tss_set"
    ),
    "up>p": "if_indextoname",
    "up>u": "towctrans towlower_l towupper_l ungetwc",
    "uu>i": "getpriority setregid setreuid",
    "uu>p": "inet_makeaddr",
    "uu>u": "ualarm",
    "ddd>d": "fma",
    "ddp>d": "remquo",
    "dpp>v": "sincos",
    "fff>f": "fmaf",
    "ffp>f": "remquof",
    "fpp>v": "sincosf",
    "iii>i": "dup3 socket",
    "iip>i": "__fxstat __fxstat64 lockf sched_setscheduler sigqueue tcsetattr",
    "iip.>i": "__dprintf_chk",
    "iip.>v": "__syslog_chk",
    "ipi>i": "__openat64_2 __openat_2 signalfd unlinkat waitpid",
    "ipi.>i": "openat openat64",
    "ipi>p": "lseek lseek64 readv recvmsg sendmsg writev",
    "ipp>i": (
        "__lxstat __lxstat64 __vprintf_chk __vwprintf_chk __xstat __xstat64 accept fexecve futimesat getopt "
        "getpeername getsockname inet_pton mq_setattr posix_fallocate posix_fallocate64 pthread_sigmask "
        "sched_getaffinity sched_setaffinity sigaction sigprocmask timer_create ttyname_r vdprintf"
    ),
    "ipp>p": "flistxattr newlocale read readahead strerror_r write",
    "ipp>v": "vsyslog",
    "ipu>i": "bind connect inotify_add_watch mkdirat mkfifoat",
    "iuu>i": "fchown",
    "pii>i": "mkostemps posix_spawn_file_actions_adddup2",
    "pii>v": "backtrace_symbols_fd openlog",
    "pip>i": "pthread_mutex_setprioceiling pthread_setschedparam pthread_sigqueue symlinkat wait3",
    "pip.>i": "__asprintf_chk __fprintf_chk __fwprintf_chk __obstack_printf_chk",
    "pip>p": "fgets fgets_unlocked fgetws memchr memrchr memset wcrtomb wmemchr wmemset",
    "piu>i": "sem_init shm_open",
    "ppi>i": "fnmatch fseek fseeko fseeko64 ftw ftw64 madvise mprotect msync poll posix_madvise regcomp setenv",
    "ppi>p": (
        "__isoc23_strtoimax __isoc23_strtol __isoc23_strtoll __isoc23_strtoul __isoc23_strtoull __isoc23_strtoumax "
        "strtoimax strtol strtoll strtoq strtoul strtoull strtoumax strtouq wcstoimax wcstol wcstoll wcstoul wcstoull "
        "wcstoumax"
    ),
    "ppi>v": "__assert",
    "ppp>i": (
        "__cxa_at_quick_exit __cxa_atexit __cxa_thread_atexit_impl __gethostname_chk __isoc23_vfscanf "
        "__isoc23_vsscanf __isoc99_vfscanf __isoc99_vsscanf __poll_chk __ppoll_chk bcmp cnd_timedwait execve "
        "getresgid getresuid getsubopt mbtowc memcmp mincore posix_memalign pthread_atfork pthread_attr_getstack "
        "pthread_attr_setstack pthread_cond_timedwait pthread_getaffinity_np pthread_getname_np pthread_getschedparam "
        "pthread_setaffinity_np pthread_timedjoin_np readdir_r sigtimedwait strcasecmp_l strcoll_l strncasecmp "
        "strncmp thrd_create vasprintf vfprintf vfscanf vfwprintf vfwscanf vsprintf vsscanf vswscanf wcscasecmp_l "
        "wcscoll_l wcsncasecmp wcsncmp wmemcmp"
    ),
    "ppp.>i": "snprintf swprintf",
    "ppp>p": (
        "__getcwd_chk __realpath_chk __stpcpy_chk __strcat_chk __strcpy_chk __wcscat_chk __wcscpy_chk dlvsym fmemopen "
        "freopen freopen64 getline listxattr llistxattr mbrlen mbstowcs memcpy memmove mempcpy readlink reallocarray "
        "stpncpy strncat strncpy strptime strtok_r strxfrm tdelete tfind tsearch wcpncpy wcsncat wcsncpy wcstok "
        "wcstombs wcsxfrm wmemcpy wmemmove wmempcpy"
    ),
    "ppp.>p": "strfmon",
    "ppp>v": "bcopy setbuffer twalk_r",
    "ppu>i": "pthread_barrier_init",
    "ppu>p": "getrandom",
    "pui>p": "gethostbyaddr",
    "pup>i": "mknod",
    "puu>i": "chown lchown",
    "qqp>q": "__divmodti4 __muloti4 __udivmodti4",
    "upp>i": "iswctype_l setitimer",
    "upp>p": "initstate",
    "upp>u": "towctrans_l",
    "uui>i": "setpriority",
    "uuu>i": "setresgid setresuid",
    "dddd>z": "__divdc3 __muldc3 cpow",
    "iiip>i": "epoll_ctl socketpair",
    "iipp>i": "__vdprintf_chk clock_nanosleep fallocate fallocate64 timerfd_settime",
    "iipp>p": "sendfile sendfile64",
    "iipp>v": "__vsyslog_chk",
    "ipii>i": "epoll_wait faccessat",
    "ipip>i": "renameat wait4",
    "ipip>p": "preadv pwritev",
    "ippi>i": "accept4 fstatat fstatat64 posix_fadvise posix_fadvise64 utimensat",
    "ippi>p": "recv send",
    "ippp>p": "__read_chk fgetxattr mq_receive pread pread64 pwrite pwrite64 readlinkat regerror",
    "ippu>i": "mq_send sync_file_range",
    "ippu>p": "inet_ntop",
    "ipui>i": "fchmodat sendmmsg",
    "ipup>i": "mknodat",
    "ipup>v": "__assert_perror_fail",
    "iupp>i": "prlimit prlimit64",
    "piip>p": "catgets",
    "pipp>i": "__obstack_vprintf_chk __vasprintf_chk __vfprintf_chk __vfwprintf_chk glob glob64 timer_settime",
    "pipp.>i": "__sprintf_chk",
    "pipp>p": "__memset_chk __wmemset_chk",
    "ppii>i": "nftw nftw64",
    "ppip>i": "setvbuf",
    "ppip>p": "__fgets_chk __fgets_unlocked_chk __getdelim getdelim memccpy",
    "pppi.>p": "mremap",
    "pppp>i": (
        "__mbstowcs_chk __register_atfork getaddrinfo getgrent_r getpwent_r ppoll pthread_create scandir scandir64 "
        "strncasecmp_l vsnprintf vswprintf wcsncasecmp_l"
    ),
    "pppp>p": (
        "__memcpy_chk __memmove_chk __mempcpy_chk __readlink_chk __stpncpy_chk __strncat_chk __strncpy_chk "
        "__wcsncat_chk __wcsncpy_chk __wmemcpy_chk __wmemmove_chk __wmempcpy_chk fread fread_unlocked fwrite "
        "fwrite_unlocked getxattr lgetxattr mbrtowc mbsrtowcs memmem strftime strptime_l strxfrm_l wcsftime wcsrtombs "
        "wcsxfrm_l"
    ),
    "pppp.>p": "strfmon_l",
    "pppp>v": "qsort",
    "ppup>v": "__assert_fail",
    "pupp>i": "getgrouplist",
    "uupi>i": "waitid",
    "iiipp>i": "getsockopt",
    "iiipu>i": "setsockopt",
    "iippi>i": "__fxstatat __fxstatat64",
    "ipiip>i": "epoll_pwait",
    "ipipi>i": "linkat",
    "ipipi>p": "preadv2 pwritev2",
    "ipipp>i": "epoll_pwait2",
    "ipipp>p": "__recv_chk",
    "ipppi>i": "fsetxattr",
    "ipppp>i": "getopt_long getopt_long_only select",
    "ipppp>p": "__pread64_chk __pread_chk mq_timedreceive",
    "ippup>i": "mq_timedsend",
    "ipuip>i": "recvmmsg",
    "ipuui>i": "fchownat",
    "pipiu>i": "posix_spawn_file_actions_addopen",
    "pippp>i": "__vsprintf_chk",
    "ppipp.>i": "__snprintf_chk __swprintf_chk",
    "ppppi>i": "lsetxattr regexec setxattr",
    "ppppp>i": "getgrnam_r getpwnam_r",
    "ppppp>p": "__fread_chk __fread_unlocked_chk bsearch iconv lfind lsearch mbsnrtowcs strftime_l wcsnrtombs",
    "ppppp>v": "qsort_r",
    "upppp>i": "getgrgid_r getpwuid_r",
    "ipippu>p": "copy_file_range",
    "ippipp>p": "recvfrom",
    "ippipu>p": "sendto",
    "ippppp>i": "pselect",
    "ppiiip>p": "mmap mmap64",
    "ppippp>i": "__vsnprintf_chk __vswprintf_chk",
    "pppppp>i": "gethostbyname_r getservbyname_r posix_spawn posix_spawnp",
    "pupupui>i": "getnameinfo",
    "puippppp>i": "gethostbyaddr_r",
}
"""Parameters, ``.`` when more may follow, ``>`` and the result; then the functions."""

NEVER_RETURN = (
    "_Exit __assert __assert_fail __assert_perror_fail __chk_fail __fortify_fail __longjmp_chk __stack_chk_fail "
    "__stack_chk_fail_local _exit _longjmp abort exit longjmp pthread_exit quick_exit siglongjmp thrd_exit "
)


def _prototypes() -> dict[str, Prototype]:
    table = {}
    noreturn = NEVER_RETURN.split()
    for signature, names in SIGNATURES.items():
        args, result = signature.split(">")
        for name in names.split():
            table[name] = Prototype(args.rstrip("."), result, args.endswith("."), name in noreturn)
    return table


PROTOTYPES: Mapping[str, Prototype] = _prototypes()

PREFIX = "__transpile_"
"""What the runtime calls its version of a function; its symbols are weak."""

TAKEN_OVER: Mapping[str, str] = {
    "variadic, or with a va_list": (
        "printf fprintf sprintf snprintf dprintf asprintf obstack_printf vprintf vfprintf vsprintf vsnprintf vdprintf "
        "vasprintf obstack_vprintf __printf_chk __fprintf_chk __sprintf_chk __snprintf_chk __dprintf_chk "
        "__asprintf_chk __obstack_printf_chk __vprintf_chk __vfprintf_chk __vsprintf_chk __vsnprintf_chk "
        "__vdprintf_chk __vasprintf_chk __obstack_vprintf_chk wprintf fwprintf swprintf vwprintf vfwprintf vswprintf "
        "__wprintf_chk __fwprintf_chk __swprintf_chk __vwprintf_chk __vfwprintf_chk __vswprintf_chk syslog vsyslog "
        "__syslog_chk __vsyslog_chk warn warnx err errx vwarn vwarnx verr verrx error error_at_line scanf fscanf "
        "sscanf vscanf vfscanf vsscanf wscanf fwscanf swscanf vwscanf vfwscanf vswscanf execl execlp execle syscall"
    ),
    "calls back for an int": (
        "qsort qsort_r bsearch lfind lsearch tsearch tfind tdelete scandir ftw nftw glob dl_iterate_phdr"
    ),
    "more than six integer parameters": "getnameinfo",
    "jmp_buf has another size": "setjmp _setjmp sigsetjmp longjmp",
    "structures or constants differ": (
        "stat lstat fstat fstatat __xstat __lxstat __fxstat __fxstatat open openat pipe2 fcntl epoll_ctl epoll_wait "
        "epoll_pwait pthread_mutex_init pthread_attr_init pthread_mutexattr_init pthread_condattr_init fesetround "
        "fegetround feclearexcept feraiseexcept fetestexcept"
    ),
}
"""Why the runtime has a version of its own; then the functions."""

ALIASES: Mapping[str, str] = {
    "open64": "open", "__open_2": "open", "__open64_2": "open", "openat64": "openat", "__openat_2": "openat",
    "__openat64_2": "openat", "fcntl64": "fcntl",
    "stat64": "stat", "lstat64": "lstat", "fstat64": "fstat", "fstatat64": "fstatat", "__xstat64": "__xstat",
    "__lxstat64": "__lxstat", "__fxstat64": "__fxstat", "__fxstatat64": "__fxstatat",
    "scandir64": "scandir", "ftw64": "ftw", "nftw64": "nftw", "glob64": "glob",
    "__sigsetjmp": "sigsetjmp", "_longjmp": "longjmp", "siglongjmp": "longjmp", "__longjmp_chk": "longjmp",
    **{f"__isoc{year}_{name}": name for year in (99, 23) for name in (
        "scanf", "fscanf", "sscanf", "vscanf", "vfscanf", "vsscanf",
        "wscanf", "fwscanf", "swscanf", "vwscanf", "vfwscanf", "vswscanf")},
}  # fmt: skip
"""Further names of functions in ``TAKEN_OVER``. x86-64 has no separate 64-bit forms."""

RENAMES: Mapping[str, str] = {
    **{name: PREFIX + name for names in TAKEN_OVER.values() for name in names.split()},
    **{name: PREFIX + target for name, target in ALIASES.items()},
    **{f"__isoc23_strto{kind}": f"strto{kind}" for kind in ("l", "ul", "ll", "ull", "imax", "umax")},
    **{f"__isoc23_wcsto{kind}": f"wcsto{kind}" for kind in ("l", "ul", "ll", "ull", "imax", "umax")},
}
"""Undefined symbol -> the symbol to use instead, on every target. A translated file that *defines* one of these
functions also defines the name on the right as an alias, so that the program's own function wins over the weak one."""

LONG_DOUBLE = (
    "acosl acoshl asinl asinhl atanl atan2l atanhl cbrtl ceill copysignl cosl coshl erfl erfcl expl exp10l exp2l "
    "expm1l fabsl fdiml floorl fmal fmaxl fminl fmodl frexpl hypotl ilogbl ldexpl lgammal llrintl llroundl logl "
    "log10l log1pl log2l logbl lrintl lroundl modfl nanl nearbyintl nextafterl nexttowardl powl remainderl "
    "remquol rintl roundl scalblnl scalbnl sinl sincosl sinhl sqrtl tanl tanhl tgammal truncl cabsl cargl ccosl "
    "cexpl clogl conjl cpowl csinl csqrtl strtold wcstold nexttoward nexttowardf qecvt qfcvt qgcvt"
)
COMPLEX_FLOAT = (
    "cabsf cacosf cacoshf cargf casinf casinhf catanf catanhf ccosf ccoshf cexpf clogf conjf cpowf cprojf csinf csinhf "
    "csqrtf ctanf ctanhf"
)
CONTEXT = ("getcontext", "setcontext", "swapcontext", "makecontext")
ENVIRONMENT = ("fegetenv", "fesetenv", "feholdexcept", "feupdateenv", "fegetexceptflag", "fesetexceptflag")

UNSUPPORTED: Mapping[str, str] = {
    **dict.fromkeys(LONG_DOUBLE.split(), "long double has 80 bits on x86-64 and 128 bits on the target"),
    **dict.fromkeys(COMPLEX_FLOAT.split(), "complex float takes one register on x86-64 and two on the target"),
    **dict.fromkeys(CONTEXT, "ucontext_t differs"),
    **dict.fromkeys(ENVIRONMENT, "fenv_t and fexcept_t differ"),
    **dict.fromkeys(("fts_open", "fts_read", "fts_children"), "struct stat inside FTSENT differs"),
    "clone": "the child starts on a stack without the target's frame",
    "ptrace": "register sets differ",
    "semctl": "semid_ds differs",
}
"""Functions that take or return what differs between x86-64 and the targets, and are not converted: why."""
