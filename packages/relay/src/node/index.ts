/** What relay needs of Node: files, sockets, DNS, programs. */
export { type SocketDialerOptions, socketDialer } from './socket-dialer.js'
export { systemResolver } from './system-resolver.js'
