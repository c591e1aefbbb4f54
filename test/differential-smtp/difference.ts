import type { SmtpDialogue } from './dialogue.js'
import type { Said } from './play.js'

/** One step that was not answered alike. */
export interface SmtpDifference {
  readonly dialogue: string
  readonly step: string
  /** Codes, as in `250 2.1.0`; several are separated by commas. */
  readonly ours: string
  readonly theirs: string
  /** What both said, in words. */
  readonly words: readonly [ours: string, theirs: string]
}

/** The first step of a dialogue that is not answered alike: after it the two are in different states. */
export function firstDifference(
  { name }: SmtpDialogue,
  ours: readonly Said[],
  theirs: readonly Said[],
): SmtpDifference | undefined {
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    const [own, other] = [ours[at], theirs[at]]
    const [codes, others] = [own?.replies.join(', ') ?? '', other?.replies.join(', ') ?? '']
    if (codes === others) continue
    const words = [own?.words ?? '', other?.words ?? ''] as const
    return { dialogue: name, step: own?.step ?? other?.step ?? '', ours: codes, theirs: others, words }
  }
  return undefined
}
