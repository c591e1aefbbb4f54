/** Exit codes by which programs that run `sendmail` know what became of their mail: BSD's sysexits. */
export const EX_OK = 0
/** The command line cannot be carried out. */
export const EX_USAGE = 64
/** The service is not there; also how `postqueue` says that its command line is wrong. */
export const EX_UNAVAILABLE = 69
/** Nothing was kept; to be tried again later. */
export const EX_TEMPFAIL = 75
