import { MailwrightError } from '@mailwright/core'

/** A law does not hold. The message says what was claimed, what was expected and what was found. */
export class ComplianceFailure extends MailwrightError {
  readonly code = 'COMPLIANCE_FAILURE'
  override readonly name = 'ComplianceFailure'
}

/** The assertions laws are written in. Each throws a {@link ComplianceFailure} that repeats its `claim`. */
export interface Check {
  /** Deep equality of plain data. Typed arrays and arrays compare by content, `undefined` members count as absent. */
  equal(actual: unknown, expected: unknown, claim: string): void
  ok(value: boolean, claim: string): void
  /** Waits for the rejection and answers its reason. */
  rejects(promise: Promise<unknown>, claim: string): Promise<unknown>
  /** Narrows a result union to the kind the law expects. */
  kind<Result extends { readonly kind: string }, Kind extends Result['kind']>(
    result: Result,
    kind: Kind,
    claim: string,
  ): Extract<Result, { readonly kind: Kind }>
}

export const check: Check = {
  equal(actual, expected, claim) {
    const difference = differenceOf(actual, expected, '')
    if (difference !== undefined) throw new ComplianceFailure(`${claim}: ${difference}`)
  },

  ok(value, claim) {
    if (!value) throw new ComplianceFailure(`${claim}: not so`)
  },

  async rejects(promise, claim) {
    const outcome = await promise.then(
      (value) => ({ value }),
      (reason: unknown) => ({ reason }),
    )
    if ('reason' in outcome) return outcome.reason
    throw new ComplianceFailure(`${claim}: it resolved with ${show(outcome.value)}`)
  },

  kind(result, kind, claim) {
    if (isKind(result, kind)) return result
    throw new ComplianceFailure(`${claim}: expected kind ${show(kind)}, found ${show(result)}`)
  },
}

function isKind<Result extends { readonly kind: string }, Kind extends Result['kind']>(
  result: Result,
  kind: Kind,
): result is Extract<Result, { readonly kind: Kind }> {
  return result.kind === kind
}

/** The first place where the two differ, in words; `undefined` where they are equal. */
function differenceOf(actual: unknown, expected: unknown, path: string): string | undefined {
  if (Object.is(actual, expected)) return undefined
  const at = path === '' ? '' : `at ${path} `
  if (!isObject(actual) || !isObject(expected)) return `${at}expected ${show(expected)}, found ${show(actual)}`
  const left = listOf(actual)
  const right = listOf(expected)
  if ((left === undefined) !== (right === undefined)) return `${at}expected ${show(expected)}, found ${show(actual)}`
  if (left !== undefined && right !== undefined) {
    if (left.length !== right.length) {
      return `${at}expected ${right.length} entries, found ${left.length}: expected ${show(expected)}, found ${show(actual)}`
    }
    for (let index = 0; index < right.length; index++) {
      // The path is only spelled out where it is needed: a message has millions of octets.
      if (Object.is(left[index], right[index])) continue
      const found = differenceOf(left[index], right[index], `${path}[${index}]`)
      if (found !== undefined) return found
    }
    return undefined
  }
  const members = new Map(Object.entries(actual))
  const wanted = new Map(Object.entries(expected))
  for (const key of new Set([...members.keys(), ...wanted.keys()])) {
    const found = differenceOf(members.get(key), wanted.get(key), path === '' ? key : `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function listOf(value: object): ArrayLike<unknown> | undefined {
  if (Array.isArray(value)) return value
  if (value instanceof Uint8Array || value instanceof Uint32Array || value instanceof Float64Array) return value
  return undefined
}

/** Characters of a value that a failure shows. */
const SHOWN = 400

function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  const text =
    JSON.stringify(value, (_, member: unknown) => {
      const list = isObject(member) ? listOf(member) : undefined
      return list === undefined ? member : Array.prototype.slice.call(list, 0, SHOWN)
    }) ?? String(value)
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
