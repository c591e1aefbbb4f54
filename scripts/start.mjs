import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { installPackages, root } from './install.mjs'

/** `npm start`: installs, builds and runs the demonstration appliance until Ctrl-C. */
installPackages()
const { build } = await import('./build.mjs')
console.log('Building …')
await build({ types: false })
const command = join(root, 'packages/mailwright/bin/mailwright.cjs')
const site = join(root, 'examples/appliance/site.json')
const server = spawn(process.execPath, [command, 'serve', '--config', site, '--demo', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
// Ctrl-C reaches both; this process waits for the server's clean end.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal))
server.once('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1))
