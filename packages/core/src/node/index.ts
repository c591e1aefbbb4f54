/** What the engines' edge needs of Node: sockets as duplexes, the machine's clock and randomness. */
export * from './socket-duplex.js'
export * from './system-ambient.js'
