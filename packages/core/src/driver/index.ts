/**
 * Performs an engine's effects: the only promises of a connection.
 *
 * - Works over any byte duplex; knows no sockets and no Node.
 * - Asks the engine for the next effect only while the peer takes what was written, so a peer that stops reading stops
 *   the store from being read.
 * - A busy connection lets others have their turn; a vanished peer cancels what was asked for it.
 */
export * from './assemble.js'
export * from './connection.js'
export * from './duplex.js'
export * from './inbound-body.js'
export * from './perform.js'
export * from './run-flow.js'
