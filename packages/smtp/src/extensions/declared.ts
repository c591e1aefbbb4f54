import type { Dialogue } from '../dialogue.js'
import { parseParameters } from '../grammar/parameters.js'
import { badParameter, unsupported } from '../response/refusals.js'
import type { Reply } from '../response/reply.js'
import type { Extension, ParameterResult, ParameterRule } from './extension.js'
import { EXTENSIONS, isOffered } from './extension-table.js'

/**
 * Reads the parameters behind a path. Each belongs to an extension that is offered; others are not implemented
 * (RFC 5321 §4.1.1.11).
 *
 * @param nothing what no parameter declares.
 * @param rulesOf the parameters an extension has for this command.
 */
export function readDeclared<Declared extends object>(
  { session, settings }: Dialogue,
  text: string,
  nothing: Declared,
  rulesOf: (extension: Extension) => readonly ParameterRule<Declared>[] | undefined,
): ParameterResult<Declared> {
  if (text === '') return { kind: 'declared', parameters: nothing }
  const result = parseParameters(text, isOffered('SMTPUTF8', session, settings) ? 'utf8' : 'ascii')
  if (result.kind === 'bad') return { kind: 'refused', reply: badParameter(result.text) }
  const rules = EXTENSIONS.flatMap((extension) => {
    const its = rulesOf(extension)
    return its !== undefined && isOffered(extension.keyword, session, settings) ? its : []
  })
  let declared = nothing
  let reply: Reply | undefined
  for (const parameter of result.parameters) {
    const news = rules
      .filter(({ keyword }) => keyword === parameter.keyword)
      .map((rule) => rule.read(parameter, { session, settings, declared }))
      .find((each) => each !== undefined)
    if (news === undefined) return { kind: 'refused', reply: unsupported(parameter.text) }
    if (news.kind === 'refused') return news
    declared = { ...declared, ...news.parameters }
    reply = news.reply ?? reply
  }
  return { kind: 'declared', parameters: declared, ...(reply === undefined ? {} : { reply }) }
}
