/**
 * The vocabulary of Mailwright.
 *
 * - An engine is a plain mutable machine: inputs only store, `next` makes progress, effects are plain data.
 * - A command is a flow: a generator that lives only as long as the command and yields calls.
 * - Adapters are interfaces of async methods; the calls of an engine are derived from them by a mapped type.
 * - Framing comes before grammar: the engine sets the framer's mode, every mode has a limit, delimiters are verified.
 * - Nothing here touches time, randomness, sockets or Node; `core/driver` performs effects, `core/node` knows sockets.
 */
export * from './adapters/ambient.js'
export * from './adapters/authenticator.js'
export * from './adapters/body-assembler.js'
export * from './adapters/body-reader.js'
export * from './adapters/calendar.js'
export * from './adapters/call.js'
export * from './adapters/change-bus.js'
export * from './adapters/default-mailbox.js'
export * from './adapters/digest.js'
export * from './adapters/flag-columns.js'
export * from './adapters/lookup-tables.js'
export * from './adapters/mail-queue.js'
export * from './adapters/mail-store/acl.js'
export * from './adapters/mail-store/metadata.js'
export * from './adapters/mail-store/quota.js'
export * from './adapters/mail-store.js'
export * from './adapters/mailbox-watch.js'
export * from './adapters/url-authority.js'
export * from './body.js'
export * from './brands.js'
export * from './bytes.js'
export * from './conversation.js'
export * from './dot-stuffing.js'
export * from './engine.js'
export * from './errors.js'
export * from './flow.js'
export * from './framer.js'
export * from './limits.js'
export * from './modified-utf7.js'
export * from './nearest.js'
export * from './outbox.js'
export * from './protocol.js'
export * from './queue/queue-book.js'
export * from './sasl/client/client-mechanism.js'
export * from './sasl/client/client-mechanisms.js'
export * from './sasl/exchange.js'
export * from './sasl/login.js'
export * from './sasl/mechanism.js'
export * from './sasl/plain.js'
export * from './splice-framing.js'
