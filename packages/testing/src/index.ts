/**
 * What tests of mail protocols need: transcripts, connections in memory, time that stands still.
 *
 * - A transcript is readable by whoever knows only the RFC, and is played in every cutting of the client's octets.
 * - Anything the server says that the transcript does not expect is a failure.
 * - Nothing here needs a test runner of its own; vitest, jest and node:test all fit.
 */
export * from './duplex-pair.js'
export * from './transcript/play.js'
export * from './transcript/script.js'
export * from './transcript/suite.js'
export * from './virtual-clock.js'
