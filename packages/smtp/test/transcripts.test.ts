import { transcriptTests } from '@mailwright/testing'
import { describe, test } from 'vitest'
import { smtpWorld } from './world.js'

transcriptTests({
  folder: new URL('./transcripts/', import.meta.url),
  world: ({ options }) => smtpWorld(options),
  describe,
  test,
})
