import type { Extension } from './extension.js'

/**
 * Several commands at once, answered in order. Nothing to do but to say so: commands wait their turn, and replies go
 * out whenever the engine would wait. RFC 2920 §3.2.
 */
export const PIPELINING: Extension = { keyword: 'PIPELINING', source: 'RFC 2920 §3', announce: () => '' }
