// As <alsa/asoundlib.h>, but for what is not needed here and for <poll.h>: Swift would take the latter's structure for one
// of this module wherever the module is imported somewhere.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sys/types.h>

struct pollfd;

#include <alsa/asoundef.h>
#include <alsa/version.h>
#include <alsa/global.h>
#include <alsa/input.h>
#include <alsa/output.h>
#include <alsa/error.h>
#include <alsa/conf.h>
#include <alsa/pcm.h>
#include <alsa/control.h>

// ALSA prints what goes wrong to standard error besides returning it. What keeps it quiet is a function with a variable
// list of arguments, which Swift cannot write.
static inline void calsa_ignore(const char *file, int line, const char *function, int code, const char *format, ...) {
    (void)file, (void)line, (void)function, (void)code, (void)format;
}
static inline void calsa_silence(void) { snd_lib_error_set_handler(calsa_ignore); }
