#!/usr/bin/env node
// Deliveries wait for fsync in libuv's threads, of which there are four by default. The number is read when the first of
// them starts, and the ESM loader starts them: so it is set here, before anything else is loaded.
process.env.UV_THREADPOOL_SIZE ??= '16'
import('../dist/command.js')
