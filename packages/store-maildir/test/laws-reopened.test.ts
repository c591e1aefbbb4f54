import { variants } from '@mailwright/compliance'
import { testLaws } from './laws.js'

// In a file of its own, as the next one: they take longest, and files run side by side.
for (const variant of variants) if (variant.id === 'reopened') testLaws(variant)
