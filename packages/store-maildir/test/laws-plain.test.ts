import { variants } from '@mailwright/compliance'
import { testLaws } from './laws.js'

for (const variant of variants) if (!['reopened', 'aborted'].includes(variant.id)) testLaws(variant)
for (const variant of variants) if (variant.id === 'plain') testLaws(variant, { lineEnds: 'crlf' })
