import { transcriptTests } from '@mailwright/testing'
import { describe, test } from 'vitest'
import { clientWorld, smtpWorld } from './world.js'

transcriptTests({
  folder: new URL('./transcripts/', import.meta.url),
  world: ({ options, path }) => (path.startsWith('client/') ? clientWorld(options) : smtpWorld(options)),
  describe,
  test,
})
