import { transcriptTests } from '@mailwright/testing'
import { describe, test } from 'vitest'
import { world } from './world.js'

transcriptTests({ describe, test, folder: new URL('./transcripts/', import.meta.url), world })
