/** What the engines' edge needs of Node: sockets as duplexes, the machine's clock and randomness. */
export type { ClientTls, ServerCertificate } from './client-tls.js'
export * from './dial.js'
export * from './sasl-clients.js'
export * from './socket-duplex.js'
export * from './system-ambient.js'
export * from './tls-facts.js'
