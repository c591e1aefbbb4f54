import { variants } from '@mailwright/compliance'
import { testLaws } from './laws.js'

for (const variant of variants) if (variant.id === 'aborted') testLaws(variant)
