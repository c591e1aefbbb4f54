import type { Millis, Octets } from '@mailwright/core'

/** Octets of a first line. Default 4 MiB: ten thousand recipients with all that can be said of them. A longer one is a damaged file. */
export const HEAD_OCTETS: Octets = 4_194_304

/** Octets of a message, with its envelope, that goes into the log. Default 64 KiB: most mail; what is larger costs more for its octets than for its file. Passed: the message has a file of its own from the start. */
export const LOGGED_OCTETS: Octets = 65_536

/** Octets of one file of the log. Default 8 MiB: some thousand messages share what making and removing it costs. Passed: the next one begins. */
export const SEGMENT_OCTETS: Octets = 8_388_608

/** Files of the log. Default 4: after a crash they are read in less than a second. Passed: what still waits in the oldest gets files of its own. */
export const SEGMENTS = 4

/** Octets of messages in the log that are kept in memory until they are delivered. Default 16 MiB. Passed: later ones are read from the log. */
export const KEPT_OCTETS: Octets = 16_777_216

/** Messages that get files of their own out of the log when a queue is closed. Default 1,000: a second. Passed: all stay in the log, where the next owner finds them. */
export const MOVED_AT_CLOSE = 1_000

/** Files read or written at once. Default 32: as many as disks serve at once. */
export const OPENED_AT_ONCE = 32

/** How long a process tries to find out who owns the queue. Default 10 s: an owner that starts has a whole queue to read. */
export const SEEK: Millis = 10_000

/** How often an owner looks for messages of processes that died before they could tell. Default 60 s. */
export const RESCAN: Millis = 60_000
