import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The workspace. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The command as it is published: these tests run what was built, not the sources. */
export const COMMAND = fileURLToPath(new URL('../../packages/mailwright/bin/mailwright.cjs', import.meta.url))

if (!existsSync(COMMAND)) throw new Error('nothing is built yet: run npm run build')
