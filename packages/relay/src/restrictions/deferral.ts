import type { HostNote, Reply } from '@mailwright/smtp'

/** The kind of a note that stands for "not now, if the rest says yes". Carried from list to list, and made a refusal in the end. */
const DEFER_IF_PERMIT = 'DEFER_IF_PERMIT'

export function deferNote({ code, enhanced, text }: Reply): HostNote {
  return { kind: DEFER_IF_PERMIT, code, enhanced, text: String(text) }
}

/** A deferral among notes: a question that all lists said yes to is answered with it. */
export function deferred(notes: readonly HostNote[]): Reply | null {
  const note = notes.find(({ kind }) => kind === DEFER_IF_PERMIT)
  if (note === undefined) return null
  const { code, enhanced, text } = note
  if (typeof code !== 'number' || typeof text !== 'string') return null
  return { code, enhanced: typeof enhanced === 'string' ? enhanced : null, text }
}
